"""Intervals against derivations of another kind: matrices, resampling, simulation, the binomial."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import integrate
from scipy.stats import t

from postprocess.statistics.intervals import harmonic_interval, mean_interval, ratio_interval


def t_quantile(probability: float, freedom: int) -> float:
    """Student's t quantile by bisection on the integral of its density."""
    scale = math.gamma((freedom + 1) / 2) / math.sqrt(freedom * math.pi) / math.gamma(freedom / 2)

    def density(x: float) -> float:
        return float(scale * (1 + x * x / freedom) ** (-(freedom + 1) / 2))

    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        below = 0.5 + integrate.quad(density, 0, middle)[0]
        low, high = (middle, high) if below < probability else (low, middle)
    return (low + high) / 2


def sandwich(values: NDArray[np.float64], worlds: list[str]) -> tuple[float, float]:
    """Intercept and its CR1 standard error of a regression on a constant, by its matrices."""
    design = np.ones((len(values), 1))
    bread = np.linalg.inv(design.T @ design)
    mean = (bread @ design.T @ values)[0]
    residual = values - design[:, 0] * mean
    meat = np.zeros((1, 1))
    names = sorted(set(worlds))
    for name in names:
        members = [at for at, world in enumerate(worlds) if world == name]
        moment = design[members].T @ residual[members]
        meat += np.outer(moment, moment)
    groups = len(names)
    variance = groups / (groups - 1) * (bread @ meat @ bread)[0, 0]
    return float(mean), math.sqrt(variance)


@pytest.mark.parametrize("groups", [5, 8, 30])
def test_the_interval_of_a_mean_is_the_cluster_robust_t_interval(groups: int) -> None:
    rng = random.Random(groups)
    worlds = [f"w{g}" for g in range(groups) for _ in range(rng.randint(1, 9))]
    values = [float(rng.random() < 0.5) for _ in worlds]
    mean, error = sandwich(np.asarray(values), worlds)
    reach = t_quantile(0.975, groups - 1) * error
    found = mean_interval(values, worlds)
    assert found is not None
    assert found.method == "cluster t"
    assert found.low == pytest.approx(max(0, mean - reach), abs=1e-9)
    assert found.high == pytest.approx(min(1, mean + reach), abs=1e-9)


def test_one_question_a_world_is_the_textbook_t_interval() -> None:
    values = [0.3, 0.7, 0.4, 0.5, 0.6, 0.25]
    mean = sum(values) / 6
    spread = math.sqrt(sum((x - mean) ** 2 for x in values) / 5 / 6)
    found = mean_interval(values, list("abcdef"))
    assert found is not None
    assert found.low == pytest.approx(mean - 2.570582 * spread, abs=1e-6)  # t, 5 degrees


@pytest.mark.parametrize("groups", [5, 63])
def test_where_all_values_agree_the_interval_is_the_exact_binomial_one(groups: int) -> None:
    worlds = [f"w{n % groups}" for n in range(groups * 3)]
    none = mean_interval([0.0] * len(worlds), worlds)
    every = mean_interval([1.0] * len(worlds), worlds)
    assert none is not None
    assert every is not None
    assert none.method == every.method == "exact over worlds"
    assert none.low == 0
    # At the upper end, no success in any world has the probability that a tail is given.
    assert (1 - none.high) ** groups == pytest.approx(0.025)
    assert every.low == pytest.approx(1 - none.high)
    assert every.high == 1


def test_worlds_that_agree_on_any_mean_are_not_certain() -> None:
    worlds = [f"w{n // 2}" for n in range(24)]
    found = mean_interval([1.0, 0.0] * 12, worlds)
    assert found is not None
    assert found.method == "exact over worlds"
    share = 1 - 0.025 ** (1 / 12)  # of worlds may differ, and be all wrong or all right
    assert (found.low, found.high) == pytest.approx((0.5 * (1 - share), 0.5 * (1 + share)))


