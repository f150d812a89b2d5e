"""Means over subsets of the questions: everything, one lag bin, one query kind, one cue type."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from hei_nw_tasks.metrics import harmonic_mean, hot_patch_score, paraphrase_consistency
from postprocess.reading.rescore import ScoredAnswer
from postprocess.schema import run as schema
from postprocess.statistics.intervals import (
    FEWEST_WORLDS,
    Interval,
    harmonic_interval,
    mean_interval,
)
from postprocess.summary import measured

_SHARED = {
    *("exact_match", "exact_match_strict", "f1", "contains", "abstained", "false_abstained"),
}
_FEW_WORLDS = f"no interval under {FEWEST_WORLDS} worlds"


def estimate(values: Sequence[float], worlds: Sequence[str]) -> schema.Estimate:
    """Mean of values in [0, 1] over questions of the given worlds, with its interval."""
    if not values:
        note = "no such questions"
        return schema.Estimate(n=0, worlds=0, mean=None, interval=None, note=note)
    interval = mean_interval(values, worlds)
    return schema.Estimate(
        n=len(values),
        worlds=len(set(worlds)),
        mean=math.fsum(values) / len(values),
        interval=_model(interval),
        note=None if interval else _FEW_WORLDS,
    )


def metric(scored: Iterable[ScoredAnswer], name: str) -> schema.Estimate:
    """Estimate of one metric over the questions that have it."""
    return estimate(*_values(scored, name))


def scores(scored: Sequence[ScoredAnswer]) -> schema.Scores:
    """All metrics over some questions."""
    exact, recall = metric(scored, "exact_match"), metric(scored, "abstained")
    return schema.Scores(
        exact_match=exact,
        exact_match_strict=metric(scored, "exact_match_strict"),
        f1=metric(scored, "f1"),
        contains=metric(scored, "contains"),
        abstention_recall=recall,
        false_abstention=metric(scored, "false_abstained"),
        headline=_headline(scored, exact, recall),
    )


def own_metrics(scored: Sequence[ScoredAnswer]) -> dict[str, schema.Estimate]:
    """The metrics besides those that every scenario has, by name."""
    names = {name for one in scored for name in one.scores} - _SHARED
    return {name: metric(scored, name) for name in sorted(names)}


def hot_patch(scored: Sequence[ScoredAnswer]) -> schema.HotPatch | None:
    """How well corrections took; None unless facts were corrected."""
    parts = {name: metric(scored, name).mean for name in ("efficacy", "paraphrase", "locality")}
    if all(mean is None for mean in parts.values()):
        return None
    wordings: dict[str, list[str]] = {}
    for one in scored:
        if one.answer.question.query_kind in ("direct", "paraphrase"):
            group = wordings.setdefault(one.answer.question.group_id, [])
            group.append(one.answer.response)
    return schema.HotPatch(
        score=hot_patch_score(**parts),
        paraphrase_consistency=paraphrase_consistency(wordings.values()),
    )


def lag_bins(scored: Sequence[ScoredAnswer], edges: Sequence[float]) -> list[schema.LagBin]:
    """One row per bin [low, high), and one for lags in none of them where there are any.

    Questions without a lag (the unanswerable ones) are in no row.
    """
    bins = [_lag_bin(_between(scored, low, high), low, high) for low, high in pairwise(edges)]
    outside = [
        one
        for one in scored
        if (lag := one.answer.question.lag) is not None and not edges[0] <= lag < edges[-1]
    ]
    return [*bins, _lag_bin(outside, None, None)] if outside else bins


def by_query_kind(scored: Sequence[ScoredAnswer]) -> list[schema.Stratum]:
    """One stratum per kind of question; the kind without an answer comes last."""
    return _strata(
        scored,
        lambda one: one.answer.question.query_kind,
        lambda name: (name == "unanswerable", name),
    )


def by_cue_type(scored: Sequence[ScoredAnswer]) -> list[schema.Stratum]:
    """One stratum per cue type; questions without one come last, as "–"."""
    return _strata(
        scored, lambda one: one.answer.question.cue_type or "–", lambda name: (name == "–", name)
    )


def by_given_slots(scored: Sequence[ScoredAnswer]) -> list[schema.Stratum]:
    """One stratum per number of slots that the question gives."""
    return _strata(scored, lambda one: str(len(one.answer.question.given_slots)), int)


def _strata(
    scored: Sequence[ScoredAnswer], name: Callable[[ScoredAnswer], str], order: Callable[[str], Any]
) -> list[schema.Stratum]:
    members: dict[str, list[ScoredAnswer]] = {}
    for one in scored:
        members.setdefault(name(one), []).append(one)
    return [
        schema.Stratum(name=key, questions=len(members[key]), scores=scores(members[key]))
        for key in sorted(members, key=order)
    ]


def _between(scored: Iterable[ScoredAnswer], low: float, high: float) -> list[ScoredAnswer]:
    lags = ((one, one.answer.question.lag) for one in scored)
    return [one for one, lag in lags if lag is not None and low <= lag < high]


def _lag_bin(
    members: Sequence[ScoredAnswer], low: float | None, high: float | None
) -> schema.LagBin:
    return schema.LagBin(
        name="out of bins" if low is None else f"[{low:g}, {high:g})",
        low=low,
        high=high,
        questions=len(members),
        scores=scores(members),
        recall_at_k=measured.recall_at_k(members),
    )


def _values(scored: Iterable[ScoredAnswer], name: str) -> tuple[list[float], list[str]]:
    having = [one for one in scored if name in one.scores]
    worlds = [one.answer.question.world_id for one in having]
    return [one.scores[name] for one in having], worlds


def _headline(
    scored: Sequence[ScoredAnswer], exact: schema.Estimate, recall: schema.Estimate
) -> schema.Estimate:
    mean = harmonic_mean(exact.mean, recall.mean)
    interval = harmonic_interval(*_values(scored, "exact_match"), *_values(scored, "abstained"))
    worlds = len({one.answer.question.world_id for one in scored})
    note = None
    if mean is None:
        note = "needs answerable and unanswerable questions"
    elif interval is None:
        note = _FEW_WORLDS if worlds < FEWEST_WORLDS else "no interval where a part is 0"
    return schema.Estimate(
        n=len(scored), worlds=worlds, mean=mean, interval=_model(interval), note=note
    )


def _model(interval: Interval | None) -> schema.IntervalModel | None:
    if interval is None:
        return None
    return schema.IntervalModel(low=interval.low, high=interval.high, method=interval.method)
