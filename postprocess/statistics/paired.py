"""Two arms on the same questions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtr

from postprocess.statistics.bootstrap import RESAMPLES, bootstrap_interval
from postprocess.statistics.clusters import (
    NO_INFLUENCE,
    NOTHING,
    Clusters,
    Floats,
    by_world,
    standard_error,
)
from postprocess.statistics.exact import mcnemar_exact, sign_flip
from postprocess.statistics.intervals import FEWEST_WORLDS, Interval, difference_interval
from postprocess.statistics.power import design_effect, minimum_detectable_effect

MARGIN = 0.05
TOST_CONFIDENCE = 0.90


@dataclass(frozen=True)
class PairedDifference:
    """The difference of two arms on the same questions.

    Attributes:
        n: Questions.
        worlds: Worlds.
        differing_worlds: Worlds whose differences do not add up to 0. With k of them no permutation
            p-value falls under 2 / 2^k, and with few of them the t interval leans on few.
        mean_a: Mean of the first arm.
        mean_b: Mean of the second arm.
        difference: mean_a - mean_b.
        interval: 95%, "cluster t", or "exact over worlds" where all worlds agree; None under five
            worlds, or where all worlds agree in values that nothing bounds.
        bootstrap: 95% by resampling worlds; None under five worlds, or where all worlds agree.
        t_p: Two-sided p-value of the t test behind the interval; `permutation_p` where all worlds
            agree, so that there is no such test; None under five worlds.
        permutation_p: Of `sign_flip` over the worlds' sums.
        only_a: Questions that only the first arm got right; None where values are not all 0 or 1.
        only_b: The same for the second arm.
        mcnemar: `mcnemar_exact` of those two, which ignores worlds; None where they are.
        design_effect: How many times larger worlds make the variance; None under two worlds or
            where all differences are the same.
        minimum_detectable_effect: What would have been found with probability 80%; None under five
            worlds, or where all differences are the same, so that their variance is unknown (the
            interval then says what is possible).
        equivalent: Whether the difference is shown to lie within ± margin; None under five worlds
            or without a margin. False says that this is not shown, not that the arms differ.
        margin: Of that.
        seed: Of the bootstrap and of the random sign flips.
        resamples: Of the bootstrap.
    """

    n: int
    worlds: int
    differing_worlds: int
    mean_a: float
    mean_b: float
    difference: float
    interval: Interval | None
    bootstrap: Interval | None
    t_p: float | None
    permutation_p: float
    only_a: int | None
    only_b: int | None
    mcnemar: float | None
    design_effect: float | None
    minimum_detectable_effect: float | None
    equivalent: bool | None
    margin: float | None
    seed: int
    resamples: int


def paired_difference(
    a: Sequence[float],
    b: Sequence[float],
    worlds: Sequence[str],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    margin: float | None = MARGIN,
    bounded: bool = True,
) -> PairedDifference:
    """Compare two arms by the mean m of the differences d_i = a_i - b_i, worlds as clusters.

    The interval is m ± t_{G-1} * sqrt(G / (G - 1) * sum_g (sum_{i in g} (d_i - m))²) / n, cut to
    [-1, 1] if values are bounded. The arms are called equivalent where the 90% interval of that
    kind lies inside ± margin: two one-sided tests at 5% each. The minimum detectable effect is that
    of the t test behind the interval: `freedom` is G - 1, the design effect at least 1. The result
    is the same to the last bit in whatever order the questions come; swapping the arms turns its
    signs.

    Source: Cameron and Miller 2015, "A practitioner's guide to cluster-robust inference";
    Schuirmann 1987, "A comparison of the two one-sided tests procedure and the power approach".
    The parts name their own.

    Args:
        a: The first arm's values, in [0, 1] if they are bounded; shape (n,), n > 0.
        b: The second arm's values of the same questions, in the same order; shape (n,).
        worlds: The world of each question; shape (n,).
        seed: Of the bootstrap and of random sign flips.
        resamples: Of the bootstrap.
        margin: How far apart arms may be and still count as equivalent, in the values' own unit;
            None if that is not asked.
        bounded: Whether values are between 0 and 1, such as scores; others can be any finite
            numbers.

    Raises:
        ValueError: There is no question, the lengths differ, or a value is not finite, or not in
            [0, 1] although values are bounded.
    """
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if not len(x) == len(y) == len(worlds):
        raise ValueError(
            f"{len(x)} and {len(y)} values of {len(worlds)} worlds → pair the questions first"
        )
    if not bounded:
        return _of_any_size(x, y, worlds, seed, resamples, margin)
    if not all(bool(((part >= 0) & (part <= 1)).all()) for part in (x, y)):
        raise ValueError("a value is not in [0, 1] → leave such questions out, or scale them")
    return _compared(x, y, worlds, seed, resamples, margin, 1.0)


def _of_any_size(
    x: Floats, y: Floats, worlds: Sequence[str], seed: int, resamples: int, margin: float | None
) -> PairedDifference:
    """Compares numbers of any size, brought to about 1 first: what is rounding depends on size."""
    largest = max((float(np.abs(part).max()) for part in (x, y) if len(part)), default=0.0)
    # By a power of two, which changes no digit. What is not finite is refused below.
    scale = math.ldexp(1.0, math.frexp(largest)[1] - 1) if math.isfinite(largest) else 1.0
    within = None if margin is None else margin / scale
    found = _compared(x / scale, y / scale, worlds, seed, resamples, within, math.inf)
    effect = found.minimum_detectable_effect
    return replace(
        found,
        mean_a=found.mean_a * scale,
        mean_b=found.mean_b * scale,
        difference=found.difference * scale,
        interval=_scaled(found.interval, scale),
        bootstrap=_scaled(found.bootstrap, scale),
        minimum_detectable_effect=None if effect is None else effect * scale,
        margin=margin,
    )


def _scaled(interval: Interval | None, scale: float) -> Interval | None:
    if interval is None:
        return None
    return replace(interval, low=interval.low * scale, high=interval.high * scale)


def _compared(
    x: Floats,
    y: Floats,
    worlds: Sequence[str],
    seed: int,
    resamples: int,
    margin: float | None,
    largest: float,
) -> PairedDifference:
    clusters = by_world(x - y, worlds)
    only_a, only_b = _discordant(x, y)
    narrow = None if margin is None else difference_interval(clusters, TOST_CONFIDENCE, largest)
    effect = design_effect(x - y, worlds)
    permutation_p = sign_flip(clusters.sums, seed)
    return PairedDifference(
        n=len(x),
        worlds=len(clusters.sums),
        differing_worlds=int(np.sum(np.abs(clusters.sums) > NOTHING)),
        mean_a=math.fsum(x.tolist()) / len(x),
        mean_b=math.fsum(y.tolist()) / len(y),
        difference=clusters.mean,
        interval=difference_interval(clusters, largest=largest),
        bootstrap=bootstrap_interval(clusters, seed, resamples),
        t_p=_t_test(clusters, permutation_p),
        permutation_p=permutation_p,
        only_a=only_a,
        only_b=only_b,
        mcnemar=None if only_a is None or only_b is None else mcnemar_exact(only_a, only_b),
        design_effect=effect,
        minimum_detectable_effect=_detectable(x - y, clusters, effect),
        equivalent=_within(narrow, margin),
        margin=margin,
        seed=seed,
        resamples=resamples,
    )


def _within(interval: Interval | None, margin: float | None) -> bool | None:
    if interval is None or margin is None:
        return None
    return -margin < interval.low and interval.high < margin


def _discordant(x: Floats, y: Floats) -> tuple[int, int] | tuple[None, None]:
    if not all(bool(((part == 0) | (part == 1)).all()) for part in (x, y)):
        return None, None
    return int(np.sum(x > y)), int(np.sum(x < y))


def _t_test(clusters: Clusters, otherwise: float) -> float | None:
    groups = len(clusters.sums)
    if groups < FEWEST_WORLDS:
        return None
    if np.abs(clusters.influences).max() <= NO_INFLUENCE:
        return otherwise
    t = abs(clusters.mean) / standard_error(clusters.influences)
    return float(2 * stdtr(groups - 1, -t))


def _detectable(differences: Floats, clusters: Clusters, effect: float | None) -> float | None:
    groups, n = len(clusters.sums), len(differences)
    if effect is None or groups < FEWEST_WORLDS:
        return None
    share = math.fsum((differences**2).tolist()) / n
    return minimum_detectable_effect(share, n, max(1.0, effect), groups - 1)
