"""Slopes against statsmodels, and how far a score holds."""

from __future__ import annotations

import random

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from postprocess.statistics.trend import (
    effective_size,
    growth_per_doubling,
    slope_per_doubling,
)

SIZES = (16, 32, 64, 128, 1000)


def drawn(groups: int) -> tuple[list[int], list[float], list[str]]:
    rng = random.Random(groups)
    rows = [
        (size, float(rng.random() < 0.9 - 0.08 * at), f"w{group}")
        for group in range(groups)
        for at, size in enumerate(SIZES)
        for _ in range(rng.randint(1, 4))
    ]
    sizes, values, worlds = zip(*rows, strict=True)
    return list(sizes), list(values), list(worlds)


@pytest.mark.parametrize("groups", [5, 11, 60])
def test_it_is_statsmodels_regression_with_clusters(groups: int) -> None:
    sizes, values, worlds = drawn(groups)
    found = slope_per_doubling(sizes, values, worlds)
    fit = sm.OLS(values, sm.add_constant(np.log2(sizes))).fit(
        cov_type="cluster",
        cov_kwds={
            "groups": np.unique(worlds, return_inverse=True)[1],
            "use_correction": True,  # G / (G - 1) * (n - 1) / (n - k)
            "df_correction": True,  # G - 1 degrees of freedom
        },
        use_t=True,
    )
    assert found is not None
    assert (found.n, found.worlds) == (len(values), groups)
    assert found.per_doubling == pytest.approx(fit.params[1], abs=1e-10)
    assert found.interval is not None
    assert found.interval.method == "cluster t"
    ends = (found.interval.low, found.interval.high)
    assert ends == pytest.approx(tuple(fit.conf_int()[1]), abs=1e-10)


def test_a_line_without_residuals_is_not_certain() -> None:
    sizes, worlds = [2, 8] * 7, [f"w{n // 2}" for n in range(14)]
    found = slope_per_doubling(sizes, [0.75, 0.25] * 7, worlds)
    assert found is not None
    assert found.per_doubling == pytest.approx(-0.25)
    assert found.interval is not None
    assert found.interval.method == "exact over worlds"
    share = 1 - 0.025 ** (1 / 7)
    # From 0 to 1 over two doublings is the steepest.
    assert found.interval.low == pytest.approx(-0.25 * (1 - share) - 0.5 * share)
    assert found.interval.high == pytest.approx(-0.25 * (1 - share) + 0.5 * share)


def test_one_size_has_no_slope_and_few_worlds_no_interval() -> None:
    assert slope_per_doubling([], [], []) is None
    assert slope_per_doubling([16] * 6, [0, 1, 0, 1, 0, 1], list("abcdef")) is None
    found = slope_per_doubling([1, 2, 1, 2], [0, 1, 0, 1], list("abcd"))
    assert found is not None
    assert found.per_doubling == pytest.approx(1)
    assert found.interval is None
    with pytest.raises(ValueError, match="size 0 →"):
        slope_per_doubling([0, 2], [0, 1], list("ab"))


@given(
    st.lists(
        st.tuples(st.sampled_from(SIZES), st.floats(0, 1), st.sampled_from("abcdefgh")),
        min_size=6,
        max_size=40,
    ),
    st.randoms(use_true_random=False),
)
def test_order_and_names_change_nothing_to_the_last_bit_and_the_interval_is_possible(
    rows: list[tuple[int, float, str]], rng: random.Random
) -> None:
    found = slope_per_doubling(*map(list, zip(*rows, strict=True)))
    other = [(size, value, world * 2) for size, value, world in rng.sample(rows, len(rows))]
    assert slope_per_doubling(*map(list, zip(*other, strict=True))) == found
    assert (found is None) == (len({size for size, _, _ in rows}) < 2)
    if found and found.interval:
        steepest = 1 / np.log2(32 / 16) + 1e-12  # sums of weights are rounded
        assert -steepest <= found.interval.low < found.interval.high <= steepest
        assert found.interval.low <= found.per_doubling <= found.interval.high


@pytest.mark.parametrize(
    ("means", "size"),
    [
        ({16: 0.8, 32: 0.8, 64: 0.7}, 64),
        ({16: 0.8, 32: 0.67, 64: 0.8}, 16),  # a later recovery does not count
        ({64: 0.5, 16: 0.8, 32: 0.68}, 32),  # exactly 85%, in any order
        ({32: 0.8, 16: 0.8}, 32),
        ({32: 0.4}, 32),
        ({32: 0.2, 64: 0.9}, 64),
        ({16: 0.0, 32: 0.5}, None),
        ({}, None),
    ],
)
def test_the_effective_size_is_the_last_before_the_first_loss(
    means: dict[int, float], size: int | None
) -> None:
    assert effective_size(means) == size


def test_the_share_can_be_another() -> None:
    assert effective_size({1: 1.0, 2: 0.6, 4: 0.4}, share=0.5) == 2
    # In floating point 0.01 * 0.9 is a bit over 0.009.
    assert effective_size({1: 0.9, 2: 0.009}, share=0.01) == 2


def test_growth_is_the_factor_of_a_power_law() -> None:
    generator = np.random.default_rng(0)
    sizes = [2**i for i in range(3, 9) for _ in range(8)]
    worlds = [f"w{i % 8}" for i in range(len(sizes))]
    noise = generator.normal(scale=0.1, size=len(sizes))
    values = [5e-4 * size**0.5 * 2**e for size, e in zip(sizes, noise, strict=True)]
    found = growth_per_doubling(sizes, values, worlds)
    assert found is not None
    slope = np.polyfit(np.log2(sizes), np.log2(values), 1)[0]
    assert found.factor == pytest.approx(2**slope)
    assert found.interval is not None
    assert found.interval.low < 2**0.5 < found.interval.high
    assert found.interval.high < 1.5
    # The unit does not matter.
    thousandfold = growth_per_doubling(sizes, [1000 * value for value in values], worlds)
    assert thousandfold is not None
    assert thousandfold.factor == pytest.approx(found.factor)


def test_what_grows_in_proportion_doubles_and_needs_two_sizes() -> None:
    worlds = list("abcdef")
    exact = growth_per_doubling([10, 20, 40] * 2, [1.0, 2.0, 4.0] * 2, worlds)
    assert exact is not None
    assert exact.factor == pytest.approx(2)
    assert exact.interval is None
    assert growth_per_doubling([10] * 6, [1.0] * 6, worlds) is None
    # What took no time that could be measured says nothing.
    assert growth_per_doubling([10, 20], [0.0, 1.0], ["a", "b"]) is None
