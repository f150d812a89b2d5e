"""Scenario D: facts that are nearly the same, in stores of growing size.

    On 10 September 2023 at 14:13, parcel PBP-4870 was handed to Ivo Zimmerman in Fennelburgh;
    receipt 51416.
    At 18:19 on 11 September 2023, Ursula Rasmussen picked up parcel PBP-4831 in Burrowferry and
    got receipt 51401.

    Where did someone collect parcel PBP-4831?

There is one log a world, and a store of N events is its first N (`store_size` of a row says how
many). The same questions are asked in every store, so that size is compared within questions.
All the events that resemble the evidence stand in the smallest store, so that only size differs
between stores; how many they are is crossed with it, and is the end of the row's `cue_type`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generators.config import make_config
from generators.records import Question, World, seed_row
from generators.scenario import Scenario, all_questions
from generators.scenario_d.config import (
    DEFAULT_COLLISION_GROUPS,
    DEFAULT_STORE_SIZES,
    StressConfig,
)
from generators.scenario_d.plan import questions_per_world
from generators.scenario_d.questions import questions
from generators.scenario_d.solver import Reader
from generators.scenario_d.world import build, days

__all__ = ["SCENARIO", "generate"]


def _world(config: StressConfig, number: int) -> World:
    log = build(config, number)
    return World(log.events[0].world_id, log.events, questions(config, number, log))


def _stratum(config: StressConfig, question: Question) -> str:
    """Store and half of it that the evidence is in, which together give the lag."""
    schedule = days(config)
    last = schedule[question.store_size - 1]
    late = last - (question.lag or 0) == schedule[config.store_sizes[0] - 1]
    return f"store {question.store_size} {'late' if late else 'early'}"


SCENARIO = Scenario(
    letter="D",
    config=StressConfig,
    questions_per_world=questions_per_world,
    world=_world,
    solver=Reader,
    stratum=_stratum,
)


def generate(
    n: int,
    seed: int,
    store_sizes: Sequence[int] = DEFAULT_STORE_SIZES,
    collision_groups: Sequence[int] = DEFAULT_COLLISION_GROUPS,
) -> list[dict[str, Any]]:
    """Make the first `n` questions of scenario D, as dataset rows.

    Args:
        n: Number of questions.
        seed: Seed of all randomness.
        store_sizes: Numbers of events that every fact is asked for among, increasing.
        collision_groups: Numbers of near-identical events, increasing.

    Returns:
        One dict per question with the fields of `generators.records.Question`, `context` (the
        evidence) and `expected` (the answer, or "unknown").

    Raises:
        ConfigError: A value cannot be used.
    """
    config = make_config(
        StressConfig,
        {"n": n, "seed": seed, "store_sizes": store_sizes, "collision_groups": collision_groups},
    )
    return [seed_row(question) for question in all_questions(SCENARIO, config)]
