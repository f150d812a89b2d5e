"""The smallest difference that a test can detect."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.special import ndtri, stdtrit

from postprocess.statistics.clusters import Floats, by_world, standard_error

POWER = 0.80
_TWO_SIDED = 0.975


def minimum_detectable_effect(
    discordant_share: float, n: int, design_effect: float, freedom: int | None = None
) -> float:
    """The difference of two arms that a two-sided test at 5% detects with probability 80%.

    (q.975 + q.80) * sqrt(discordant_share * design_effect / n). The q are normal quantiles, or
    Student's with `freedom` degrees: with few worlds normal ones promise too much (16% at 8).

    Source: Bloom 1995, "Minimum detectable effects"; the variance of a paired difference without an
    effect: Connor 1987, "Sample size for testing differences in proportions for the paired-sample
    design"; the design effect: Kish 1965, "Survey sampling".

    Args:
        discordant_share: Share of the questions that just one arm got right; for values that are
            not all 0 or 1, the mean square of the differences, which is the same for those.
        n: Questions.
        design_effect: See `design_effect`.
        freedom: Worlds less 1, for a test that uses Student's t.
    """
    if freedom is None:
        quantiles = float(ndtri(_TWO_SIDED) + ndtri(POWER))
    else:
        quantiles = float(stdtrit(freedom, _TWO_SIDED) + stdtrit(freedom, POWER))
    return quantiles * math.sqrt(discordant_share * design_effect / n)


def design_effect(differences: Sequence[float] | Floats, worlds: Sequence[str]) -> float | None:
    """How many times larger worlds make the variance of the mean of n differences in G worlds.

    [G / (G - 1) * sum_g (sum_{i in g} (d_i - m))² / n²] / [sum_i (d_i - m)² / (n - 1) / n].

    It is an estimate, so by chance (or because every world is asked the same mix of questions) it
    can fall under 1, and is returned as it is. `paired_difference` takes no credit for that: its
    minimum detectable effect uses at least 1.

    Source: Kish 1965, "Survey sampling", section 8.2.

    Args:
        differences: One per question; shape (n,).
        worlds: The world of each question; shape (n,).

    Returns:
        None under two worlds, and where all differences are the same.
    """
    clusters, n = by_world(differences, worlds), len(worlds)
    squares = math.fsum((float(d) - clusters.mean) ** 2 for d in differences)
    if len(clusters.sums) < 2 or squares <= 1e-24 * n:
        return None
    return standard_error(clusters.influences) ** 2 / (squares / (n - 1) / n)
