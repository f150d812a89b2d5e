"""Scenario C: settings and preferences of hosts, projects and people, and which of them count.

An event and the question about it (n=1, seed 0):

    Note of 13 August 2023: the rack of dunnock-51 is K3-15.
    Name the rack of dunnock-51.
"""

from __future__ import annotations

from typing import Any

from generators.config import make_config
from generators.records import World, seed_row
from generators.scenario import Scenario, all_questions
from generators.scenario_c.plan import questions_per_world
from generators.scenario_c.questions import questions
from generators.scenario_c.solver import Reader
from generators.scenario_c.world import build
from generators.world.lags import LagConfig, lag_stratum

__all__ = ["SCENARIO", "generate"]


def _world(config: LagConfig, number: int) -> World:
    log = build(config, number)
    return World(log.events[0].world_id, log.events, questions(config, number, log))


SCENARIO = Scenario(
    letter="C",
    config=LagConfig,
    questions_per_world=questions_per_world,
    world=_world,
    solver=Reader,
    stratum=lag_stratum,
)


def generate(n: int, seed: int) -> list[dict[str, Any]]:
    """Make the first `n` questions of scenario C, as dataset rows.

    Args:
        n: Number of questions.
        seed: Seed of all randomness.

    Returns:
        One dict per question with the fields of `generators.records.Question`, and `context` and
        `expected` (see `generators.records.seed_row`).

    Raises:
        ConfigError: A value cannot be used.
    """
    config = make_config(LagConfig, {"n": n, "seed": seed})
    return [seed_row(question) for question in all_questions(SCENARIO, config)]
