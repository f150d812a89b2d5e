"""What the `heinw` model measured, as means over the questions that were asked.

mean_of(scored, ("total_flops", "embed_flops"))
-> Measurements(values={"total_flops": 1.53e8, "embed_flops": None},
                reason="the run does not tell it")
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from postprocess.reading.rescore import ScoredAnswer
from postprocess.schema.run import COMPUTE_KEYS, RECALL_AT, Measurements

_NOT_MEASURED = "the run records no compute; --model heinw does"
_NOT_TOLD = "the run does not tell it"
_NOT_RETRIEVED = "this run did not retrieve"


def compute(scored: Sequence[ScoredAnswer]) -> Measurements:
    """Mean cost of an answer, each computed alone."""
    means = {key: _mean(scored, key) for key in COMPUTE_KEYS}
    return _measurements(means, _NOT_TOLD if any(_known(means)) else _NOT_MEASURED)


def latency(scored: Sequence[ScoredAnswer]) -> Measurements:
    """Median and 95th percentile of the seconds that an answer took; its share of its batch."""
    import numpy as np

    seconds = [one.measured["latency_s"] for one in scored if "latency_s" in one.measured]
    if not seconds:
        return _measurements({"p50_s": None, "p95_s": None}, _NOT_MEASURED)
    p50, p95 = np.percentile(seconds, [50, 95]).tolist()
    return _measurements({"p50_s": p50, "p95_s": p95}, _NOT_MEASURED)


def recall_at_k(scored: Sequence[ScoredAnswer]) -> Measurements:
    """Share of the questions with evidence of which some is among the first k retrieved events."""
    means = {k: _mean(scored, f"recall_any@{k}") for k in RECALL_AT}
    return _measurements(means, _NOT_RETRIEVED)


def _mean(scored: Sequence[ScoredAnswer], name: str) -> float | None:
    values = [one.measured[name] for one in scored if name in one.measured]
    return fmean(values) if values else None


def _known(values: dict[str, float | None]) -> list[bool]:
    return [value is not None for value in values.values()]


def _measurements(values: dict[str, float | None], reason: str) -> Measurements:
    return Measurements(values=values, reason=None if all(_known(values)) else reason)
