"""How a score changes as the store grows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from postprocess.statistics.clusters import NO_INFLUENCE, Floats, by_world
from postprocess.statistics.intervals import FEWEST_WORLDS, Interval, cluster_t

SHARE = 0.85


@dataclass(frozen=True)
class Growth:
    """By what factor something grows each time the store doubles.

    Attributes:
        factor: 1 is no growth, 2 is growth in proportion.
        interval: Of the factor, 95%; None for fewer than five worlds.
        n: Number of questions.
        worlds: Number of worlds.
    """

    factor: float
    interval: Interval | None
    n: int
    worlds: int


@dataclass(frozen=True)
class Slope:
    """What a score gains (or, if negative, loses) each time the store doubles.

    Attributes:
        per_doubling: The slope.
        interval: Of the slope, 95%; None for fewer than five worlds.
        n: Number of questions.
        worlds: Number of worlds.
    """

    per_doubling: float
    interval: Interval | None
    n: int
    worlds: int


def slope_per_doubling(
    sizes: Sequence[int], values: Sequence[float], worlds: Sequence[str]
) -> Slope | None:
    """Slope of the least-squares line of values in [0, 1] on log2(size), worlds as clusters.

    With x = log2(size), w_i = (x_i - mean x) / sum_j (x_j - mean x)² and the residuals e_i, the
    slope is sum_i w_i y_i, world g moves it by u_g = sqrt((n - 1) / (n - 2)) * sum_{i in g} w_i
    e_i, and the interval is slope ± t_{G-1} * sqrt(G / (G - 1) * sum_g u_g²): the CR1 sandwich with
    the correction G / (G - 1) * (n - 1) / (n - k) for k = 2 coefficients (for the mean, k = 1, it
    is the plain G / (G - 1)). It is cut to ± sum_i |w_i| / 2, the steepest that values in [0, 1]
    can be at these sizes; where no residual is left, it is `exact_over_worlds` with those ends.

    Source: Cameron and Miller 2015, "A practitioner's guide to cluster-robust inference".

    Args:
        sizes: The size of the store behind each question, 1 or more; shape (n,).
        values: One per question; shape (n,).
        worlds: The world of each question; shape (n,). A world asked at several sizes is one.

    Returns:
        None under two distinct sizes.
    """
    if len(set(sizes)) < 2:
        return None
    if min(sizes) < 1:
        raise ValueError(f"a store of size {min(sizes)} → sizes are 1 or more")
    fitted = _fitted(sizes, values, worlds)
    # Rounding may put the slope a last bit beyond what is possible.
    slope = min(max(fitted.slope, -fitted.steepest), fitted.steepest)
    interval = None
    if len(fitted.moved) >= FEWEST_WORLDS:
        interval = cluster_t(slope, fitted.moved, -fitted.steepest, fitted.steepest)
    return Slope(slope, interval, len(sizes), len(fitted.moved))


def growth_per_doubling(
    sizes: Sequence[int], values: Sequence[float], worlds: Sequence[str]
) -> Growth | None:
    """The factor by which values above 0 grow as the size doubles, worlds as clusters.

    It is 2^b for the slope b of the least-squares line of log2(value) on log2(size): 1 for what
    does not grow, 2 for what grows in proportion. The interval is 2 to the ends of the interval of
    b (`slope_per_doubling`, not cut).

    Args:
        sizes: The size of the store behind each value, 1 or more; shape (n,).
        values: Such as seconds or bytes; shape (n,). What is not above 0 is left out.
        worlds: The world of each value; shape (n,).

    Returns:
        None under two distinct sizes.
    """
    known = [
        (size, math.log2(value), world)
        for size, value, world in zip(sizes, values, worlds, strict=True)
        if value > 0
    ]
    if len({size for size, _, _ in known}) < 2:
        return None
    fitted = _fitted(*zip(*known, strict=True))
    interval = None
    # Two points are on a line, which says nothing of how far off others would be.
    if len(fitted.moved) >= FEWEST_WORLDS and np.abs(fitted.moved).max() > NO_INFLUENCE:
        found = cluster_t(fitted.slope, fitted.moved, -math.inf, math.inf)
        interval = Interval(2**found.low, 2**found.high, found.method)
    return Growth(2**fitted.slope, interval, len(known), len(fitted.moved))


def effective_size(sizes_to_means: Mapping[int, float], share: float = SHARE) -> int | None:
    """The largest size up to which every size keeps `share` of the score at the smallest one.

    max {N : mean(M) >= share * mean(smallest) for every measured M <= N}. A later recovery does not
    count, and sizes between the measured ones are left open.

    Source: RULER's effective context length (Hsieh and others 2024, "RULER: What's the real context
    size of your long-context language models?"), with the threshold relative to the arm's own start
    as in NoLiMa (Modarressi and others 2025, "NoLiMa: Long-context evaluation beyond literal
    matching"), which takes 85%.

    Returns:
        None where the score at the smallest size is 0 (there is nothing to keep), or no size is
        given.
    """
    sizes = sorted(sizes_to_means)
    if not sizes or sizes_to_means[sizes[0]] <= 0:
        return None
    kept = sizes[0]
    for size in sizes:
        # 0.85 of a mean of halves and quarters is not to fail on its last bit.
        if sizes_to_means[size] < share * sizes_to_means[sizes[0]] - 1e-12:
            break
        kept = size
    return kept


class _Fitted(NamedTuple):
    """A least-squares line: its slope, what moves it, and the steepest that [0, 1] allows."""

    slope: float
    moved: Floats
    steepest: float


def _fitted(sizes: Sequence[int], values: Sequence[float], worlds: Sequence[str]) -> _Fitted:
    """The line of values on log2(size); see `slope_per_doubling`."""
    x, y = np.log2(np.asarray(sizes, np.float64)), np.asarray(values, np.float64)
    n = len(x)
    middle, mean = math.fsum(x.tolist()) / n, math.fsum(y.tolist()) / n
    weights = (x - middle) / math.fsum(((x - middle) ** 2).tolist())
    slope = math.fsum((weights * (y - mean)).tolist())
    steepest = math.fsum(np.abs(weights).tolist()) / 2
    residuals = y - mean - slope * (x - middle)
    moved = by_world(weights * residuals, worlds).sums
    return _Fitted(slope, moved * math.sqrt((n - 1) / max(1, n - 2)), steepest)
