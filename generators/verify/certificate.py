"""Verifies a dataset and certifies the result.

>>> from generators.datasets.source import config_from
>>> from generators.datasets.tables import build
>>> certificate = certify(build("A", config_from("A", {"n": 20})))
>>> certificate.passed, certificate.violations["ambiguous"]
(True, 0)
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from generators import __version__
from generators.datasets.tables import Manifest, Tables, describe
from generators.scenarios import scenario
from generators.verify import balance
from generators.verify.adversaries import CHANCE, Score, score_all
from generators.verify.proofs import CHECKS, check_world
from generators.world.schedule import MAX_STRIDE


@dataclass(frozen=True, slots=True)
class Certificate:
    """The result of a verification.

    Attributes:
        manifest: Identity of the dataset.
        answerable: Number of answerable questions.
        violations: Number of violations by name of the check; every check is named.
        adversaries: Scores of the strategies that do not read the cue.
        reproduced: Whether making the dataset again, world by world, gave the same bytes; None
            if it cannot be made here.
        obstacle: Why it cannot be made here; None if it can.
        prefix_imbalance: See `generators.verify.balance`; None below 64 questions.
        longest_wait: See `generators.verify.balance`; None if some process never meets a stratum.
    """

    manifest: Manifest
    answerable: int
    violations: dict[str, int]
    adversaries: list[Score]
    reproduced: bool | None
    obstacle: str | None
    prefix_imbalance: float | None
    longest_wait: int | None

    @property
    def passed(self) -> bool:
        """Whether nothing was found against the dataset."""
        return (
            not any(self.violations.values())
            and all(score.passed for score in self.adversaries)
            and self.reproduced is not False
        )

    def __str__(self) -> str:
        """The certificate as plain text."""
        made = self.manifest
        settings = ", ".join(f"{name}={value}" for name, value in made.config.settings().items())
        lines = [
            f"Certificate of heinw_{made.scenario}: {'passed' if self.passed else 'FAILED'}",
            f"  settings      {settings}",
            f"  generator     {made.generator_version}, pools {made.pools_sha256[:12]}",
            f"  questions     {made.rows}, of them {self.answerable} answerable",
            f"                sha256 {made.rows_sha256}",
            f"  events        {made.events}",
            f"                sha256 {made.events_sha256}",
            f"  made again    {self._made_again()}",
            f"  first {balance.PREFIX}      strata and cue types within "
            f"{_number(self.prefix_imbalance)} questions of even",
            f"  strides       each to {MAX_STRIDE} meets all strata "
            f"within {_number(self.longest_wait)} documents",
            "  violations    " + ", ".join(f"{name} {n}" for name, n in self.violations.items()),
            f"  adversaries   exact on answerable; floor: {CHANCE:.0%} and what luck may add",
        ]
        lines += [
            f"    {score.name:<16}{score.accuracy:8.2%}  floor {score.floor:.2%}"
            f"{'' if score.passed else '  ABOVE ITS FLOOR'}"
            for score in self.adversaries
        ]
        return "\n".join(lines)

    def _made_again(self) -> str:
        if self.reproduced is None:
            return f"– ({self.obstacle})"
        return "yes, the same bytes" if self.reproduced else "NO, other bytes"


def certify(tables: Tables) -> Certificate:
    """Check every row of a dataset by brute force and score the adversaries."""
    manifest = tables.manifest
    kind = scenario(manifest.scenario)
    found: Counter[str] = Counter()
    for world in tables.worlds:
        found.update(check_world(kind, world))
    questions = [question for world in tables.worlds for question in world.questions]
    names = balance.strata(kind, manifest.config, questions)
    obstacle = _obstacle(manifest)
    return Certificate(
        manifest=manifest,
        answerable=sum(question.answerable for question in questions),
        violations={name: found[name] for name in CHECKS},
        adversaries=score_all(kind, tables.worlds),
        reproduced=None if obstacle else _reproduced(tables),
        obstacle=obstacle,
        prefix_imbalance=(
            balance.prefix_imbalance(names, questions) if len(questions) >= balance.PREFIX else None
        ),
        longest_wait=balance.longest_wait(names),
    )


def _obstacle(manifest: Manifest) -> str | None:
    """Why the dataset of a manifest cannot be made again here."""
    if manifest.generator_version != __version__:
        return "made by another version"
    return manifest.config.obstacle()


def _reproduced(tables: Tables) -> bool:
    """Whether the same worlds come out (I8) when they are made again, the last one first (I3)."""
    manifest = tables.manifest
    kind, config = scenario(manifest.scenario), manifest.config
    last_first = [kind.world(config, number) for number in reversed(range(len(tables.worlds)))]
    size = kind.questions_per_world(config)
    made = last_first[::-1]
    del made[-1].questions[config.n - size * (len(made) - 1) :]
    return describe(manifest.scenario, config, made) == manifest


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
