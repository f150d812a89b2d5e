"""Means with intervals, over all answers or over a stratum of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from hei_nw_tasks.metrics import PRIMARY
from hei_nw_tasks.retrieval.ranking import RANKING
from hei_nw_tasks.scoring.aggregates import harmonic_mean
from postprocess.measures import ABSTENTION, HEADLINE, SHARED
from postprocess.schema.answer import Answer
from postprocess.schema.parts import Estimate, Estimates, Stratum
from postprocess.statistics.intervals import FEWEST_WORLDS, harmonic_interval, mean_interval

Key = TypeVar("Key", bound=Hashable)
FEW_WORLDS = f"no interval for fewer than {FEWEST_WORLDS} worlds"


def estimate(answers: Iterable[Answer], value: Callable[[Answer], float | bool | None]) -> Estimate:
    """The mean of a value in [0, 1], with its interval, over the answers for which it is known."""
    known = [
        (float(found), answer.world_id)
        for answer in answers
        if (found := value(answer)) is not None
    ]
    return mean_of(known, "no such questions")


def mean_of(known: Sequence[tuple[float, str]], nothing: str) -> Estimate:
    """The mean of values in [0, 1], with its interval.

    Args:
        known: Values, each with its world.
        nothing: What to note if there are none.
    """
    if not known:
        return Estimate(n=0, worlds=0, mean=None, interval=None, note=nothing)
    values, worlds = [value for value, _ in known], [world for _, world in known]
    interval = mean_interval(values, worlds)
    return Estimate(
        n=len(values),
        worlds=len(set(worlds)),
        mean=math.fsum(values) / len(values),
        interval=interval,
        note=None if interval else FEW_WORLDS,
    )


def metric(answers: Iterable[Answer], name: str) -> Estimate:
    """The mean of one metric, over the questions that have it."""
    return estimate(answers, lambda answer: answer.scores.get(name))


def scores(answers: Sequence[Answer]) -> Estimates:
    """All metrics that every scenario has, and the headline."""
    found = {name: metric(answers, name) for name in SHARED}
    return {**found, HEADLINE: _headline(answers, found[PRIMARY].mean, found[ABSTENTION].mean)}


def own_metrics(answers: Sequence[Answer]) -> Estimates:
    """The other metrics that some answer has, by name."""
    names = {name for answer in answers for name in answer.scores}.difference(SHARED)
    return {name: metric(answers, name) for name in sorted(names)}


def ranking(answers: Sequence[Answer]) -> Estimates:
    """The retrieval measures that some answer has, over the questions with evidence."""
    found = {
        name: estimate(answers, lambda answer, name=name: answer.measured.get(name))  # type: ignore[misc]
        for name in RANKING
    }
    return {name: estimate for name, estimate in found.items() if estimate.n}


def stratum(name: str, answers: Sequence[Answer]) -> Stratum:
    """The answers as one row of a table."""
    return Stratum(
        name=name, questions=len(answers), scores=scores(answers), ranking=ranking(answers)
    )


def grouped(answers: Iterable[Answer], key: Callable[[Answer], Key]) -> dict[Key, list[Answer]]:
    """Answers by a property; properties in the order in which they are met."""
    groups: dict[Key, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(key(answer), []).append(answer)
    return groups


def _headline(answers: Sequence[Answer], score: float | None, abstention: float | None) -> Estimate:
    mean = harmonic_mean(score, abstention)
    parts = [
        [(a.scores[name], a.world_id) for a in answers if name in a.scores]
        for name in (PRIMARY, ABSTENTION)
    ]
    (first, second) = ([value for value, _ in part] for part in parts)
    (first_worlds, second_worlds) = ([world for _, world in part] for part in parts)
    interval = harmonic_interval(first, first_worlds, second, second_worlds)
    worlds = len({answer.world_id for answer in answers})
    note = None
    if mean is None:
        note = "needs answerable and unanswerable questions"
    elif interval is None:
        note = FEW_WORLDS if worlds < FEWEST_WORLDS else "no interval where a part is 0"
    return Estimate(n=len(answers), worlds=worlds, mean=mean, interval=interval, note=note)
