"""Intervals for means, rates and differences of questions that come in worlds.

Questions about one world share its events, so they are not independent draws; worlds are.
`tests/postprocess/statistics/` and `benchmarks.report_statistics` simulate how often the intervals
cover the truth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from postprocess.statistics.clusters import (
    NO_INFLUENCE,
    Clusters,
    Floats,
    by_world,
    standard_error,
)

CONFIDENCE = 0.95
FEWEST_WORLDS = 5


@dataclass(frozen=True)
class Interval:
    """A confidence interval (95% unless a docstring says otherwise), cut to the possible values.

    Attributes:
        low: Lower end.
        high: Upper end.
        method: How it was made.
    """

    low: float
    high: float
    method: Literal["cluster t", "exact over worlds", "cluster bootstrap", "jackknife over worlds"]


def mean_interval(values: Sequence[float], worlds: Sequence[str]) -> Interval | None:
    """Interval of the mean of values in [0, 1], with worlds as clusters.

    The t interval with G - 1 degrees of freedom around the mean m of n values in G worlds, with the
    cluster-robust (CR1) standard error sqrt(G / (G - 1) * sum_g (sum_{i in g} (x_i - m))^2) / n.
    Where all worlds agree, so that this formula claims certainty: see `exact_over_worlds`.

    Source: Cameron and Miller 2015, "A practitioner's guide to cluster-robust inference".

    Args:
        values: One per question; shape (n,).
        worlds: The world of each question; shape (n,).

    Returns:
        None under five worlds.
    """
    if len(set(worlds)) < FEWEST_WORLDS:
        return None
    clusters = by_world(values, worlds)
    return cluster_t(clusters.mean, clusters.influences, 0.0, 1.0)


def difference_interval(
    clusters: Clusters, confidence: float = CONFIDENCE, largest: float = 1.0
) -> Interval | None:
    """Interval of the mean of paired differences: the formula of `mean_interval`.

    Args:
        clusters: Of the differences, see `by_world`.
        confidence: Of the interval.
        largest: The most that a difference can be, either way; infinite if nothing bounds it.

    Returns:
        None under five worlds, or where all worlds agree and nothing bounds the differences.
    """
    if len(clusters.sums) < FEWEST_WORLDS or (clusters.agree and not math.isfinite(largest)):
        return None
    return cluster_t(clusters.mean, clusters.influences, -largest, largest, confidence)


def harmonic_interval(
    first: Sequence[float],
    first_worlds: Sequence[str],
    second: Sequence[float],
    second_worlds: Sequence[str],
) -> Interval | None:
    """Interval of the harmonic mean of two means, by the delta method, with worlds as clusters.

    With a and b the two means, h = 2ab/(a+b) has the derivatives 2b²/(a+b)² and 2a²/(a+b)². A
    question moves h by its share of its own mean times that derivative; those influences are summed
    by world, across both parts, and enter the same t interval as a plain mean's. Where all worlds
    agree in both parts it is the harmonic mean of the ends of their exact intervals.

    Returns:
        None under five worlds, or where a mean is 0 (h has no useful slope there).
    """
    names = [*first_worlds, *second_worlds]
    if len(first) == 0 or len(second) == 0 or len(set(names)) < FEWEST_WORLDS:
        return None
    x, y = by_world(first, first_worlds), by_world(second, second_worlds)
    a, b = x.mean, y.mean
    if a == 0 or b == 0:
        return None
    slope_a, slope_b = 2 * b**2 / (a + b) ** 2, 2 * a**2 / (a + b) ** 2
    influences = by_world(
        np.concatenate([slope_a * x.influences, slope_b * y.influences]),
        [*sorted(set(first_worlds)), *sorted(set(second_worlds))],
    ).sums
    if np.abs(influences).max() > NO_INFLUENCE:
        return cluster_t(_harmonic(a, b), influences, 0.0, 1.0)
    one, other = (exact_over_worlds(part.mean, len(part.sums), 0.0, 1.0) for part in (x, y))
    low, high = _harmonic(one.low, other.low), _harmonic(one.high, other.high)
    return Interval(low, high, "exact over worlds")


def ratio_interval(
    numerators: Sequence[float],
    denominators: Sequence[float],
    worlds: Sequence[str],
    highest: float = math.inf,
) -> Interval | None:
    """Interval of R = sum of numerators / sum of denominators, with worlds as clusters.

    World g moves the ratio by u_g = sum_{i in g} (x_i - R * y_i) / sum y, which enters the t
    interval of a mean (where all y are 1, R is the mean, and this its interval).

    Source: Cochran 1977, "Sampling techniques", section 6.3, with the correction of Cameron and
    Miller 2015, "A practitioner's guide to cluster-robust inference".

    Args:
        numerators: x, 0 or more; shape (n,).
        denominators: y, of which one is more than 0; shape (n,).
        worlds: The world of each pair; shape (n,).
        highest: The most that the ratio can be.

    Returns:
        None under five worlds, or where all worlds agree and nothing is known to bound the ratio.
    """
    if len(set(worlds)) < FEWEST_WORLDS:
        return None
    x, y = by_world(numerators, worlds), by_world(denominators, worlds)
    ratio = float(x.sums.sum() / y.sums.sum())
    influences = (x.sums - ratio * y.sums) / y.sums.sum()
    if np.abs(influences).max() <= NO_INFLUENCE * max(1.0, ratio) and not math.isfinite(highest):
        return None
    return cluster_t(ratio, influences, 0.0, highest)


def cluster_t(
    centre: float,
    influences: Floats,
    lowest: float,
    highest: float,
    confidence: float = CONFIDENCE,
) -> Interval:
    """The t interval with G - 1 degrees of freedom, cut to what is possible.

    centre ± t_{G-1} * sqrt(G / (G - 1) * sum_g u_g²); `exact_over_worlds` where every u_g is 0.

    Args:
        centre: The statistic.
        influences: u, by how much each of G worlds moves it; shape (G,).
        lowest: The least that the statistic can be.
        highest: The most that it can be.
        confidence: Of the interval.
    """
    groups = len(influences)
    if np.abs(influences).max() <= NO_INFLUENCE:
        return exact_over_worlds(centre, groups, lowest, highest, confidence)
    reach = float(stdtrit(groups - 1, (1 + confidence) / 2)) * standard_error(influences)
    return Interval(max(lowest, centre - reach), min(highest, centre + reach), "cluster t")


def exact_over_worlds(
    centre: float, groups: int, lowest: float, highest: float, confidence: float = CONFIDENCE
) -> Interval:
    """A conservative interval where all worlds agree and a standard error would be 0.

    Say a share s of all worlds differ from these. That none of G does has the probability
    (1 - s)^G, under (1 - confidence) / 2 as soon as s exceeds u = 1 - ((1 - confidence) / 2)^(1/G):
    u is the upper end of the Clopper-Pearson interval of 0 in G. At worst those worlds are all at
    the lowest or all at the highest value, so the interval is
    [(1 - u) * centre + u * lowest, (1 - u) * centre + u * highest].

    Source of u: Clopper and Pearson 1934, "The use of confidence or fiducial limits illustrated in
    the case of the binomial".
    """
    share = 1 - ((1 - confidence) / 2) ** (1 / groups)
    low, high = ((1 - share) * centre + share * end for end in (lowest, highest))
    # Rounding must not take the interval off its centre or out of the possible.
    return Interval(
        max(lowest, min(low, centre)), min(highest, max(high, centre)), "exact over worlds"
    )


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b)
