"""Intervals for means of questions that come in worlds.

Questions about one world share its events, so they are not independent draws; worlds are. All
intervals here resample, in effect, worlds. `tests/postprocess/test_statistics.py` simulates how
often they cover the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

CONFIDENCE = 0.95
FEWEST_WORLDS = 5


@dataclass(frozen=True)
class Interval:
    """A 95% confidence interval, cut to [0, 1].

    Attributes:
        low: Lower end.
        high: Upper end.
        method: "cluster t" or "exact over worlds".
    """

    low: float
    high: float
    method: Literal["cluster t", "exact over worlds"]


def mean_interval(values: Sequence[float], worlds: Sequence[str]) -> Interval | None:
    """Interval of the mean of values in [0, 1], with worlds as clusters.

    The t interval with G - 1 degrees of freedom around the mean m of n values in G worlds, with the
    cluster-robust (CR1) standard error sqrt(G / (G - 1) * sum_g (sum_{i in g} (x_i - m))^2) / n.
    Where every value is 0 (or 1) that formula claims certainty; then it is the Clopper-Pearson
    interval of 0 successes in G worlds (or its mirror image), which is conservative.

    Args:
        values: One per question.
        worlds: The world of each question.

    Returns:
        None under five worlds.
    """
    x, names = np.asarray(values, dtype=float), np.asarray(worlds)
    groups = len(set(worlds))
    if groups < FEWEST_WORLDS:
        return None
    mean = float(x.mean())
    if mean in (0.0, 1.0):
        reach = 1 - ((1 - CONFIDENCE) / 2) ** (1 / groups)
        low, high = (0.0, reach) if mean == 0.0 else (1 - reach, 1.0)
        return Interval(low, high, "exact over worlds")
    return _cluster_t(mean, _sums_by_world(x - mean, names) / len(x))


def harmonic_interval(
    first: Sequence[float],
    first_worlds: Sequence[str],
    second: Sequence[float],
    second_worlds: Sequence[str],
) -> Interval | None:
    """Interval of the harmonic mean of two means, by the delta method, with worlds as clusters.

    With a and b the two means, h = 2ab/(a+b) has the derivatives 2b²/(a+b)² and 2a²/(a+b)². A
    question moves h by its share of its own mean times that derivative; those influences are summed
    by world, across both parts, and enter the same t interval as a plain mean's.

    Returns:
        None under five worlds, or where a mean is 0 (h has no useful slope there).
    """
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    names = np.asarray([*first_worlds, *second_worlds])
    if len(x) == 0 or len(y) == 0 or len(set(names.tolist())) < FEWEST_WORLDS:
        return None
    a, b = float(x.mean()), float(y.mean())
    if a == 0 or b == 0:
        return None
    slope_a, slope_b = 2 * b**2 / (a + b) ** 2, 2 * a**2 / (a + b) ** 2
    influence = np.concatenate([slope_a * (x - a) / len(x), slope_b * (y - b) / len(y)])
    return _cluster_t(2 * a * b / (a + b), _sums_by_world(influence, names))


def _cluster_t(centre: float, influences: NDArray[np.float64]) -> Interval:
    groups = len(influences)
    error = np.sqrt(groups / (groups - 1) * np.sum(influences**2))
    reach = float(stdtrit(groups - 1, (1 + CONFIDENCE) / 2) * error)
    return Interval(max(0.0, centre - reach), min(1.0, centre + reach), "cluster t")


def _sums_by_world(values: ArrayLike, worlds: NDArray[np.str_]) -> NDArray[np.float64]:
    # Worlds in sorted order, so that the sum of squares is the same to the last bit every time.
    _, index = np.unique(worlds, return_inverse=True)
    return np.asarray(np.bincount(index, weights=np.asarray(values)), dtype=np.float64)
