"""Scenario D: facts that are nearly the same, in stores of growing size.

    On 10 September 2023 at 14:13, parcel PBP-4870 was handed to Ivo Zimmerman in Fennelburgh;
    receipt 51416.
    At 18:19 on 11 September 2023, Ursula Rasmussen picked up parcel PBP-4831 in Burrowferry and
    got receipt 51401.

    Where did someone collect parcel PBP-4831?

A world has one log, and its store of N events (`store_size` of a row) has those of ranks below N,
in time order. Every question is asked in every store on the same date, so sizes are compared within
questions. All events that resemble the evidence are in the smallest store, so stores differ in size
only. Their number is crossed with the size and ends the row's `cue_type`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generators.records import Question, seed_row
from generators.scenario import Axis, Scenario
from generators.scenario_d.config import (
    DEFAULT_COLLISION_GROUPS,
    DEFAULT_STORE_SIZES,
    InterferenceConfig,
)
from generators.scenario_d.plan import lag_bins, questions_per_world
from generators.scenario_d.questions import make_world
from generators.scenario_d.solver import Solver
from generators.world.lags import SHORT_LAG

__all__ = ["SCENARIO", "generate"]


def _stratum(config: InterferenceConfig, question: Question) -> str:
    """The store and the lag bin of the evidence."""
    lag = question.lag or 0
    low = max(low for low, _ in lag_bins(config) if low <= lag)
    return f"store {question.store_size} lag {low}"


STORE_SIZE = Axis(
    column="store_size",
    title="store size",
    unit="events",
    slices={f"store_{size}": (size, size + 1) for size in DEFAULT_STORE_SIZES},
)
SCENARIO = Scenario(
    letter="D",
    title="stress and interference",
    axes=(STORE_SIZE, SHORT_LAG),
    config=InterferenceConfig,
    questions_per_world=questions_per_world,
    world=make_world,
    solver=Solver,
    stratum=_stratum,
)


def generate(
    n: int,
    seed: int,
    store_sizes: Sequence[int] = DEFAULT_STORE_SIZES,
    collision_groups: Sequence[int] = DEFAULT_COLLISION_GROUPS,
) -> list[dict[str, Any]]:
    """Make the first `n` questions of scenario D as dataset rows.

    Args:
        n: Number of questions.
        seed: Seed of all randomness.
        store_sizes: Numbers of events that every fact is asked for among, increasing.
        collision_groups: Numbers of near-identical events, increasing.

    Returns:
        One dict per question, see `generators.records.seed_row`.

    Raises:
        ConfigError: A value cannot be used.
    """
    made = SCENARIO.questions(
        n=n, seed=seed, store_sizes=store_sizes, collision_groups=collision_groups
    )
    return [seed_row(question) for question in made]
