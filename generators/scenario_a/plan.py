"""What each world of scenario A is asked: kinds, cues and lags in balanced strata.

    >>> probes = plan(Random(0), EpisodeConfig(), 0)
    >>> [probe.kind for probe in probes]  # doctest: +NORMALIZE_WHITESPACE
    ['single', 'latest', 'single', 'unanswerable', 'single', 'single', 'list', 'single',
     'unanswerable', 'single']
    >>> probes[0].cue_type
    'who_from_1'

A **probe** is a fact to be asked for. The "between" design has ten probes a world, each asked
once; the "within" design has five, each asked at one lag of every bin.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations
from random import Random
from typing import Literal, NamedTuple

from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.phrasing import QUESTION_TEMPLATES
from generators.world.schedule import rotated, spread
from generators.world.streams import pick

SLOTS = ("who", "what", "where", "when", "action")
# 60% single, 10% latest, 10% list, 20% unanswerable; each half is 4 answerable + 1 unanswerable.
_ROUND = (
    *("single", "latest", "single", "unanswerable", "single"),
    *("single", "list", "single", "unanswerable", "single"),
)
# Of each place in a round: the kind, how many of it come before, how many a round has.
_KINDS = [
    (kind, _ROUND[:place].count(kind), _ROUND.count(kind)) for place, kind in enumerate(_ROUND)
]
_ASKED = {
    "single": ("who", "what", "where", "when"),
    "latest": ("who", "what", "where", "when"),
    "list": ("who", "what", "where"),
    "unanswerable": ("who", "what", "where", "when"),
}
# Start each kind at another lag bin, so that the kinds' remainders do not add up.
_BIN_OFFSET = {"single": 0, "latest": 1, "list": 3}
# (what is wrong with the cue, number of given slots): as many cues of each size as the
# answerable questions have, so that the size of a cue does not tell whether it has an answer.
_UNANSWERABLE: tuple[tuple[Literal["recombined", "unused"], int], ...] = (
    *(("recombined", 2), ("unused", 1), ("recombined", 3)),
    *(("unused", 1), ("recombined", 2), ("unused", 3)),
)
# Worlds whose order is searched for; later ones use the same orders again.
_SEARCHED_WORLDS = 32


class Probe(NamedTuple):
    """One fact to be asked for.

    Attributes:
        number: Number of the probe over all worlds of the dataset.
        kind: Query kind.
        asked: Slot that is asked for.
        given: Slots that the question gives.
        lag_bin: Index of the lag bin in the "between" design; None if unanswerable.
        defect: What makes the question unanswerable: "recombined" puts values of two events
            together, "unused" gives a value that no event has; None if answerable.
        template: Number of the question's wording.
    """

    number: int
    kind: str
    asked: str
    given: tuple[str, ...]
    lag_bin: int | None
    defect: Literal["recombined", "unused"] | None
    template: int

    @property
    def cue_type(self) -> str:
        """Stratum of the cue: asked slot and number of given slots."""
        return f"{self.asked}_from_{len(self.given)}"


def probes_per_world(config: EpisodeConfig) -> int:
    """Number of probes in one world."""
    return len(_ROUND) if config.lag_design == "between" else len(_ROUND) // 2


def questions_per_world(config: EpisodeConfig) -> int:
    """Number of questions in one world: probes times the lags each is asked at."""
    lags = 1 if config.lag_design == "between" else len(config.bins)
    return probes_per_world(config) * lags


def schedule(config: EpisodeConfig, world: int) -> list[tuple[int, int | None]]:
    """Order in which a world's probes are asked, as (probe in the world, lag bin or None).

    The lag bin is None in the "between" design, where the probe has its own.
    """
    return _schedules(config)[world % _SEARCHED_WORLDS]


def _items(config: EpisodeConfig) -> list[tuple[int, int | None]]:
    probes = range(probes_per_world(config))
    if config.lag_design == "between":
        return [(probe, None) for probe in probes]
    bins = len(config.bins)
    return [(probe, (turn + probe) % bins) for turn in range(bins) for probe in probes]


@cache
def _schedules(config: EpisodeConfig) -> list[list[tuple[int, int | None]]]:
    items = _items(config)
    strata = []
    for world in range(_SEARCHED_WORLDS):
        probes = plan(Random(0), config, world)
        strata.append(
            [
                turn if turn is not None and probes[probe].defect is None else probes[probe].lag_bin
                for probe, turn in items
            ]
        )
    return [[items[item] for item in order] for order in spread(strata)]


def plan(rng: Random, config: EpisodeConfig, world: int) -> list[Probe]:
    """The probes of one world; what is given, and in what words it is asked, is drawn."""
    size = probes_per_world(config)
    bins = len(config.bins)
    return [_probe(rng, bins, world * size + place) for place in range(size)]


def _probe(rng: Random, bins: int, number: int) -> Probe:
    rounds, place = divmod(number, len(_ROUND))
    kind, before, each = _KINDS[place]
    rank = rounds * each + before
    asked_slots = _ASKED[kind]
    lag_bin = defect = None
    if kind == "unanswerable":
        block, turn = divmod(rank, len(_UNANSWERABLE))
        defect, size = _UNANSWERABLE[turn]
        asked = asked_slots[(block + rank) % len(asked_slots)]
    else:
        # Block `b` of as many probes as there are bins meets every bin; going through the cells
        # by block and bin meets every pair of bin and cell once in as many blocks as cells.
        lag_bin = (rotated(rank, bins) + _BIN_OFFSET[kind]) % bins
        cell = (rank // bins + 3 * lag_bin) % (3 * len(asked_slots))
        asked = asked_slots[cell % len(asked_slots)]
        size = cell // len(asked_slots) + 1
    # A given time would single out one event.
    given = pick(rng, _choices_of_given(asked, size, kind not in ("latest", "list")))
    template = pick(rng, QUESTION_TEMPLATES)
    return Probe(number, kind, asked, given, lag_bin, defect, template)


@cache
def _choices_of_given(asked: str, size: int, timed: bool) -> list[tuple[str, ...]]:
    free = [slot for slot in SLOTS if slot != asked and (timed or slot != "when")]
    return list(combinations(free, size))
