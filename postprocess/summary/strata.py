"""The answers of a run by lag, kind of question, cue, store size, depth and length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import fmean
from typing import Any

from hei_nw_tasks.metrics import PRIMARY
from hei_nw_tasks.scoring.aggregates import hot_patch_score, paraphrase_consistency
from postprocess.measures import RECALL
from postprocess.schema.answer import Answer
from postprocess.schema.parts import Stratum
from postprocess.schema.run import LagBin
from postprocess.schema.scenario import DepthLength, HotPatch, Interference, StoreSize
from postprocess.statistics.trend import (
    Growth,
    Slope,
    effective_size,
    growth_per_doubling,
    slope_per_doubling,
)
from postprocess.summary import measured
from postprocess.summary.estimates import estimate, grouped, metric, stratum

# A lag bin; the last one has no end.
_Bin = tuple[float, float | None]


def lag_bins(answers: Sequence[Answer], edges: Sequence[float]) -> list[LagBin]:
    """One row per bin [low, high), then those of the open bin and of lags below all bins, if any.

    Questions without a lag (the unanswerable ones) are in no row.
    """
    bins: list[_Bin] = [*pairwise(edges), (edges[-1], None)]

    def bin_of(answer: Answer) -> _Bin | None:
        lag = answer.lag or 0
        return next((b for b in bins if b[0] <= lag and (b[1] is None or lag < b[1])), None)

    groups = grouped((answer for answer in answers if answer.lag is not None), bin_of)
    some = [ends for ends in (bins[-1], None) if ends in groups]
    return [_lag_bin(groups.get(ends, []), ends) for ends in (*bins[:-1], *some)]


def by_query_kind(answers: Sequence[Answer]) -> list[Stratum]:
    """One stratum per kind of question; the kind without an answer comes last."""
    return _strata(
        answers,
        lambda answer: answer.query_kind,
        lambda name: (name == "unanswerable", name),
    )


def by_cue_type(answers: Sequence[Answer]) -> list[Stratum]:
    """One stratum per cue type; questions without one come last, as "–"."""
    return _strata(answers, lambda answer: answer.cue_type or "–", lambda name: (name == "–", name))


def by_cue_overlap(answers: Sequence[Answer]) -> list[Stratum]:
    """One stratum per overlap of question and evidence."""
    return _strata(answers, lambda answer: answer.cue_overlap, str)


def by_given_slots(answers: Sequence[Answer]) -> list[Stratum]:
    """One stratum per number of slots that the question gives."""
    return _strata(answers, lambda answer: str(len(answer.given_slots)), int)


def by_pinned(answers: Sequence[Answer]) -> list[Stratum]:
    """One stratum for questions with pinned evidence, one for the others, those of mode B0 none."""
    told = [answer for answer in answers if "pinned" in answer.measured]
    return _strata(
        told, lambda answer: "pinned" if answer.measured["pinned"] else "not pinned", str
    )


def by_replays(answers: Sequence[Answer]) -> list[Stratum]:
    """One stratum for each range of how often the evidence was trained on: 0, 1–9, 10–99 and on."""
    told = [answer for answer in answers if "replayed" in answer.measured]
    return _strata(told, lambda answer: _range(answer.measured["replayed"]), len)


def _range(times: float) -> str:
    """The numbers with as many digits.

    >>> _range(0), _range(7), _range(12)
    ('0', '1–9', '10–99')
    """
    low = 10 ** (len(f"{times:.0f}") - 1)
    return f"{low}–{10 * low - 1}" if times else "0"


def hot_patch(answers: Sequence[Answer]) -> HotPatch | None:
    """How well corrections took; None unless facts were corrected."""
    parts = {name: metric(answers, name).mean for name in ("efficacy", "paraphrase", "locality")}
    if all(mean is None for mean in parts.values()):
        return None
    wordings = grouped(
        (answer for answer in answers if answer.query_kind in ("direct", "paraphrase")),
        lambda answer: answer.group_id,
    )
    return HotPatch(
        score=hot_patch_score(**parts),
        paraphrase_consistency=paraphrase_consistency(
            [answer.response for answer in group] for group in wordings.values()
        ),
    )


def interference(answers: Sequence[Answer]) -> Interference:
    """How scores and costs change with the size of the store; the same questions at every size."""
    sizes = grouped(answers, lambda answer: answer.store_size)
    rows = [_store_size(size, sizes[size]) for size in sorted(sizes)]
    means = {row.store_size: row.scores[PRIMARY].mean for row in rows}
    return Interference(
        by_store_size=rows,
        score_slope=_slope(answers, lambda answer: answer.scores.get(PRIMARY)),
        recall_slope=_slope(answers, lambda answer: answer.measured.get(RECALL)),
        recall_time_growth=_growth(answers, lambda answer: answer.measured.get("retrieval_s")),
        bytes_growth=_growth(answers, _store_bytes),
        effective_size=effective_size(
            {size: mean for size, mean in means.items() if mean is not None}
        ),
    )


def depth_length(answers: Sequence[Answer]) -> list[DepthLength]:
    """One row per depth in transcripts of each length, shortest and shallowest first."""
    placed = [a for a in answers if a.depth is not None and a.target_tokens is not None]
    cells = grouped(placed, lambda answer: (answer.target_tokens or 0, answer.depth or 0.0))
    return [
        DepthLength(
            **dict(stratum(f"{tokens} tokens, depth {depth:g}", cells[tokens, depth])),
            target_tokens=tokens,
            depth=depth,
        )
        for tokens, depth in sorted(cells)
    ]


def _strata(
    answers: Sequence[Answer], name: Callable[[Answer], str], order: Callable[[str], Any]
) -> list[Stratum]:
    members = grouped(answers, name)
    return [stratum(key, members[key]) for key in sorted(members, key=order)]


def _lag_bin(answers: Sequence[Answer], edges: _Bin | None) -> LagBin:
    low, high = edges or (None, None)
    if low is None:
        name = "below the bins"
    else:
        name = f"{low:g}+" if high is None else f"[{low:g}, {high:g})"
    return LagBin(**dict(stratum(name, answers)), low=low, high=high, newest=_newest(answers))


def _newest(answers: Sequence[Answer]) -> float | None:
    """Share of the questions whose evidence is among the newest tenth of what they may be about.

    What place alone gives: a memory that keeps nothing else has the evidence of these.
    """
    found = [10 * a.lag_events < a.store_size for a in answers if a.lag_events is not None]
    return sum(found) / len(found) if found else None


def _store_size(size: int, answers: Sequence[Answer]) -> StoreSize:
    return StoreSize(
        **dict(stratum(f"{size} events", answers)),
        store_size=size,
        collision=estimate(
            (answer for answer in answers if answer.answerable),
            lambda answer: answer.outcome == "distractor",
        ),
        latency=measured.latency(answers),
        recall_p95_s=measured.quantiles(answers, "retrieval_s")[1],
        store_bytes=fmean(held) if (held := [*filter(None, map(_store_bytes, answers))]) else None,
    )


def _slope(answers: Sequence[Answer], value: Callable[[Answer], float | None]) -> Slope | None:
    known = [(answer, found) for answer in answers if (found := value(answer)) is not None]
    return slope_per_doubling(
        [answer.store_size for answer, _ in known],
        [found for _, found in known],
        [answer.world_id for answer, _ in known],
    )


def _growth(answers: Sequence[Answer], value: Callable[[Answer], float | None]) -> Growth | None:
    known = [(answer, found) for answer in answers if (found := value(answer)) is not None]
    return growth_per_doubling(
        [answer.store_size for answer, _ in known],
        [found for _, found in known],
        [answer.world_id for answer, _ in known],
    )


def _store_bytes(answer: Answer) -> float | None:
    """Bytes of the files of the store that was asked."""
    per_event = answer.measured.get("store_bytes")
    return None if per_event is None else per_event * answer.store_size
