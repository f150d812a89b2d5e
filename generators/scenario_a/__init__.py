"""Scenario A: one-shot episodes, recalled from partial cues among hard negatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generators.records import to_row
from generators.scenario import Scenario
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.plan import questions_per_world
from generators.scenario_a.questions import make_world
from generators.scenario_a.solver import Solver
from generators.world.lags import DEFAULT_LAG_BINS, LAG, lag_stratum

__all__ = ["SCENARIO", "generate"]

SCENARIO = Scenario(
    letter="A",
    title="episodic one-shot recall from partial cues",
    axes=(LAG,),
    config=EpisodeConfig,
    questions_per_world=questions_per_world,
    world=make_world,
    solver=Solver,
    stratum=lag_stratum,
    instruction=(
        "Answer the question about past events. Give the value that is asked for and nothing else; "
        "if several values are asked for, separate them by commas. From 3 May to 5 May, two days "
        "pass. If no event fits the question or the answer cannot be known, answer: unknown\n\n"
    ),
)


def generate(
    n: int,
    seed: int,
    confounders_ratio: float = 1.0,
    hard_negative: bool = True,
    lag_spec: Mapping[str, Sequence[int]] | None = None,
) -> list[dict[str, Any]]:
    """Make the first `n` questions of scenario A as dataset rows.

    Args:
        n: Number of questions.
        seed: Seed of all randomness.
        confounders_ratio: Hard negatives per target event.
        hard_negative: False replaces hard negatives by unrelated events.
        lag_spec: `{"bins": [0, 1, 3, 7, 30]}`, edges of the lag bins in days.

    Returns:
        One dict per question with the fields of `generators.records.Question`.

    Raises:
        ConfigError: A value cannot be used.
    """
    made = SCENARIO.questions(
        n=n,
        seed=seed,
        confounders_ratio=confounders_ratio,
        hard_negative=hard_negative,
        lag_bins=(lag_spec or {}).get("bins", DEFAULT_LAG_BINS),
    )
    return [to_row(question) for question in made]