def test_a_perfect_harmonic_mean_is_not_certain() -> None:
    worlds = [f"w{n // 2}" for n in range(24)]
    found = harmonic_interval([1.0] * 24, worlds, [1.0] * 24, worlds)
    assert found is not None
    assert found.method == "exact over worlds"
    assert (found.low, found.high) == (pytest.approx(0.025 ** (1 / 12)), 1.0)


def test_the_interval_of_a_harmonic_mean_is_that_of_the_delta_method() -> None:
    rng = random.Random(3)
    worlds = [f"w{g}" for g in range(5) for _ in range(rng.randint(2, 6))]
    first = [float(rng.random() < 0.8) for _ in worlds]
    second, others = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0], ["w0", "w1", "w2", "w3", "w4", "w4"]
    a, b = sum(first) / len(first), sum(second) / len(second)
    step = 1e-6
    slope_a = (2 * (a + step) * b / (a + step + b) - 2 * a * b / (a + b)) / step
    slope_b = (2 * a * (b + step) / (a + b + step) - 2 * a * b / (a + b)) / step
    moves = dict.fromkeys(worlds, 0.0)
    for value, world in zip(first, worlds, strict=True):
        moves[world] += slope_a * (value - a) / len(first)
    for value, world in zip(second, others, strict=True):
        moves[world] += slope_b * (value - b) / len(second)
    error = math.sqrt(5 / 4 * sum(move**2 for move in moves.values()))
    reach, mean = t_quantile(0.975, 4) * error, 2 * a * b / (a + b)
    found = harmonic_interval(first, worlds, second, others)
    assert found is not None
    assert found.method == "cluster t"
    ends = (max(0.0, mean - reach), min(1.0, mean + reach))
    assert (found.low, found.high) == pytest.approx(ends, abs=1e-5)


def test_the_interval_of_a_harmonic_mean_ends_at_1() -> None:
    worlds = [f"w{n}" for n in range(10)]
    found = harmonic_interval([0.0, *[1.0] * 9], worlds, [1.0] * 10, worlds)
    assert found is not None
    assert (found.method, found.high) == ("cluster t", 1.0)


@pytest.mark.parametrize("groups", [1, 4])
def test_under_five_worlds_there_is_no_interval(groups: int) -> None:
    worlds = [f"w{n % groups}" for n in range(40)]
    values = [float(n % 3 == 0) for n in range(40)]
    assert mean_interval(values, worlds) is None
    assert harmonic_interval(values, worlds, values, worlds) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from("abcdefghij")), min_size=1, max_size=60))
def test_any_interval_holds_its_mean_and_stays_in_the_unit_range(
    pairs: list[tuple[float, str]],
) -> None:
    values, worlds = [value for value, _ in pairs], [world for _, world in pairs]
    found = mean_interval(values, worlds)
    assert (found is None) == (len(set(worlds)) < 5)
    if found:
        mean = sum(values) / len(values)
        assert 0 <= found.low <= mean + 1e-12
        assert mean - 1e-12 <= found.high <= 1


def test_order_and_names_of_the_worlds_do_not_matter() -> None:
    rng = random.Random(1)
    worlds = [rng.choice("abcdefgh") for _ in range(80)]
    values = [rng.random() for _ in worlds]
    order = rng.sample(range(80), 80)
    found = mean_interval(values, worlds)
    shuffled = mean_interval(
        [values[n] for n in order], [{"a": "zz"}.get(worlds[n], worlds[n]) for n in order]
    )
    assert found is not None
    assert shuffled is not None
    assert (found.low, found.high) == pytest.approx((shuffled.low, shuffled.high), abs=1e-12)


def simulated(
    rng: np.random.Generator, groups: int
) -> tuple[list[float], list[str], list[float], list[str]]:
    """Answerable and unanswerable questions whose worlds differ in how hard they are."""
    x: list[float] = []
    y: list[float] = []
    xs: list[str] = []
    ys: list[str] = []
    for group in range(groups):
        shift = rng.normal(0, 0.15)
        for values, names, rate, count in ((x, xs, 0.55, 8), (y, ys, 0.5, 4)):
            values += (rng.random(count) < rate + shift).astype(float).tolist()
            names += [f"w{group}"] * count
    return x, xs, y, ys


