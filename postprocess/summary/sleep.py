"""What sleep cost, from the records of a run's stores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from statistics import fmean

from hei_nw_tasks.memory_record import SleepRecord, StoreRecord
from hei_nw_tasks.metrics import PRIMARY
from postprocess.reading.runs import Run
from postprocess.schema.answer import Answer
from postprocess.schema.sleep import Sleep
from postprocess.summary.estimates import estimate

# One moment of a store, cycle after cycle.
Moment = list[SleepRecord]


def sleep_of(run: Run, answers: Sequence[Answer]) -> Sleep | None:
    """Sleep up to the run's cycle; None for the modes without.

    Args:
        run: Of any mode.
        answers: Its own.
    """
    if run.arm.cycle is None:
        return None
    moments = [
        moment for _, store in run.samples.stores.records.values() for moment in moments_of(store)
    ]
    if not moments:
        return None
    lasts = [moment[-1] for moment in moments]
    return Sleep(
        moments=len(moments),
        changed=sum(last.artefact is not None for last in lasts),
        events=fmean(last.told for last in lasts),
        replayed=_mean(list(map(_replayed, moments))),
        learnt=_mean([last.learnt for last in lasts]),
        usable=estimate(answers, _usable) if run.arm.mode == "B3" else None,
        seconds=fmean(sum(one.seconds for one in moment) for moment in moments),
        trained_tokens=_mean_sum(moments, lambda one: one.trained_tokens),
        trained_flops=_mean_sum(moments, lambda one: one.trained_flops),
        bytes=_mean([last.bytes for last in lasts]),
    )


def _usable(answer: Answer) -> float | None:
    """Whether an answer is right; None unless all of its evidence was trained on."""
    return answer.scores.get(PRIMARY) if answer.measured.get("replayed") else None


def moments_of(store: StoreRecord) -> list[Moment]:
    """The moments of a store that were asked about, each with its cycles in order."""
    ordered = sorted(store.sleeps or [], key=lambda one: (one.told, one.cycle))
    return [list(cycles) for _, cycles in groupby(ordered, key=lambda one: one.told)]


def _replayed(moment: Moment) -> float | None:
    cycles = [one.replayed for one in moment]
    if any(times is None for times in cycles):
        return None
    return sum(any(times) for times in zip(*filter(None, cycles), strict=True))


def _mean_sum(
    moments: Sequence[Moment], cost: Callable[[SleepRecord], float | None]
) -> float | None:
    return _mean([_sum(list(map(cost, moment))) for moment in moments])


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known and len(known) == len(values) else None
