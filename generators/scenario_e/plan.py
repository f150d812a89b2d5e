"""What each transcript of scenario E is asked: lengths crossed with depths.

    >>> [(spec.asked, spec.depth) for spec in plan(TranscriptConfig(), 0)]
    [('who', 0.75), ('number', 1.0), ('who', 0.0), ('number', 0.25), ('who', None)]

A transcript has one length and is asked five questions: four that have an answer, each at a depth
of its own as far as there are as many, and one that has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from generators.scenario_e.config import TranscriptConfig
from generators.scenario_e.phrasing import QUESTION_TEMPLATE_COUNT
from generators.world.schedule import balanced_order

ASKED = ("number", "who")
ANSWERABLE, QUESTIONS = 4, 5


@dataclass(frozen=True, slots=True)
class QuestionSpec:
    """One fact to be asked for.

    Attributes:
        asked: Slot that is asked for.
        depth: Where in the transcript the evidence stands; None if there is none.
        template: Number of the question's wording.
    """

    asked: str
    depth: float | None
    template: int


def questions_per_world(config: TranscriptConfig) -> int:
    """Number of questions about one world."""
    return QUESTIONS


@cache
def _length(lengths: int, seed: int, world: int) -> int:
    """Index of the length of a world: every block of worlds has each length once.

    In a random order of its own, because five questions a world would alias with a pattern.
    """
    block, place = divmod(world, lengths)
    order = list(range(lengths))
    Random(f"E:{seed}:lengths:{block}").shuffle(order)
    return order[place]


def target_tokens(config: TranscriptConfig, world: int) -> int:
    """Length of a transcript."""
    return config.lengths[_length(len(config.lengths), config.seed, world)]


def plan(config: TranscriptConfig, world: int) -> list[QuestionSpec]:
    """The specs of one world; a function of the seed and the world's number alone."""
    rng = Random(f"E:{config.seed}:{world}:plan")
    length = _length(len(config.lengths), config.seed, world)
    turn = world // len(config.lengths)
    specs = []
    for place in range(QUESTIONS):
        template = rng.randrange(QUESTION_TEMPLATE_COUNT)
        if place == ANSWERABLE:
            specs.append(QuestionSpec(ASKED[(turn + length) % len(ASKED)], None, template))
            continue
        # The depths of one length after the other; lengths begin at different ones.
        again, depth = divmod(ANSWERABLE * turn + place + length, len(config.depths))
        asked = ASKED[(depth + again) % len(ASKED)]
        specs.append(QuestionSpec(asked, config.depths[depth], template))
    return specs


def schedule(config: TranscriptConfig, world: int) -> list[int]:
    """Order in which a world's specs are asked."""
    key = len(config.lengths), config.seed
    return balanced_order(_strata, key, config.seed, world, searched=256)


def _strata(key: tuple[int, int], world: int) -> list[int | None]:
    return [*[_length(*key, world)] * ANSWERABLE, None]
