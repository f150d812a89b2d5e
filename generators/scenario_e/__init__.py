"""Scenario E: facts in transcripts of a known length, as a control for long contexts.

    On 6 June 2022 a delayed train caused some sighs. People have heard worse.
    6 June 2022: box 635 went to Eugene.
    Sabina got lot 984 on 6 June 2022.
    The twins spent 7 June 2022 baking outside. People have seen stranger things.

    What is the number of Sabina's lot?

A world is one transcript of, say, 1,000 tokens: the prompt that shows all of it with a question
and room for an answer takes at least 98% of them and never more (`target_tokens` of a row). Tokens
are those of the run's own tokenizer, or else an estimate that the manifest names. The depths of
the evidence (`depth`) are crossed with the lengths. Every length has the same number of facts; only
the everyday remarks around them grow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generators.records import Question, seed_row
from generators.scenario import Axis, Scenario
from generators.scenario_e.config import DEFAULT_DEPTHS, DEFAULT_LENGTHS, TranscriptConfig
from generators.scenario_e.plan import questions_per_world
from generators.scenario_e.questions import make_world
from generators.scenario_e.solver import Solver

__all__ = ["SCENARIO", "generate"]


def _stratum(config: TranscriptConfig, question: Question) -> str:
    return f"length {question.target_tokens}"


LENGTH = Axis(
    column="target_tokens",
    title="length",
    unit="tokens",
    slices={f"length_{length}": (length, length + 1) for length in DEFAULT_LENGTHS},
)
# The lag of a question follows from length and depth, so it is no axis.
DEPTH = Axis(column="depth", title="depth", unit="", slices={})
SCENARIO = Scenario(
    letter="E",
    title="long-context control",
    axes=(LENGTH, DEPTH),
    config=TranscriptConfig,
    questions_per_world=questions_per_world,
    world=make_world,
    solver=Solver,
    stratum=_stratum,
)


def generate(
    n: int,
    seed: int,
    lengths: Sequence[int] = DEFAULT_LENGTHS,
    depths: Sequence[float] = DEFAULT_DEPTHS,
) -> list[dict[str, Any]]:
    """Make the first `n` questions of scenario E as dataset rows; tokens are estimated.

    Args:
        n: Number of questions.
        seed: Seed of all randomness.
        lengths: Tokens of the prompts with a whole transcript, increasing.
        depths: Positions of the evidence, from 0 (start) to 1 (end), increasing.

    Returns:
        One dict per question, see `generators.records.seed_row`.

    Raises:
        ConfigError: A value cannot be used.
    """
    made = SCENARIO.questions(n=n, seed=seed, lengths=lengths, depths=depths)
    return [seed_row(question) for question in made]
