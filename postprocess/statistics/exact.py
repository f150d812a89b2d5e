"""Exact tests of "both arms are as good", and the sign-flip test's random version."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from postprocess.statistics.clusters import NOTHING, Floats, adds_exactly

MOST_ENUMERATED = 14
DRAWS = 10_000
_CELLS = 500_000
_MOST_KEPT = 2_000_000  # cells, of four bytes


def mcnemar_exact(b: int, c: int) -> float:
    """Two-sided exact p-value of McNemar's test, for independent questions.

    Under "either arm is as likely to be the one that is right", b is binomial with b + c draws of
    1/2, so p = min(1, 2 * sum_{k <= min(b, c)} C(b + c, k) / 2^(b + c)). It knows nothing of
    worlds: where questions of a world share their fate it rejects too often.

    Source: McNemar 1947, "Note on the sampling error of the difference between correlated
    proportions or percentages".

    Args:
        b: Questions that only the first arm got right.
        c: Questions that only the second arm got right.

    Returns:
        1 where the arms never differ.
    """
    if b < 0 or c < 0:
        raise ValueError(f"b = {b}, c = {c} → counts are 0 or more")
    return min(1.0, 2 * float(bdtr(min(b, c), b + c, 0.5)))


def sign_flip(sums: Sequence[float] | Floats, seed: int = 0, draws: int = DRAWS) -> float:
    """Two-sided p-value of the sign-flip permutation test over worlds.

    If it does not matter which arm is which, each world's sum s_g of paired differences is as
    likely to be -s_g. p is the share of sign vectors e with |sum_g e_g s_g| >= |sum_g s_g|: of all
    2^k for up to 14 worlds whose sum is not 0 (the others change nothing), else (1 + count) /
    (1 + draws) of random ones. It is the same whichever arm comes first, and cannot fall under
    2 / 2^k, so under six worlds that differ it cannot reach 5%.

    Source: Fisher 1935, "The design of experiments", section 21; the 1 + of the random version:
    Phipson and Smyth 2010, "Permutation p-values should never be zero".

    Args:
        sums: The sum of the differences of each world; shape (G,).
        seed: Of numpy's PCG64, for the random version.
        draws: Sign vectors of the random version.

    Returns:
        1 where no world differs.
    """
    total = abs(math.fsum(sums))
    sizes = np.sort(np.abs(np.asarray(sums, dtype=np.float64)))
    sizes = sizes[sizes > NOTHING]
    if len(sizes) == 0:
        return 1.0
    # What is equal but for rounding counts as reached.
    reached = total - 1e-9 * float(sizes.sum())
    if len(sizes) <= MOST_ENUMERATED:
        # A vector and its opposite give the same absolute sum: half of them do, the first sign +.
        flips = (np.arange(2 ** (len(sizes) - 1))[:, None] >> np.arange(len(sizes))) & 1
        return float(np.mean(_absolute_sums(flips, sizes) >= reached))
    if draws * len(sizes) <= _MOST_KEPT and adds_exactly(sizes):
        summed = np.abs(_signs(len(sizes), seed, draws) @ sizes.astype(np.float32))
        count = int(np.sum(summed.astype(np.float64) >= reached))
    else:
        flipped = _flips(len(sizes), seed, draws)
        count = sum(int(np.sum(_absolute_sums(flips, sizes) >= reached)) for flips in flipped)
    return (1 + count) / (1 + draws)


def _flips(worlds: int, seed: int, draws: int) -> Iterator[NDArray[np.int8]]:
    """Random vectors of 0 and 1, in chunks."""
    generator, done = np.random.Generator(np.random.PCG64(seed)), 0
    while done < draws:
        rows = min(draws - done, max(1, _CELLS // worlds))
        yield generator.integers(0, 2, size=(rows, worlds), dtype=np.int8)
        done += rows


@lru_cache(maxsize=8)
def _signs(worlds: int, seed: int, draws: int) -> NDArray[np.float32]:
    """The same as signs, for all differences in as many worlds; see `bootstrap._counts`."""
    return np.concatenate([1 - 2 * flips for flips in _flips(worlds, seed, draws)]).astype("f4")


def _absolute_sums(flips: NDArray[np.integer], sizes: Floats) -> Floats:
    return np.asarray(np.abs(((1 - 2 * flips) * sizes).sum(axis=1)))
