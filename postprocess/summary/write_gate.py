"""What a memory's write gate stored, against what states a durable fact."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np

from hei_nw_tasks.memory_record import StoreRecord
from postprocess.schema.memory import Ratio, RoleStored, ScoreBin, WriteGate
from postprocess.schema.parts import Estimate
from postprocess.statistics.average_precision import (
    average_precision,
    average_precision_interval,
)
from postprocess.summary.estimates import FEW_WORLDS, mean_of

BINS = 10
# By the id of a store: its world, and what became of it.
Records = Mapping[str, tuple[str, StoreRecord]]


class Told(NamedTuple):
    """An event that a memory was told."""

    world: str
    stored: bool
    score: float | None
    should_remember: bool
    role: str


class _Scored(NamedTuple):
    """An event with what the gate made of it."""

    world: str
    score: float
    should_remember: bool


def events_of(records: Records) -> list[Told]:
    """The events of all stores, each as often as it was told."""
    return [
        Told(*event)
        for world, store in records.values()
        for event in zip(
            repeat(world, len(store.stored)),
            store.stored,
            store.scores,
            store.should_remember,
            store.roles,
            strict=True,
        )
    ]


def stored_share(events: Iterable[Told]) -> Estimate:
    """The share of events that were stored."""
    return _share(events, lambda event: event.stored, "no events were told")


def by_role(events: Sequence[Told]) -> list[RoleStored]:
    """What was stored of the events that the generator wrote for each reason."""
    found = []
    for role in sorted({event.role for event in events}):
        members = [event for event in events if event.role == role]
        scores = [event.score for event in members if event.score is not None]
        found.append(
            RoleStored(
                role=role,
                should_remember=sum(event.should_remember for event in members),
                stored=stored_share(members),
                score=math.fsum(scores) / len(scores) if scores else None,
            )
        )
    return found


def write_gate(events: Sequence[Told]) -> WriteGate | None:
    """How well a gate tells durable facts from chatter; None if it turned nothing away silently.

    A memory that stores everything and tells no score has no gate. One that tells scores and
    stores everything has no precision and recall, but a ranking.
    """
    scores = [event.score for event in events]
    is_scored = bool(events) and None not in scores
    turned_away = not all(event.stored for event in events)
    if not turned_away and not is_scored:
        return None
    scored = [
        _Scored(event.world, event.score, event.should_remember)
        for event in events
        if event.score is not None
    ]
    kept = [event for event in events if event.stored] if turned_away else []
    durable = [event for event in events if event.should_remember] if turned_away else []
    nothing = "nothing was stored" if turned_away else "nothing was turned away"
    none_durable = "no event states a durable fact" if turned_away else "nothing was turned away"
    bins = _bins(scored) if is_scored else []
    return WriteGate(
        precision=_share(kept, lambda event: event.should_remember, nothing),
        recall=_share(durable, lambda event: event.stored, none_durable),
        chance=math.fsum(event.should_remember for event in events) / len(events),
        pr_auc=_pr_auc(scored) if is_scored else _unscored(scores),
        calibration_error=_calibration_error(bins) if is_scored and _is_share(scored) else None,
        bins=bins,
    )


def _share(events: Iterable[Told], value: Callable[[Told], bool], nothing: str) -> Estimate:
    known = [(float(value(event)), event.world) for event in events]
    return mean_of(known, nothing)


def _unscored(scores: Sequence[float | None]) -> Ratio:
    none = scores.count(None) == len(scores)
    note = "the gate tells no score" if none else "the gate tells no score of some events"
    return Ratio(value=None, interval=None, note=note)


def _pr_auc(scored: Sequence[_Scored]) -> Ratio:
    worlds, scores, relevant = (list(column) for column in zip(*scored, strict=True))
    value = average_precision(scores, relevant)
    if value is None:
        return Ratio(value=None, interval=None, note="no event states a durable fact")
    interval = average_precision_interval(scores, relevant, worlds)
    return Ratio(value=value, interval=interval, note=None if interval else FEW_WORLDS)


def _is_share(scored: Sequence[_Scored]) -> bool:
    return all(0 <= event.score <= 1 for event in scored)


def _bins(scored: Sequence[_Scored]) -> list[ScoreBin]:
    """Events by score: bins of equal width for shares, else of equal numbers, as far as ties go."""
    scores = np.asarray([event.score for event in scored])
    inner = np.arange(1, BINS) / BINS
    edges = inner if _is_share(scored) else np.unique(np.quantile(scores, inner))
    # A score on an edge belongs to the bin above it.
    places = np.searchsorted(edges, scores, side="right").tolist()
    bins: dict[int, list[_Scored]] = {}
    for place, event in zip(places, scored, strict=True):
        bins.setdefault(place, []).append(event)
    return [_bin(members) for _, members in sorted(bins.items())]


def _bin(members: Sequence[_Scored]) -> ScoreBin:
    scores = [event.score for event in members]
    durable = [(float(event.should_remember), event.world) for event in members]
    return ScoreBin(
        low=min(scores),
        high=max(scores),
        score=math.fsum(scores) / len(scores),
        should_remember=mean_of(durable, ""),
    )


def _calibration_error(bins: Sequence[ScoreBin]) -> float:
    """Expected calibration error sum_b n_b / n * |mean score - share of durable facts|.

    Source: Naeini, Cooper and Hauskrecht 2015, "Obtaining well calibrated probabilities using
    Bayesian binning".
    """
    gaps = [b.should_remember.n * abs(b.score - (b.should_remember.mean or 0.0)) for b in bins]
    return math.fsum(gaps) / sum(b.should_remember.n for b in bins)
