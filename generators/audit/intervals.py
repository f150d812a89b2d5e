"""Shares and areas under the ROC curve, with 95% intervals over worlds.

Questions of one world resemble each other, so worlds are the units: a share's variance is that of
the worlds' sums, an area's the sum of its structural components by world (N. A. Obuchowski,
"Nonparametric analysis of clustered ROC curve data", Biometrics 53, 1997).

>>> area([True, True, False, False], [0.9, 0.4, 0.6, 0.1], [0, 1, 0, 1]).value
0.75
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata, t

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """A value and its 95% interval; the interval is from 0 to 1 with a single world."""

    value: float
    low: float
    high: float


def share(hits: Sequence[float], worlds: Sequence[int]) -> Interval:
    """Share of hits.

    Args:
        hits: 1 for a hit, 0 for a miss, at least one.
        worlds: The world of each.
    """
    values = np.asarray(hits, dtype=float)
    mean = float(values.mean())
    sums, count = _by_world(values - mean, worlds)
    return _interval(mean, float((sums**2).sum()) / len(values) ** 2, count)


def area(positive: Sequence[bool], scores: Sequence[float], worlds: Sequence[int]) -> Interval:
    """Chance that a positive item has a higher score than a negative one; ties count half.

    Args:
        positive: Whether each item is positive; at least one is, and one is not.
        scores: Score of each item.
        worlds: The world of each item.
    """
    labels, values = np.asarray(positive, dtype=bool), np.asarray(scores, dtype=float)
    members = np.asarray(worlds)
    ones, zeros = values[labels], values[~labels]
    # Of each positive item, the share of negative ones below it, and the other way round.
    ranks = rankdata(values)
    below = (ranks[labels] - rankdata(ones)) / len(zeros)
    above = 1 - (ranks[~labels] - rankdata(zeros)) / len(ones)
    value = float(below.mean())
    names = np.unique(members)
    positives = _sums(below - value, members[labels], names) / len(ones)
    negatives = _sums(above - value, members[~labels], names) / len(zeros)
    return _interval(value, float(((positives + negatives) ** 2).sum()), len(names))


def _by_world(values: Floats, worlds: Sequence[int]) -> tuple[Floats, int]:
    members = np.asarray(worlds)
    names = np.unique(members)
    return _sums(values, members, names), len(names)


def _sums(values: Floats, members: NDArray[np.int64], names: NDArray[np.int64]) -> Floats:
    sums = np.bincount(np.searchsorted(names, members), values, minlength=len(names))
    return sums.astype(np.float64)


def _interval(value: float, squares: float, worlds: int) -> Interval:
    if worlds < 2:
        return Interval(value, 0.0, 1.0)
    error = (squares * worlds / (worlds - 1)) ** 0.5
    margin = float(t.ppf(0.975, worlds - 1)) * error
    return Interval(value, max(value - margin, 0.0), min(value + margin, 1.0))
