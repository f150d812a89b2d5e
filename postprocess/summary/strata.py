"""Means over subsets of the questions: everything, one lag bin, one query kind, one cue type."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from hei_nw_tasks.scoring.aggregates import harmonic_mean, hot_patch_score, paraphrase_consistency
from postprocess.reading.answers import ScoredAnswer
from postprocess.schema import parts, scenario
from postprocess.schema.run import LagBin
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


def estimate(values: Sequence[float], worlds: Sequence[str]) -> parts.Estimate:
    """Mean of values in [0, 1] over questions of the given worlds, with its interval."""
    if not values:
        note = "no such questions"
        return parts.Estimate(n=0, worlds=0, mean=None, interval=None, note=note)
    interval = mean_interval(values, worlds)
    return parts.Estimate(
        n=len(values),
        worlds=len(set(worlds)),
        mean=math.fsum(values) / len(values),
        interval=interval_model(interval),
        note=None if interval else _FEW_WORLDS,
    )


def metric(scored: Iterable[ScoredAnswer], name: str) -> parts.Estimate:
    """Estimate of one metric over the questions that have it."""
    return estimate(*values_of(scored, name))


def scores(scored: Sequence[ScoredAnswer]) -> parts.Scores:
    """All metrics over some questions."""
    exact, recall = metric(scored, "exact_match"), metric(scored, "abstained")
    return parts.Scores(
        exact_match=exact,
        exact_match_strict=metric(scored, "exact_match_strict"),
        f1=metric(scored, "f1"),
        contains=metric(scored, "contains"),
        abstention_recall=recall,
        false_abstention=metric(scored, "false_abstained"),
        headline=_headline(scored, exact, recall),
    )


def own_metrics(scored: Sequence[ScoredAnswer]) -> dict[str, parts.Estimate]:
    """The metrics besides those that every scenario has, by name."""
    names = {name for one in scored for name in one.scores} - _SHARED
    return {name: metric(scored, name) for name in sorted(names)}


def hot_patch(scored: Sequence[ScoredAnswer]) -> scenario.HotPatch | None:
    """How well corrections took; None unless facts were corrected."""
    parts = {name: metric(scored, name).mean for name in ("efficacy", "paraphrase", "locality")}
    if all(mean is None for mean in parts.values()):
        return None
    wordings: dict[str, list[str]] = {}
    for one in scored:
        if one.asked.query_kind in ("direct", "paraphrase"):
            group = wordings.setdefault(one.asked.group_id, [])
            group.append(one.response)
    return scenario.HotPatch(
        score=hot_patch_score(**parts),
        paraphrase_consistency=paraphrase_consistency(wordings.values()),
    )


def lag_bins(scored: Sequence[ScoredAnswer], edges: Sequence[float]) -> list[LagBin]:
    """One row per bin [low, high), and one for lags in none of them where there are any.

    Questions without a lag (the unanswerable ones) are in no row.
    """
    bins = [_lag_bin(_between(scored, low, high), low, high) for low, high in pairwise(edges)]
    outside = [
        one
        for one in scored
        if (lag := one.asked.lag) is not None and not edges[0] <= lag < edges[-1]
    ]
    return [*bins, _lag_bin(outside, None, None)] if outside else bins


def by_query_kind(scored: Sequence[ScoredAnswer]) -> list[parts.Stratum]:
    """One stratum per kind of question; the kind without an answer comes last."""
    return _strata(
        scored,
        lambda one: one.asked.query_kind,
        lambda name: (name == "unanswerable", name),
    )


def by_cue_type(scored: Sequence[ScoredAnswer]) -> list[parts.Stratum]:
    """One stratum per cue type; questions without one come last, as "–"."""
    return _strata(scored, lambda one: one.asked.cue_type or "–", lambda name: (name == "–", name))


def by_given_slots(scored: Sequence[ScoredAnswer]) -> list[parts.Stratum]:
    """One stratum per number of slots that the question gives."""
    return _strata(scored, lambda one: str(len(one.asked.given_slots)), int)


def _strata(
    scored: Sequence[ScoredAnswer], name: Callable[[ScoredAnswer], str], order: Callable[[str], Any]
) -> list[parts.Stratum]:
    members: dict[str, list[ScoredAnswer]] = {}
    for one in scored:
        members.setdefault(name(one), []).append(one)
    return [
        parts.Stratum(name=key, questions=len(members[key]), scores=scores(members[key]))
        for key in sorted(members, key=order)
    ]


def _between(scored: Iterable[ScoredAnswer], low: float, high: float) -> list[ScoredAnswer]:
    lags = ((one, one.asked.lag) for one in scored)
    return [one for one, lag in lags if lag is not None and low <= lag < high]


def _lag_bin(members: Sequence[ScoredAnswer], low: float | None, high: float | None) -> LagBin:
    return LagBin(
        name="out of bins" if low is None else f"[{low:g}, {high:g})",
        low=low,
        high=high,
        questions=len(members),
        scores=scores(members),
        recall_at_k=measured.recall_at_k(members),
    )


def values_of(scored: Iterable[ScoredAnswer], name: str) -> tuple[list[float], list[str]]:
    """A metric or measurement of the questions that have it, and the world of each."""
    having = [one for one in scored if name in one.scores]
    worlds = [one.asked.world_id for one in having]
    return [one.scores[name] for one in having], worlds


def _headline(
    scored: Sequence[ScoredAnswer], exact: parts.Estimate, recall: parts.Estimate
) -> parts.Estimate:
    mean = harmonic_mean(exact.mean, recall.mean)
    interval = harmonic_interval(*values_of(scored, "exact_match"), *values_of(scored, "abstained"))
    worlds = len({one.asked.world_id for one in scored})
    note = None
    if mean is None:
        note = "needs answerable and unanswerable questions"
    elif interval is None:
        note = _FEW_WORLDS if worlds < FEWEST_WORLDS else "no interval where a part is 0"
    return parts.Estimate(
        n=len(scored), worlds=worlds, mean=mean, interval=interval_model(interval), note=note
    )


def interval_model(interval: Interval | None) -> parts.IntervalModel | None:
    """An interval as it stands in files."""
    if interval is None:
        return None
    return parts.IntervalModel(low=interval.low, high=interval.high, method=interval.method)