def harmonic(x: list[float], y: list[float]) -> float:
    a, b = sum(x) / len(x), sum(y) / len(y)
    return 2 * a * b / (a + b)


def test_the_interval_of_the_harmonic_mean_agrees_with_a_jackknife_over_worlds() -> None:
    x, xs, y, ys = simulated(np.random.default_rng(0), 40)
    left_out = [
        harmonic(
            [v for v, w in zip(x, xs, strict=True) if w != name],
            [v for v, w in zip(y, ys, strict=True) if w != name],
        )
        for name in sorted(set(xs))
    ]
    groups = len(left_out)
    centre = sum(left_out) / groups
    error = math.sqrt((groups - 1) / groups * sum((v - centre) ** 2 for v in left_out))
    found = harmonic_interval(x, xs, y, ys)
    assert found is not None
    assert (found.low + found.high) / 2 == pytest.approx(harmonic(x, y))
    half = (found.high - found.low) / 2
    assert half == pytest.approx(t_quantile(0.975, groups - 1) * error, rel=0.05)


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng, runs = np.random.default_rng(2), 400
    truth_mean, truth_harmonic = 0.55, 2 * 0.55 * 0.5 / 1.05
    covered_mean = covered_harmonic = 0
    for _ in range(runs):
        x, xs, y, ys = simulated(rng, 20)
        mean, both = mean_interval(x, xs), harmonic_interval(x, xs, y, ys)
        assert mean is not None
        assert both is not None
        covered_mean += mean.low <= truth_mean <= mean.high
        covered_harmonic += both.low <= truth_harmonic <= both.high
    # Three standard errors of 95% in 400 runs are 3.3 points.
    assert 0.917 <= covered_mean / runs <= 0.983
    assert 0.917 <= covered_harmonic / runs <= 0.983


def test_a_harmonic_mean_of_zero_has_no_interval() -> None:
    worlds = [f"w{n % 10}" for n in range(40)]
    some = [float(n % 3 == 0) for n in range(40)]
    assert harmonic_interval([0.0] * 40, worlds, some, worlds) is None
    assert harmonic_interval([], [], some, worlds) is None


@pytest.mark.parametrize("values", [[0.5] * 9, [0.5] * 9 + [math.nan]])
def test_values_without_a_world_and_values_that_are_no_number_are_refused(
    values: list[float],
) -> None:
    with pytest.raises(ValueError, match="→"):
        mean_interval(values, list("abcdefghij"))


def test_a_ratio_of_ones_is_a_mean() -> None:
    values, worlds = [0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0], list("abcdefa")
    found = ratio_interval(values, [1.0] * 7, worlds, highest=1.0)
    expected = mean_interval(values, worlds)
    assert found is not None
    assert expected is not None
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_a_ratio_is_moved_by_what_its_worlds_have_too_much() -> None:
    above, below = np.asarray([3.0, 5.0, 2.0, 9.0, 4.0, 1.0]), np.asarray([2.0, 2, 1, 5, 3, 1])
    ratio = above.sum() / below.sum()
    moved = (above - ratio * below) / below.sum()
    reach = t.ppf(0.975, 5) * np.sqrt(6 / 5 * np.sum(moved**2))
    found = ratio_interval(above.tolist(), below.tolist(), list("abcdef"))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((ratio - reach, ratio + reach))


def test_a_ratio_that_all_worlds_share_has_no_interval_unless_it_is_bounded() -> None:
    above, below, worlds = [2.0, 4.0, 6.0, 2.0, 4.0], [1.0, 2.0, 3.0, 1.0, 2.0], list("abcde")
    assert ratio_interval(above, below, worlds) is None
    bounded = ratio_interval(above, below, worlds, highest=4.0)
    assert bounded is not None
    assert bounded.method == "exact over worlds"
    assert bounded.low < 2 < bounded.high < 4
    assert ratio_interval(above[:4], below[:4], worlds[:4], highest=4.0) is None
