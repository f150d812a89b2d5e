"""What each world of scenario A is asked: kinds, cues and lags in balanced strata.

    >>> specs = plan(Random(0), EpisodeConfig(), 0)
    >>> [spec.kind for spec in specs]  # doctest: +NORMALIZE_WHITESPACE
    ['single', 'latest', 'single', 'unanswerable', 'first', 'single', 'list', 'single',
     'unanswerable', 'single']
    >>> specs[0].cue_type
    'when_from_1'

The "between" design has ten question specs a world, each asked once; the "within" design has
five, each asked at one lag of every bin.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations
from random import Random
from typing import Literal, NamedTuple

from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.phrasing import QUESTION_TEMPLATES
from generators.world.draws import pick
from generators.world.overlap import OVERLAPS, Overlap, is_described
from generators.world.schedule import balanced_order, rotated

SLOTS = ("who", "what", "where", "when", "action")
# 50% single, 10% latest, 10% list, 10% of order and time, 20% unanswerable; each half is 4
# answerable + 1 unanswerable. Of "order", two in three are "first", the others are "between" and
# "often": a few things are done several times in a log, so a guess at a number is often right.
_ROUND = (
    *("single", "latest", "single", "unanswerable", "order"),
    *("single", "list", "single", "unanswerable", "single"),
)
# For each turn of a round: its kind, how many of that kind come before, how many a round has.
_KINDS = [(kind, _ROUND[:turn].count(kind), _ROUND.count(kind)) for turn, kind in enumerate(_ROUND)]
# The pair of each turn, and whether it is the second: two single ones, latest and list, a single
# one and one of order, and the two that have no answer.
_PAIRS = (
    *((0, False), (1, False), (0, True), (2, False), (3, False)),
    *((3, True), (1, True), (4, False), (2, True), (4, True)),
)
_ASKED = {
    "single": ("who", "what", "where", "when"),
    "latest": ("who", "what", "where", "when"),
    "first": ("who", "what", "where", "when"),
    "list": ("who", "what", "where"),
    "often": ("times",),
    "between": ("days",),
}
# Start each kind at another lag bin, so that the kinds' remainders do not add up.
_BIN_OFFSET = {"single": 0, "latest": 1, "list": 3, "first": 2, "often": 0, "between": 0}
# Lag, in days, from which on a question may ask for the days between two events.
_SPAN_DAYS = 7
# What unanswerable questions ask for, by turns: each form as often as those with an answer.
_FORMS = (*("single", "single", "latest", "single"), *("order", "single", "list", "single"))
# Of each form, what is wrong with the cue, and how many slots it gives: as many cues of each size
# as the answerable questions have. One value alone cannot be recombined.
_DEFECTS: tuple[tuple[Literal["recombined", "unused"], int], ...] = (
    *(("recombined", 2), ("unused", 1), ("recombined", 3)),
    *(("unused", 1), ("recombined", 2), ("unused", 3)),
)


class QuestionSpec(NamedTuple):
    """What to ask, before the values are drawn.

    Attributes:
        number: Number of the spec, counted over all worlds of the dataset.
        kind: Query kind.
        form: Kind of answer that it asks for: "single", "latest", "first" or "list" of several,
            "often" (how many events there were) or "between" (days from the first to the last).
        asked: Slot that the question asks for, or "times" or "days".
        given: Slots that the question gives.
        lag_bin: Index of the lag bin in the "between" design; None if unanswerable.
        defect: What makes the question unanswerable: "recombined" puts values of two events
            together, "unused" gives a value that no event has; None if answerable.
        template: Number of the question's wording.
        described: Whether the question describes what it gives, in other words than the log's.
    """

    number: int
    kind: str
    form: str
    asked: str
    given: tuple[str, ...]
    lag_bin: int | None
    defect: Literal["recombined", "unused"] | None
    template: int
    described: bool

    @property
    def cue_type(self) -> str:
        """Stratum of the cue: asked slot and number of given slots."""
        return f"{self.asked}_from_{len(self.given)}"

    @property
    def cue_overlap(self) -> Overlap:
        """Whether the question has the words of the log."""
        return OVERLAPS[self.described]


def specs_per_world(config: EpisodeConfig) -> int:
    """Number of question specs of one world."""
    return len(_ROUND) if config.lag_design == "between" else len(_ROUND) // 2


def questions_per_world(config: EpisodeConfig) -> int:
    """Number of questions about one world: specs times the lags each is asked at."""
    lags = 1 if config.lag_design == "between" else len(config.bins)
    return specs_per_world(config) * lags


def schedule(config: EpisodeConfig, world: int) -> list[tuple[int, int | None]]:
    """Order in which a world's specs are asked, as (index of the spec, lag bin or None).

    The lag bin is None in the "between" design, where each spec has its own.
    """
    items = _items(config)
    return [items[item] for item in balanced_order(_strata, config.unseeded(), config.seed, world)]


@cache
def _items(config: EpisodeConfig) -> list[tuple[int, int | None]]:
    specs = range(specs_per_world(config))
    if config.lag_design == "between":
        return [(spec, None) for spec in specs]
    bins = len(config.bins)
    return [(spec, (turn + spec) % bins) for turn in range(bins) for spec in specs]


def _strata(config: EpisodeConfig, world: int) -> list[int | None]:
    specs = plan(Random(0), config, world)
    return [
        turn if turn is not None and specs[spec].defect is None else specs[spec].lag_bin
        for spec, turn in _items(config)
    ]


def plan(rng: Random, config: EpisodeConfig, world: int) -> list[QuestionSpec]:
    """Plan the questions of one world; draws the given slots and the wordings."""
    size = specs_per_world(config)
    shift = _shift(config.seed)
    return [_spec(rng, config, shift, world * size + turn) for turn in range(size)]


@cache
def _shift(seed: int) -> int:
    """Where a seed begins in the cycle of cues, so that no cue has its place in every dataset."""
    return Random(f"A:{seed}:plan").randrange(1000)


def _order(config: EpisodeConfig, rank: int) -> tuple[str, int]:
    """Form of a question of order or time, and its rank among those of its form.

    The days between two events are no fewer than those between the first and the question, so short
    lags ask how often.
    """
    rank, turn = divmod(rank, 3)
    if turn < 2:
        return "first", 2 * rank + turn
    low = config.lag_bins[rotated(rank, len(config.lag_bins))]
    spans = config.lag_design == "between" and low >= _SPAN_DAYS
    return ("between" if spans else "often"), rank


def _spec(rng: Random, config: EpisodeConfig, shift: int, number: int) -> QuestionSpec:
    bins = len(config.lag_bins)
    rounds, turn_in_round = divmod(number, len(_ROUND))
    described = is_described(config.cue_overlap, _in_other_words(shift + rounds, turn_in_round))
    kind, before, each = _KINDS[turn_in_round]
    rank = rounds * each + before
    form, lag_bin, defect = kind, None, None
    if kind == "unanswerable":
        rounds, turn = divmod(rank, len(_FORMS))
        form = _FORMS[turn]
        rank = shift + rounds * _FORMS.count(form) + _FORMS[:turn].count(form)
        if form == "order":
            form, rank = _order(config, rank)
        block, turn = divmod(rank, len(_DEFECTS))
        defect, size = _DEFECTS[turn]
        asked = _ASKED[form][(block + rank) % len(_ASKED[form])]
    else:
        if kind == "order":
            kind, rank = _order(config, rank)
            form = kind
        # Block `b` of as many specs as there are bins meets every bin; going through the cells
        # by block and bin meets every pair of bin and cell once in as many blocks as cells.
        asked_slots = _ASKED[kind]
        lag_bin = (rotated(rank, bins) + _BIN_OFFSET[kind]) % bins
        cell = (shift + rank // bins + 3 * lag_bin) % (3 * len(asked_slots))
        asked = asked_slots[cell % len(asked_slots)]
        size = cell // len(asked_slots) + 1
    # A given time would single out one event.
    given = pick(rng, _choices_of_given(asked, size, form == "single", described))
    template = pick(rng, QUESTION_TEMPLATES)
    return QuestionSpec(number, kind, form, asked, given, lag_bin, defect, template, described)


def _in_other_words(number: int, turn: int) -> bool:
    """Whether a turn of a round has a semantic cue, with the setting "mixed".

    In every round, one of each pair has. Which one is as good as random (Knuth's multiplicative
    hashing), so that it goes with no lag bin, asked slot or defect.
    """
    pair, second = _PAIRS[turn]
    return bool((number * 2654435761 >> 16 + pair) & 1) != second


@cache
def _choices_of_given(asked: str, size: int, timed: bool, described: bool) -> list[tuple[str, ...]]:
    # Nothing is known of a person but the name. That leaves lists of things and places two slots.
    barred = {asked, *(() if timed else ("when",)), *(("who",) if described else ())}
    free = [slot for slot in SLOTS if slot not in barred]
    return list(combinations(free, min(size, len(free))))
