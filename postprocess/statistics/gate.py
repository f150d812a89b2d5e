"""The headroom gate: is the task hard enough without a memory for a memory to show?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from postprocess.statistics.intervals import Interval

THRESHOLD = 0.7


@dataclass(frozen=True)
class Gate:
    """Whether the score of the model alone leaves headroom for a memory.

    Attributes:
        threshold: The score from which there is too little headroom.
        by_interval: "pass" where the interval lies wholly below the threshold, "fail" where it lies
            wholly at or above it, else (or without an interval) "inconclusive".
        by_point: The M0 plan's rule, "pass" if mean < threshold, else "fail"; None without a mean.
            It is never inconclusive, so do not rest on it with few questions.
    """

    threshold: float
    by_interval: Literal["pass", "fail", "inconclusive"]
    by_point: Literal["pass", "fail"] | None


def gate(mean: float | None, interval: Interval | None, threshold: float = THRESHOLD) -> Gate:
    """Compare the score of the arm without a memory with the threshold.

    An interval is read as the set of values that the data do not rule out.

    Source: the threshold: this project's M0 plan; the three outcomes: Tukey and Jones 2000, "A
    sensible formulation of the significance test".

    Args:
        mean: Score of the arm without a memory.
        interval: Its 95% interval.
        threshold: The score from which there is too little headroom.
    """
    return Gate(threshold, _by_interval(interval, threshold), _by_point(mean, threshold))


def _by_interval(
    interval: Interval | None, threshold: float
) -> Literal["pass", "fail", "inconclusive"]:
    if interval is None:
        return "inconclusive"
    if interval.high < threshold:
        return "pass"
    return "fail" if interval.low >= threshold else "inconclusive"


def _by_point(mean: float | None, threshold: float) -> Literal["pass", "fail"] | None:
    if mean is None:
        return None
    return "pass" if mean < threshold else "fail"
