"""What each world of scenario B is asked: kinds, histories and lags in balanced strata.

    >>> [(spec.kind, spec.history) for spec in plan(LagConfig(), 0)][:3]
    [('direct', 'once'), ('novel', 'out_of_order'), ('direct', 'in_order')]
    >>> questions_per_world(LagConfig())
    20

A **spec** is a fact to be asked for. Two specs of a world, one real and one made up, are asked in
four wordings each, all others once.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from generators.world.lags import LagConfig
from generators.world.schedule import balanced_order, rotated

WORDINGS = 4
History = Literal["unedited", "once", "in_order", "out_of_order", "returned", "withdrawn"]
Defect = Literal["never_stated", "rumoured", "too_early", "withdrawn"]
# What a question tells of its fact: how it names the subject, and whether it asks for the past.
Shape = Literal["real", "made_up", "described", "real_before", "made_up_before"]

# What each spec with edits asks, and how. They make up 13 of 16 answerable questions, so that
# each of four lag bins and the unedited facts, which have no lag, get about the same number.
_EDITED: tuple[tuple[str, Shape, int], ...] = (
    ("direct", "real", WORDINGS),
    ("novel", "made_up", WORDINGS),
    ("direct", "real", 1),
    ("two_hop", "described", 1),
    ("before", "real_before", 1),
    ("two_hop", "described", 1),
    ("before", "made_up_before", 1),
)
_UNEDITED = 3
# In any two worlds each history gets six or seven questions, in any four each of the two specs
# that are asked in all wordings meets all. A made-up subject has no value before its first edit.
_HISTORIES: tuple[tuple[History, ...], ...] = (
    ("once", "out_of_order", "in_order", "returned", "returned", "returned", "in_order"),
    ("in_order", "returned", "once", "out_of_order", "once", "once", "out_of_order"),
    ("out_of_order", "once", "in_order", "returned", "returned", "returned", "in_order"),
    ("returned", "in_order", "once", "out_of_order", "once", "once", "out_of_order"),
)
# One in five questions has no answer, whatever it tells of its fact: in each world two of real
# subjects as they are now (eight such have an answer), one of a made-up one (of four), and, by
# turns, one of the others (two of each of these have answers in four worlds, two_hop four).
_UNANSWERABLE: tuple[Shape, ...] = ("real", "real", "made_up")
_BY_TURNS: tuple[Shape, ...] = ("described", "real_before", "described", "made_up_before")
# What may leave a question of a shape without an answer. A real fact has to be withdrawn.
_DEFECTS: dict[Shape, tuple[Defect, ...]] = {
    "real": ("withdrawn",),
    "made_up": ("never_stated", "rumoured", "withdrawn"),
    "described": ("withdrawn",),
    "real_before": ("withdrawn",),
    "made_up_before": ("too_early", "withdrawn"),
}


@dataclass(frozen=True, slots=True)
class QuestionSpec:
    """One fact to be asked for.

    Attributes:
        number: Number of the spec over all worlds of the dataset.
        kind: Query kind; "direct" stands for its paraphrases too.
        shape: What the question tells of its fact.
        relation: Which of the world's two relations it asks for.
        askings: How many questions ask for the fact, each in another wording.
        history: How often the fact is edited, and in which order.
        lag_bin: Index of the lag bin; None if no event answers the question.
        defect: What makes the question unanswerable; None if it has an answer.
        wording: Number of the wording, or of the direct question's.
    """

    number: int
    kind: str
    shape: Shape
    relation: int
    askings: int
    history: History
    lag_bin: int | None
    defect: Defect | None
    wording: int

    @property
    def real(self) -> bool:
        """Whether the real world has the fact."""
        return not self.shape.startswith("made_up")

    @property
    def before(self) -> bool:
        """Whether the question asks for what held before a day."""
        return self.shape.endswith("before")


def questions_per_world(config: LagConfig) -> int:
    """Number of questions in one world."""
    return sum(spec.askings for spec in plan(config, 0))


def plan(config: LagConfig, world: int) -> list[QuestionSpec]:
    """The specs of one world; a function of the seed and the world's number alone."""
    rng = Random(f"B:{config.seed}:{world}:plan")
    parity, turn = world % 2, world // len(_BY_TURNS) % 2
    asked = [
        *zip(_EDITED, _HISTORIES[world % len(_HISTORIES)], _lag_bins(config, world), strict=True),
        *((("locality", "real", 1), "unedited", None) for _ in range(_UNEDITED)),
    ]
    # Real facts of one relation are asked for in all wordings, those of the other one by one;
    # made-up ones the other way round. Over eight worlds every shape of question about either
    # relation is unanswerable as often as any other.
    relations = (parity, 1 - parity, 1 - parity, 0, parity, 0, parity, *(1 - parity,) * _UNEDITED)
    strata: list[tuple[str, Shape, int, int, History, int | None, Defect | None]] = [
        (kind, shape, relation, askings, history, lag_bin, None)
        for ((kind, shape, askings), history, lag_bin), relation in zip(
            asked, relations, strict=True
        )
    ]
    last = _BY_TURNS[world % len(_BY_TURNS)]
    shapes = (*_UNANSWERABLE, last)
    for shape, relation in zip(
        shapes, (0, 1, parity, 0 if last == "described" else turn), strict=True
    ):
        defect = rng.choice(_DEFECTS[shape])
        history: History = "withdrawn" if defect == "withdrawn" else "unedited"
        strata.append(("unanswerable", shape, relation, 1, history, None, defect))
    first = world * len(strata)
    return [
        QuestionSpec(first + place, *stratum, wording=rng.randrange(WORDINGS))
        for place, stratum in enumerate(strata)
    ]


def _lag_bins(config: LagConfig, world: int) -> list[int]:
    """A lag bin for each edited spec: always the one with the fewest questions so far."""
    bins = len(config.bins)
    # Worlds of even and of odd number ask for other relations first. An odd number of bins in a
    # cycle meets both alike, an even one in rotation: else the relation would tell the lag.
    start = world % bins if bins % 2 else rotated(world, bins)
    taken = [0] * bins
    chosen = []
    for _, _, askings in _EDITED:
        lag_bin = min(range(bins), key=lambda place: (taken[place], (place - start) % bins))
        taken[lag_bin] += askings
        chosen.append(lag_bin)
    return chosen


def schedule(config: LagConfig, world: int) -> list[tuple[int, int]]:
    """Order in which a world's questions are asked, as (index of the spec, wording of it)."""
    items = [(i, turn) for i, spec in enumerate(plan(config, 0)) for turn in range(spec.askings)]
    return [items[item] for item in balanced_order(_strata, config.unseeded(), config.seed, world)]


def _strata(config: LagConfig, world: int) -> list[int | str | None]:
    return [
        None if spec.defect else "unedited" if spec.lag_bin is None else spec.lag_bin
        for spec in plan(config, world)
        for _ in range(spec.askings)
    ]
