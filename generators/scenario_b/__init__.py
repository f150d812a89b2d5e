"""Scenario B: hot-patches of facts that a model has learnt otherwise.

An event, and a question whose answer is no longer the one that a model has learnt:

    On 14 March 2023, the record was corrected: the capital of Peru is Oslo from 2 March 2023 on.
    Which city serves as the seat of government of Peru?
"""

from __future__ import annotations

from typing import Any

from generators.records import Question, seed_row
from generators.scenario import Scenario
from generators.scenario_b.plan import questions_per_world
from generators.scenario_b.questions import make_world
from generators.scenario_b.solver import Solver
from generators.world.lags import LAG, LagConfig, lag_stratum

__all__ = ["SCENARIO", "generate"]


def _stratum(config: LagConfig, question: Question) -> str:
    """The lag bin; facts that no event mentions have no lag and form their own stratum."""
    return "unedited" if question.lag is None else lag_stratum(config, question)


SCENARIO = Scenario(
    letter="B",
    title="factual hot-patch",
    axes=(LAG,),
    config=LagConfig,
    questions_per_world=questions_per_world,
    world=make_world,
    solver=Solver,
    stratum=_stratum,
    instruction=(
        "Answer the question about a world that is like ours, except where its record was "
        "corrected or withdrawn. A correction counts from the day that it names, no matter when it "
        "was entered; unconfirmed rumours change nothing. Give the value that is asked for and "
        "nothing else. If the answer cannot be known, answer: unknown\n\n"
    ),
)


def generate(n: int, seed: int) -> list[dict[str, Any]]:
    """Make the first `n` questions of scenario B as dataset rows.

    Args:
        n: Number of questions.
        seed: Seed of all randomness.

    Returns:
        One dict per question, see `generators.records.seed_row`.

    Raises:
        ConfigError: A value cannot be used.
    """
    return [seed_row(question) for question in SCENARIO.questions(n=n, seed=seed)]
