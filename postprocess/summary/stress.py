"""Scenario D by size of the store, and scenario E by depth and length."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from postprocess.reading.answers import ScoredAnswer
from postprocess.schema.parts import Estimate
from postprocess.schema.scenario import DepthLength, Interference, SlopeModel, StoreSize
from postprocess.statistics.trend import effective_size, slope_per_doubling
from postprocess.summary import measured
from postprocess.summary.strata import estimate, interval_model, metric

Key = TypeVar("Key", bound=Hashable)
_RECALL = "recall_any@5"


def interference(scored: Sequence[ScoredAnswer]) -> Interference:
    """How scores and costs change with the size of the store; the same probes at every size."""
    sizes = _grouped(scored, lambda one: one.asked.store_size)
    rows = [_store_size(size, sizes[size]) for size in sorted(sizes)]
    means = {row.store_size: row.exact_match.mean for row in rows}
    return Interference(
        by_store_size=rows,
        exact_match_slope=_slope(scored, lambda one: one.scores.get("exact_match")),
        recall_slope=_slope(scored, lambda one: one.measured.get(_RECALL)),
        effective_size=effective_size(
            {size: mean for size, mean in means.items() if mean is not None}
        ),
    )


def depth_length(scored: Sequence[ScoredAnswer]) -> list[DepthLength]:
    """Exact match at every depth of transcripts of every length, shortest and shallowest first."""
    placed = [one for one in scored if None not in (one.asked.depth, one.asked.target_tokens)]
    cells = _grouped(placed, lambda one: (one.asked.target_tokens or 0, one.asked.depth or 0.0))
    return [
        DepthLength(target_tokens=tokens, depth=depth, exact_match=metric(members, "exact_match"))
        for (tokens, depth), members in sorted(cells.items())
    ]


def _store_size(size: int, members: Sequence[ScoredAnswer]) -> StoreSize:
    answerable = [one for one in members if one.asked.answerable]
    return StoreSize(
        store_size=size,
        questions=len(members),
        exact_match=metric(members, "exact_match"),
        recall_at_5=_measurement(members, _RECALL),
        mrr=_measurement(members, "mrr@10"),
        collision=estimate(
            [float(one.outcome == "distractor") for one in answerable],
            [one.asked.world_id for one in answerable],
        ),
        latency=measured.latency(members),
    )


def _measurement(members: Sequence[ScoredAnswer], name: str) -> Estimate:
    having = [one for one in members if name in one.measured]
    return estimate([one.measured[name] for one in having], [one.asked.world_id for one in having])


def _slope(
    scored: Sequence[ScoredAnswer], value: Callable[[ScoredAnswer], float | None]
) -> SlopeModel | None:
    having = [(one, found) for one in scored if (found := value(one)) is not None]
    slope = slope_per_doubling(
        [one.asked.store_size for one, _ in having],
        [found for _, found in having],
        [one.asked.world_id for one, _ in having],
    )
    if slope is None:
        return None
    return SlopeModel(
        per_doubling=slope.slope,
        interval=interval_model(slope.interval),
        n=slope.n,
        worlds=slope.worlds,
    )


def _grouped(
    scored: Sequence[ScoredAnswer], key: Callable[[ScoredAnswer], Key]
) -> dict[Key, list[ScoredAnswer]]:
    groups: dict[Key, list[ScoredAnswer]] = {}
    for one in scored:
        groups.setdefault(key(one), []).append(one)
    return groups
