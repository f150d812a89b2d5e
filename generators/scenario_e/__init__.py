"""Scenario E: facts in transcripts of a known length, as a control for long contexts.

    On 6 June 2022 a delayed train caused some sighs. People have heard worse.
    6 June 2022: box 635 went to Eugene.
    Sabina got lot 984 on 6 June 2022.
    The twins spent 7 June 2022 baking outside. People have seen stranger things.

    What is the number of Sabina's lot?

A world is one transcript of 1,000 tokens, say: the prompt that shows all of it with a question and
room for an answer takes that many at most, and at least 98% of them (`target_tokens` of a row).
Lengths are measured with the run's own tokenizer, or else by an estimate that the manifest names.
The evidence stands at depths (`depth`) that are crossed with the lengths; the number of facts is
the same at all lengths, so that only the everyday remarks around them grow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generators.config import make_config
from generators.records import Question, World, seed_row
from generators.scenario import Scenario, all_questions
from generators.scenario_e.config import DEFAULT_DEPTHS, DEFAULT_LENGTHS, TranscriptConfig
from generators.scenario_e.plan import QUESTIONS
from generators.scenario_e.questions import questions
from generators.scenario_e.solver import Reader
from generators.scenario_e.world import build

__all__ = ["SCENARIO", "generate"]


def _questions_per_world(config: TranscriptConfig) -> int:
    return QUESTIONS


def _world(config: TranscriptConfig, number: int) -> World:
    log = build(config, number)
    return World(log.events[0].world_id, log.events, questions(config, number, log))


def _stratum(config: TranscriptConfig, question: Question) -> str:
    return f"length {question.target_tokens}"


SCENARIO = Scenario(
    letter="E",
    config=TranscriptConfig,
    questions_per_world=_questions_per_world,
    world=_world,
    solver=Reader,
    stratum=_stratum,
)


def generate(
    n: int,
    seed: int,
    lengths: Sequence[int] = DEFAULT_LENGTHS,
    depths: Sequence[float] = DEFAULT_DEPTHS,
) -> list[dict[str, Any]]:
    """Make the first `n` questions of scenario E, as dataset rows; tokens are estimated.

    Args:
        n: Number of questions.
        seed: Seed of all randomness.
        lengths: Tokens of the prompts with a whole transcript, increasing.
        depths: Places of the evidence, from 0 (start) to 1 (end), increasing.

    Returns:
        One dict per question with the fields of `generators.records.Question`, `context` (the
        evidence) and `expected` (the answer, or "unknown").

    Raises:
        ConfigError: A value cannot be used.
    """
    config = make_config(
        TranscriptConfig, {"n": n, "seed": seed, "lengths": lengths, "depths": depths}
    )
    return [seed_row(question) for question in all_questions(SCENARIO, config)]
