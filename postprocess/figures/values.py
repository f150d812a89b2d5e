"""Numbers from data as numbers that can be drawn: finite, and where such numbers can lie.

A rate of 1.7 or NaN has no place on an axis from 0 to 100%: it is drawn as missing and kept in
the table.
"""

from __future__ import annotations

import math

# What adding up in floating point may put beside the end of a range.
_NOISE = 1e-9


def rate(value: float | None) -> float | None:
    """The value where it is a rate, in [0, 1]."""
    return _within(value, 0.0)


def difference(value: float | None) -> float | None:
    """The value where it is a difference of rates, in [-1, 1]."""
    return _within(value, -1.0)


def cost(value: float | None) -> float | None:
    """The value where a logarithmic axis has a place for it."""
    return value if value is not None and 1e-300 < value < 1e300 else None


def interval(low: float | None, high: float | None, least: float) -> tuple[float, float] | None:
    """The interval cut to [least, 1]; None where an end is missing or they are not in order."""
    if low is None or high is None or not low <= high:
        return None
    return min(max(low, least), 1.0), max(min(high, 1.0), least)


def share(part: int, whole: int) -> float:
    """The part of the whole; nothing of nothing is 0."""
    return part / whole if whole > 0 else 0.0


def _within(value: float | None, least: float) -> float | None:
    if value is None or not math.isfinite(value) or not least - _NOISE <= value <= 1 + _NOISE:
        return None
    return min(max(value, least), 1.0)
