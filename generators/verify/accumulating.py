"""What is found in worlds one by one adds up, so that parts are proven where they are made.

>>> from generators.datasets.source import config_from
>>> from generators.scenarios import scenario
>>> config, halves = config_from("A", {"n": 20}), [Proof(), Proof()]
>>> for proof, world in zip(halves, scenario("A").worlds(config)):
...     proof.add(scenario("A"), config, world)
>>> halves[0].extend(halves[1])
>>> len(halves[0].strata), halves[0].violations.total()
(20, 0)
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from generators.config import Config
from generators.records import World
from generators.scenario import Scenario
from generators.verify import balance
from generators.verify.adversaries import Tally
from generators.verify.proofs import CHECKS, check_world


class Proof(BaseModel):
    """What was found in some worlds of a dataset.

    Attributes:
        rows_sha256: Of the question rows that were looked at, for a part; as in its manifest.
        events_sha256: Of the event rows, likewise.
        doubt: Why it is not proven that the worlds are those of the settings; None if it is.
        violations: Number of violations by name of the check.
        strata: Stratum of each question, see `generators.verify.balance`.
        cue_types: Cue type of each question; None for one without an answer.
        tally: What strategies that do not read the cue got right.
    """

    model_config = ConfigDict(extra="forbid")

    rows_sha256: str = ""
    events_sha256: str = ""
    doubt: Annotated[str, Field(max_length=1000)] | None = None
    violations: Counter[str] = Field(default_factory=Counter)
    strata: list[str] = Field(default_factory=list)
    cue_types: list[str | None] = Field(default_factory=list)
    tally: Tally = Field(default_factory=Tally)

    def add(self, kind: Scenario[Any], config: Config, world: World) -> None:
        """Look at the next world.

        Args:
            kind: Scenario of the dataset.
            config: Settings of the whole dataset.
            world: With its questions.
        """
        self.violations.update(check_world(kind, world))
        self.strata += balance.strata(kind, config, world.questions)
        self.cue_types += [q.cue_type if q.answerable else None for q in world.questions]
        self.tally.add(kind, world)

    def extend(self, other: Proof) -> None:
        """Add what was found in the worlds that follow."""
        self.doubt = self.doubt or other.doubt
        self.violations.update({name: other.violations[name] for name in CHECKS})
        self.strata += other.strata
        self.cue_types += other.cue_types
        self.tally.extend(other.tally)
