"""Sums over worlds, and the standard error that they give.

Questions about one world share its events, so they are not independent draws; worlds are. Every
sum here is the same to the last bit in whatever order the questions come and whatever the worlds
are called.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# What is not larger is rounding: a question moves its world's sum by 1 or so, the mean by 1 / n.
NOTHING = 1e-12
NO_INFLUENCE = 1e-13


@dataclass(frozen=True)
class Clusters:
    """Sums of values by world.

    Attributes:
        sums: The sum of the values of each of G worlds; shape (G,), in the order of their names.
        sizes: The number of values of each world; shape (G,).
        mean: The mean of all n values (not of the worlds' means).
    """

    sums: Floats
    sizes: Floats
    mean: float

    @property
    def agree(self) -> bool:
        """Whether all worlds have the same mean, but for rounding."""
        return bool(np.abs(self.influences).max() <= NO_INFLUENCE)

    @property
    def influences(self) -> Floats:
        """By how much each world moves the mean: (sum_g - n_g * mean) / n; shape (G,)."""
        return np.asarray((self.sums - self.sizes * self.mean) / self.sizes.sum())


def by_world(values: Sequence[float] | Floats, worlds: Sequence[str]) -> Clusters:
    """Sums of n > 0 finite values by their worlds.

    Raises:
        ValueError: There is no value, one is not finite, or there are not as many worlds.
    """
    x = np.asarray(values, dtype=np.float64)
    if len(x) != len(worlds):
        raise ValueError(f"{len(x)} values of {len(worlds)} worlds → give the world of each value")
    if len(x) == 0 or not np.isfinite(x).all():
        raise ValueError("no values, or some are not finite → leave such questions out")
    _, index = np.unique(np.asarray(worlds), return_inverse=True)
    sizes = np.bincount(index)
    ordered, ends = x[np.argsort(index)].tolist(), np.cumsum(sizes).tolist()
    # fsum rounds once, so that no order of the values changes the last bit.
    sums = [math.fsum(ordered[begin:end]) for begin, end in pairwise([0, *ends])]
    return Clusters(np.asarray(sums), sizes.astype(np.float64), math.fsum(ordered) / len(x))


def adds_exactly(values: Floats, times: int = 1) -> bool:
    """Whether any sum of these values, each up to so many times, is exact in single precision.

    Sums of whole numbers below 2^24 are, in whatever order and by whatever library they are made.
    """
    return bool((values == np.rint(values)).all()) and float(np.abs(values).sum()) * times < 2**24


def standard_error(influences: Floats) -> float:
    """Cluster-robust (CR1) standard error sqrt(G / (G - 1) * sum_g u_g²) of a statistic.

    Source: Liang and Zeger 1986, "Longitudinal data analysis using generalized linear models", with
    the correction G / (G - 1) for few clusters of Cameron and Miller 2015, "A practitioner's guide
    to cluster-robust inference".

    Args:
        influences: u, by how much each of G > 1 worlds moves the statistic; they sum to 0.
    """
    groups = len(influences)
    return math.sqrt(groups / (groups - 1) * math.fsum((influences**2).tolist()))
