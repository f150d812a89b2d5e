"""McNemar's and the sign-flip test against statsmodels, scipy, and counting."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from postprocess.statistics.exact import mcnemar_exact, sign_flip


@pytest.mark.parametrize(
    ("b", "c"), [*itertools.product(range(6), repeat=2), (3, 40), (120, 90), (700, 650), (0, 1000)]
)
def test_mcnemar_is_statsmodels_exact_one(b: int, c: int) -> None:
    found = mcnemar_exact(b, c)
    if b + c == 0:
        assert found == 1.0
        return
    assert found == pytest.approx(mcnemar([[7, b], [c, 9]], exact=True).pvalue, rel=1e-10)
    assert found == pytest.approx(stats.binomtest(b, b + c, 0.5).pvalue, rel=1e-10)


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="→"):
        mcnemar_exact(-1, 3)


def by_counting(sums: list[float]) -> float:
    observed = abs(math.fsum(sums))
    signs = itertools.product((-1, 1), repeat=len(sums))
    reached = [
        abs(math.fsum(e * s for e, s in zip(row, sums, strict=True))) >= observed - 1e-9
        for row in signs
    ]
    return sum(reached) / len(reached)


@given(st.lists(st.integers(-6, 6), min_size=1, max_size=9))
def test_sign_flips_of_few_worlds_are_counted(sums: list[int]) -> None:
    assert sign_flip(sums) == pytest.approx(by_counting([float(s) for s in sums]), abs=1e-12)


@pytest.mark.parametrize("groups", [2, 5, 10])
def test_sign_flips_are_scipys_permutation_test_of_one_sample(groups: int) -> None:
    sums = np.random.default_rng(groups).normal(0.4, 1, groups)
    theirs = stats.permutation_test(
        (sums,), np.sum, permutation_type="samples", n_resamples=np.inf, vectorized=False
    )
    assert sign_flip(sums) == pytest.approx(theirs.pvalue, abs=1e-10)


def by_convolution(sums: list[int]) -> float:
    """The exact p-value of integer sums, from the distribution of their sum with random signs."""
    reach = sum(map(abs, sums))
    chances = np.zeros(2 * reach + 1)
    chances[reach] = 1.0
    for size in map(abs, sums):
        chances = (np.roll(chances, size) + np.roll(chances, -size)) / 2
    return float(chances[np.abs(np.arange(-reach, reach + 1)) >= abs(sum(sums))].sum())


@pytest.mark.parametrize(("groups", "shift"), [(14, 0), (15, 1), (40, 0), (40, 1), (300, 0)])
def test_random_sign_flips_agree_with_the_exact_distribution(groups: int, shift: int) -> None:
    rng = np.random.default_rng(groups)
    sums = (rng.integers(-4, 5, size=groups) + shift).tolist()
    sums = [s or 1 for s in sums]
    exact, found = by_convolution(sums), sign_flip(sums, seed=1)
    if groups <= 14:
        assert found == pytest.approx(exact, abs=1e-12)
    else:
        assert found == sign_flip(sums, seed=1) != sign_flip(sums, seed=2)
        assert found == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 1e4) + 2e-4)


def test_a_random_p_value_is_never_zero() -> None:
    assert sign_flip([3.0] * 60, draws=999) == 1 / 1000
    assert sign_flip([3.0] * 60, draws=9) == 1 / 10


def test_worlds_without_a_difference_change_nothing() -> None:
    assert sign_flip([]) == sign_flip([0.0] * 30) == 1.0
    sums = [2.0, 1.0, 3.0, -1.0, 2.0]
    assert sign_flip(sums + [0.0] * 20) == sign_flip(sums) == by_counting(sums)


def test_sums_that_are_equal_but_for_rounding_count_as_reached() -> None:
    # Of these the sum is 0.7 or a bit under, as the order of the additions has it.
    sums = [0.1, 0.2, 0.2, 0.2]
    assert sign_flip(sums) == 2 / 2**4
    assert sign_flip([0.1, 0.2, -0.3]) == 1.0


def test_all_draws_are_made_when_worlds_are_many() -> None:
    # The sum is 0, so every draw reaches it.
    assert sign_flip([1.0, -1.0] * 30_000, draws=99) == 1.0
