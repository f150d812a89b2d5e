"""Scenario C: settings and preferences of hosts, projects and people, and which of them count.

An event and the question about it (n=1, seed 0):

    Note of 19 July 2023: the backup time of redstart-28 is 03:21.
    By the latest word, what counts as the moment in the small hours when a safety copy is made of
    the machine whose name combines a songbird and twenty-eight?
"""

from __future__ import annotations

from typing import Any

from generators.records import seed_row
from generators.scenario import Scenario
from generators.scenario_c.config import SettingsConfig
from generators.scenario_c.plan import questions_per_world
from generators.scenario_c.questions import make_world
from generators.scenario_c.solver import Solver
from generators.world.lags import LAG, lag_stratum

__all__ = ["SCENARIO", "generate"]

SCENARIO = Scenario(
    letter="C",
    title="preferences and configuration",
    axes=(LAG,),
    config=SettingsConfig,
    questions_per_world=questions_per_world,
    world=make_world,
    solver=Solver,
    stratum=lag_stratum,
    instruction=(
        "Answer the question from the notes. What is set for a host counts before what is set for "
        "its environment, and that before what is set for all hosts. Give the value that is asked "
        "for and nothing else. What was deleted is unset. What is to be forgotten is unknown. If "
        "the answer cannot be known, answer: unknown\n\n"
    ),
)


def generate(n: int, seed: int) -> list[dict[str, Any]]:
    """Make the first `n` questions of scenario C as dataset rows.

    Args:
        n: Number of questions.
        seed: Seed of all randomness.

    Returns:
        One dict per question, see `generators.records.seed_row`.

    Raises:
        ConfigError: A value cannot be used.
    """
    return [seed_row(question) for question in SCENARIO.questions(n=n, seed=seed)]
