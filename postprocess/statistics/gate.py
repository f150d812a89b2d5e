"""The headroom gate: is the task hard enough without a memory for a memory to show?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from postprocess.statistics.intervals import Interval

THRESHOLD = 0.7


@dataclass(frozen=True)
class Gate:
    """What the gate says of a baseline's score.

    Attributes:
        verdict: By the interval: "pass" where it lies wholly below the threshold, "fail" where it
            lies wholly at or above it, "inconclusive" where it does neither or there is none.
        point_rule: By the mean alone, as the M0 plan words it ("< 0.7"); None where there is no
            mean. It cannot be inconclusive, so a mean of a few questions should not rest on it.
        threshold: What the score is held against.
    """

    verdict: Literal["pass", "fail", "inconclusive"]
    point_rule: Literal["pass", "fail"] | None
    threshold: float


def gate(mean: float | None, interval: Interval | None, threshold: float = THRESHOLD) -> Gate:
    """Hold the score of the arm without a memory against the threshold.

    "pass" if high < threshold, "fail" if low >= threshold, else "inconclusive": the reading of an
    interval as the set of values that the data do not rule out.

    Source: the threshold: this project's M0 plan; the three outcomes: Tukey and Jones 2000, "A
    sensible formulation of the significance test".

    Args:
        mean: Exact match of the arm without a memory.
        interval: Its 95% interval.
        threshold: The score from which there is too little headroom.
    """
    return Gate(_verdict(interval, threshold), point_rule(mean, threshold), threshold)


def point_rule(mean: float | None, threshold: float = THRESHOLD) -> Literal["pass", "fail"] | None:
    """The M0 plan's rule: "pass" if mean < threshold, else "fail"; None without a mean."""
    if mean is None:
        return None
    return "pass" if mean < threshold else "fail"


def _verdict(
    interval: Interval | None, threshold: float
) -> Literal["pass", "fail", "inconclusive"]:
    if interval is None:
        return "inconclusive"
    if interval.high < threshold:
        return "pass"
    return "fail" if interval.low >= threshold else "inconclusive"
