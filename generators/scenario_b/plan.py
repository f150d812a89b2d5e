"""What each world of scenario B is asked: kinds, histories and lags in balanced strata.

    >>> [(spec.kind, spec.history) for spec in plan(LagConfig(), 0)][:3]
    [('direct', 'once'), ('direct', 'out_of_order'), ('novel', 'in_order')]
    >>> questions_per_world(LagConfig())
    20

A **spec** is a fact to be asked for. Two specs of a world are asked in four wordings each (one
"direct" question and three paraphrases), all others once.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from generators.world.lags import LagConfig
from generators.world.schedule import balanced_order, rotated

WORDINGS = 4
History = Literal["unedited", "once", "in_order", "out_of_order", "returned"]
Defect = Literal["never_stated", "rumoured", "too_early"]

# Four in five questions have an answer. Edited facts make up 13 of 16, so that each of four lag
# bins and the unedited facts, which have no lag, get about the same number of questions.
_EDITED = ("direct", "direct", "novel", "two_hop", "before", "two_hop", "before")
_UNEDITED = ("locality",) * 3
_DEFECTS: tuple[Defect, ...] = ("never_stated", "rumoured", "never_stated", "too_early")
# Per spec of _EDITED; in any two worlds each history gets six or seven questions.
_HISTORIES: tuple[tuple[History, ...], tuple[History, ...]] = (
    ("once", "out_of_order", "in_order", "returned", "returned", "returned", "in_order"),
    ("in_order", "returned", "once", "out_of_order", "once", "once", "out_of_order"),
)


@dataclass(frozen=True, slots=True)
class QuestionSpec:
    """One fact to be asked for.

    Attributes:
        number: Number of the spec over all worlds of the dataset.
        kind: Query kind; "direct" stands for its paraphrases too.
        history: How often the fact is edited, and how it is told.
        lag_bin: Index of the lag bin; None if no event answers the question.
        defect: What makes the question unanswerable; None if it has an answer.
        wording: Number of the wording, or of the direct question's.
    """

    number: int
    kind: str
    history: History
    lag_bin: int | None
    defect: Defect | None
    wording: int

    @property
    def askings(self) -> int:
        """How many questions ask for the fact."""
        return WORDINGS if self.kind == "direct" else 1


def questions_per_world(config: LagConfig) -> int:
    """Number of questions in one world."""
    return sum(spec.askings for spec in plan(config, 0))


def plan(config: LagConfig, world: int) -> list[QuestionSpec]:
    """The specs of one world; a function of the seed and the world's number alone."""
    rng = Random(f"B:{config.seed}:{world}:plan")
    strata: list[tuple[str, History, int | None, Defect | None]] = []
    edited = zip(_EDITED, _HISTORIES[world % 2], _lag_bins(config, world), strict=True)
    strata += [(kind, history, lag_bin, None) for kind, history, lag_bin in edited]
    strata += [(kind, "unedited", None, None) for kind in _UNEDITED]
    strata += [("unanswerable", "unedited", None, defect) for defect in _DEFECTS]
    first = world * len(strata)
    return [
        QuestionSpec(first + place, *stratum, wording=rng.randrange(WORDINGS))
        for place, stratum in enumerate(strata)
    ]


def _lag_bins(config: LagConfig, world: int) -> list[int]:
    """A lag bin for each edited spec: always the one with the fewest questions so far."""
    bins = len(config.bins)
    start = rotated(world, bins)
    taken = [0] * bins
    chosen = []
    for kind in _EDITED:
        lag_bin = min(range(bins), key=lambda place: (taken[place], (place - start) % bins))
        taken[lag_bin] += WORDINGS if kind == "direct" else 1
        chosen.append(lag_bin)
    return chosen


def schedule(config: LagConfig, world: int) -> list[tuple[int, int]]:
    """Order in which a world's questions are asked, as (index of the spec, wording of it)."""
    items = [(i, turn) for i, spec in enumerate(plan(config, 0)) for turn in range(spec.askings)]
    return [items[item] for item in balanced_order(_strata, config.unseeded(), world)]


def _strata(config: LagConfig, world: int) -> list[tuple[bool, int | None]]:
    return [
        (spec.kind == "unanswerable", spec.lag_bin)
        for spec in plan(config, world)
        for _ in range(spec.askings)
    ]
