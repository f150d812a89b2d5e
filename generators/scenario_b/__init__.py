"""Scenario B: hot-patches of facts, one of which a model is sure to believe otherwise.

An event, and a question about it whose answer is no longer the one that a model has learnt:

    On 14 March 2023, the record was corrected: the capital of Peru is Oslo from 2 March 2023 on.
    Which city serves as the seat of government of Peru?
"""

from __future__ import annotations

from typing import Any

from generators.config import make_config
from generators.records import Question, World, seed_row
from generators.scenario import Scenario, all_questions
from generators.scenario_b.plan import questions_per_world
from generators.scenario_b.questions import questions
from generators.scenario_b.solver import Reader
from generators.scenario_b.world import build
from generators.world.lags import LagConfig, lag_stratum

__all__ = ["SCENARIO", "generate"]


def _world(config: LagConfig, number: int) -> World:
    log = build(config, number)
    return World(log.events[0].world_id, log.events, questions(config, number, log))


def _stratum(config: LagConfig, question: Question) -> str:
    """The lag bin; facts that no event speaks of have no lag and are a stratum of their own."""
    return "unedited" if question.lag is None else lag_stratum(config, question)


SCENARIO = Scenario(
    letter="B",
    config=LagConfig,
    questions_per_world=questions_per_world,
    world=_world,
    solver=Reader,
    stratum=_stratum,
)


def generate(n: int, seed: int) -> list[dict[str, Any]]:
    """Make the first `n` questions of scenario B, as dataset rows.

    Args:
        n: Number of questions.
        seed: Seed of all randomness.

    Returns:
        One dict per question with the fields of `generators.records.Question`, and with `context`
        and `expected` as the seed documents name them.

    Raises:
        ConfigError: A value cannot be used.
    """
    config = make_config(LagConfig, {"n": n, "seed": seed})
    return [seed_row(question) for question in all_questions(SCENARIO, config)]
