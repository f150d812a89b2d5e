"""What each transcript of scenario E is asked: lengths crossed with depths.

    >>> [(probe.asked, probe.depth) for probe in plan(TranscriptConfig(), 0)]
    [('number', 0.5), ('who', 0.75), ('number', 1.0), ('who', 0.0), ('number', None)]

A transcript has one length and is asked five questions: four that have an answer, each at a depth
of its own as far as there are as many, and one that has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from generators.scenario_e.config import TranscriptConfig
from generators.scenario_e.phrasing import QUESTION_TEMPLATE_COUNT
from generators.world.schedule import spread
from generators.world.streams import Stream

ASKED = ("number", "who")
ANSWERABLE, QUESTIONS = 4, 5
# Worlds whose order is searched for; later ones use the same orders again.
_SEARCHED_WORLDS = 256


@dataclass(frozen=True, slots=True)
class Probe:
    """One fact to be asked for.

    Attributes:
        asked: Slot that is asked for.
        depth: Where in the transcript the evidence stands; None if there is none.
        template: Number of the question's wording.
    """

    asked: str
    depth: float | None
    template: int


@cache
def _length(lengths: int, world: int) -> int:
    """Index of the length of a world: every block of worlds has each length once.

    In a random order of its own, because five questions a world would alias with a pattern.
    """
    block, place = divmod(world, lengths)
    order = list(range(lengths))
    Stream(f"lengths:{block}").shuffle(order)
    return order[place]


def target_tokens(config: TranscriptConfig, world: int) -> int:
    """Length of a transcript."""
    return config.lengths[_length(len(config.lengths), world)]


def plan(config: TranscriptConfig, world: int) -> list[Probe]:
    """The probes of one world; a function of the seed and the world's number alone."""
    rng = Stream(f"E:{config.seed}:{world}:plan")
    length = _length(len(config.lengths), world)
    turn = world // len(config.lengths)
    probes = []
    for place in range(QUESTIONS):
        template = rng.randrange(QUESTION_TEMPLATE_COUNT)
        if place == ANSWERABLE:
            probes.append(Probe(ASKED[(turn + length) % len(ASKED)], None, template))
            continue
        # The depths of one length after the other; lengths begin at different ones.
        again, depth = divmod(ANSWERABLE * turn + place + length, len(config.depths))
        asked = ASKED[(depth + again) % len(ASKED)]
        probes.append(Probe(asked, config.depths[depth], template))
    return probes


def schedule(config: TranscriptConfig, world: int) -> list[int]:
    """Order in which a world's probes are asked."""
    return _orders(len(config.lengths))[world % _SEARCHED_WORLDS]


@cache
def _orders(lengths: int) -> list[list[int]]:
    strata = [[_length(lengths, world)] * ANSWERABLE + [None] for world in range(_SEARCHED_WORLDS)]
    return spread(strata, take_turns=True)
