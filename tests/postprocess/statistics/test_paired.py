"""Paired differences against statsmodels, and what must not change them."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from statsmodels.stats.contingency_tables import mcnemar

from postprocess.statistics.clusters import by_world
from postprocess.statistics.intervals import Interval, difference_interval
from postprocess.statistics.paired import PairedDifference, paired_difference
from postprocess.statistics.power import design_effect, minimum_detectable_effect

ROWS = st.lists(
    st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from("abcdefghij")),
    min_size=1,
    max_size=40,
)


def drawn(groups: int, seed: int = 0) -> tuple[list[float], list[float], list[str]]:
    """Two arms' right and wrong answers in worlds of unequal size and difficulty."""
    rng = random.Random(seed)
    a: list[float] = []
    b: list[float] = []
    worlds: list[str] = []
    for group in range(groups):
        rates = rng.uniform(0.2, 0.9), rng.uniform(0.1, 0.8)
        for _ in range(rng.randint(1, 9)):
            a.append(float(rng.random() < rates[0]))
            b.append(float(rng.random() < rates[1]))
            worlds.append(f"w{group}")
    return a, b, worlds


def by_statsmodels(values: list[float], worlds: list[str], alpha: float) -> tuple[float, float]:
    codes = np.unique(worlds, return_inverse=True)[1]
    fit = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster",
        cov_kwds={"groups": codes, "use_correction": True, "df_correction": True},
        use_t=True,
    )
    low, high = fit.conf_int(alpha)[0]
    return float(low), float(high)


@pytest.mark.parametrize("groups", [5, 8, 40, 200])
def test_the_interval_is_statsmodels_regression_on_a_constant_with_clusters(groups: int) -> None:
    a, b, worlds = drawn(groups)
    difference = [x - y for x, y in zip(a, b, strict=True)]
    found = paired_difference(a, b, worlds)
    assert found.interval is not None
    assert found.interval.method == "cluster t"
    low, high = by_statsmodels(difference, worlds, 0.05)
    assert found.interval.low == pytest.approx(low, abs=1e-10)
    assert found.interval.high == pytest.approx(high, abs=1e-10)
    assert found.difference == pytest.approx(found.mean_a - found.mean_b, abs=1e-12)
    # The two one-sided tests use the 90% one: a margin on either side of its farther end.
    low, high = by_statsmodels(difference, worlds, 0.10)
    reach = max(-low, high)
    assert paired_difference(a, b, worlds, margin=reach + 1e-9).equivalent is True
    assert paired_difference(a, b, worlds, margin=reach - 1e-9).equivalent is False


def test_values_between_0_and_1_have_an_interval_and_no_mcnemar() -> None:
    a, b, worlds = drawn(12)
    a = [0.25 + x / 2 for x in a]
    found = paired_difference(a, b, worlds)
    low, high = by_statsmodels([x - y for x, y in zip(a, b, strict=True)], worlds, 0.05)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=1e-10)
    assert found.mcnemar is found.only_a is found.only_b is None


def test_mcnemar_counts_the_questions_that_one_arm_alone_got_right() -> None:
    a, b, worlds = drawn(20)
    found = paired_difference(a, b, worlds)
    table = [
        [sum((x, y) == (p, q) for x, y in zip(a, b, strict=True)) for q in (1, 0)] for p in (1, 0)
    ]
    assert (found.only_a, found.only_b) == (table[0][1], table[1][0])
    assert found.mcnemar == pytest.approx(mcnemar(table, exact=True).pvalue, abs=1e-10)


def test_the_detectable_effect_uses_the_worlds_and_takes_no_credit_under_one() -> None:
    a, b, worlds = drawn(9)
    found = paired_difference(a, b, worlds)
    n = len(a)
    share = sum(x != y for x, y in zip(a, b, strict=True)) / n
    quantiles = 2.306004135 + 0.888889518  # t, 8 degrees of freedom: 97.5% and 80%
    assert found.design_effect is not None
    expected = quantiles * (share * max(1, found.design_effect) / n) ** 0.5
    assert found.minimum_detectable_effect == pytest.approx(expected, abs=1e-8)
    # Half the variance lies within worlds that even out, so worlds take variance away.
    worlds = [f"w{n // 2}" for n in range(60)]
    mixed = paired_difference([1, 0] * 30, [0, 1] * 10 + [0, 0] * 20, worlds)
    assert mixed.design_effect is not None
    assert mixed.design_effect < 1
    quantiles = 2.045229642 + 0.854191919  # 29 degrees
    expected = quantiles * (40 / 60 / 60) ** 0.5  # 20 + 20 of 60 differ
    assert mixed.minimum_detectable_effect == pytest.approx(expected, abs=1e-8)


def test_the_detectable_effect_of_other_values_uses_their_mean_square() -> None:
    a, b, worlds = drawn(30)
    whole = paired_difference(a, b, worlds)
    halves = paired_difference([x / 2 for x in a], [x / 2 for x in b], worlds)
    assert whole.minimum_detectable_effect is not None
    # In units half as large everything is half as large.
    assert halves.minimum_detectable_effect == pytest.approx(whole.minimum_detectable_effect / 2)


def test_the_seed_decides_what_is_drawn_at_random() -> None:
    a, b, worlds = drawn(40)
    found = paired_difference(a, b, worlds, seed=1)
    assert found == paired_difference(a, b, worlds, seed=1)
    other = paired_difference(a, b, worlds, seed=2)
    assert found.differing_worlds > 14
    assert found.permutation_p != other.permutation_p
    assert found.bootstrap != other.bootstrap
    assert found.interval == other.interval
    assert (found.seed, other.seed, found.resamples) == (1, 2, 10_000)


@pytest.mark.parametrize(("a", "b", "centre"), [(0, 0, 0), (1, 1, 0), (1, 0, 1), (0.5, 1, -0.5)])
@pytest.mark.parametrize("groups", [5, 64])
def test_where_all_differences_agree_nothing_is_certain(
    a: float, b: float, centre: float, groups: int
) -> None:
    worlds = [f"w{n % groups}" for n in range(3 * groups)]
    found = paired_difference([a] * len(worlds), [b] * len(worlds), worlds)
    assert found.interval is not None
    assert found.interval.method == "exact over worlds"
    share = (found.interval.high - found.interval.low) / 2
    # If such a share of the worlds differed, none of them would be seen in 2.5% of all draws, and
    # the mean would be at an end if those differed by as much as is possible.
    assert (1 - share) ** groups == pytest.approx(0.025)
    assert found.interval.high == pytest.approx((1 - share) * centre + share)
    assert found.interval.low == pytest.approx((1 - share) * centre - share)
    assert found.bootstrap is None
    assert found.design_effect is None
    assert found.minimum_detectable_effect is None
    # 1 - 0.05^(1/G) of the worlds may differ: 45% of them at 5 worlds, 4.6% at 64.
    assert found.equivalent is (centre == 0 and groups == 64)
    if groups == 5:
        assert found.permutation_p == (1 if centre == 0 else 2 / 2**5)


def test_worlds_that_each_even_out_are_no_certainty_either() -> None:
    worlds = [f"w{n // 2}" for n in range(20)]
    found = paired_difference([1, 0] * 10, [0, 1] * 10, worlds)
    assert found.interval is not None
    assert found.interval.method == "exact over worlds"
    assert found.interval.high == -found.interval.low > 0.2
    assert found.differing_worlds == 0
    assert found.permutation_p == 1


def test_under_five_worlds_there_are_no_intervals_and_no_claims_that_rest_on_them() -> None:
    a, b, worlds = drawn(4)
    found = paired_difference(a, b, worlds)
    assert found.worlds == 4
    assert found.interval is found.bootstrap is found.equivalent is None
    assert found.minimum_detectable_effect is None
    assert 0 < found.permutation_p <= 1


@pytest.mark.parametrize(
    ("a", "b", "worlds"),
    [
        ([], [], []),
        ([1.0], [1.0, 0.0], ["w"]),
        ([1.0], [0.0], ["v", "w"]),
        ([float("nan")], [0.0], ["w"]),
        ([1.5], [0.0], ["w"]),
        ([0.0], [-0.1], ["w"]),
    ],
)
def test_what_cannot_be_compared_is_refused(
    a: list[float], b: list[float], worlds: list[str]
) -> None:
    with pytest.raises(ValueError, match="→"):
        paired_difference(a, b, worlds)


def mirrored(found: Interval | None) -> Interval | None:
    return found and replace(found, low=-found.high, high=-found.low)


def swapped(found: PairedDifference) -> PairedDifference:
    return replace(
        found,
        mean_a=found.mean_b,
        mean_b=found.mean_a,
        difference=-found.difference,
        interval=mirrored(found.interval),
        bootstrap=mirrored(found.bootstrap),
        only_a=found.only_b,
        only_b=found.only_a,
    )


@settings(deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_names_and_swapped_arms_change_nothing_to_the_last_bit(
    rows: list[tuple[float, float, str]], rng: random.Random
) -> None:
    a, b, worlds = (list(column) for column in zip(*rows, strict=True))
    found = paired_difference(a, b, worlds, resamples=200, seed=3)
    assert paired_difference(b, a, worlds, resamples=200, seed=3) == swapped(found)
    names = dict(zip("abcdefghij", rng.sample("klmnopqrst", 10), strict=True))
    shuffled = [(x, y, names[world]) for x, y, world in rng.sample(rows, len(rows))]
    again = paired_difference(
        *(list(column) for column in zip(*shuffled, strict=True)), resamples=200, seed=3
    )
    assert again == found


@settings(deadline=None)
@given(ROWS)
def test_intervals_hold_the_difference_and_stay_possible(
    rows: list[tuple[float, float, str]],
) -> None:
    a, b, worlds = (list(column) for column in zip(*rows, strict=True))
    found = paired_difference(a, b, worlds, resamples=200)
    assert (found.interval is None) == (len(set(worlds)) < 5)
    if found.interval:
        assert -1 <= found.interval.low <= found.difference <= found.interval.high <= 1
        assert found.interval.low < found.interval.high
    if found.bootstrap:
        assert -1 <= found.bootstrap.low <= found.bootstrap.high <= 1


def simulated(
    rng: np.random.Generator, groups: int, effect: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Right and wrong of two arms, each (groups, 8), where every world favours one of them."""
    favour = rng.choice([-0.3, 0.3], size=(groups, 1)) + effect
    a = rng.random((groups, 8)) < 0.5 + favour / 2
    b = rng.random((groups, 8)) < 0.5 - favour / 2
    return a.astype(float), b.astype(float)


@pytest.mark.parametrize("groups", [8, 30, 100])
def test_intervals_cover_the_true_difference_about_as_often_as_they_say(groups: int) -> None:
    rng, runs, effect = np.random.default_rng(groups), 1000, 0.1
    worlds = [f"w{n // 8}" for n in range(8 * groups)]
    covered = naive = 0
    for _ in range(runs):
        a, b = simulated(rng, groups, effect)
        difference = (a - b).ravel()
        found = difference_interval(by_world(difference, worlds))
        assert found is not None
        covered += found.low <= effect <= found.high
        reach = 1.96 * difference.std(ddof=1) / len(difference) ** 0.5
        naive += abs(difference.mean() - effect) <= reach
    # Four standard errors of 95% in 1000 runs are 2.8 points.
    assert 0.922 <= covered / runs <= 0.978
    # Worlds matter in this simulation: without them coverage is far off.
    assert naive / runs < 0.9


def test_arms_that_do_not_differ_are_rarely_said_to_differ() -> None:
    rng, runs, groups = np.random.default_rng(5), 1000, 12
    worlds = [f"w{n // 8}" for n in range(8 * groups)]
    by_t = by_permutation = by_mcnemar = 0
    for _ in range(runs):
        a, b = (arm.ravel().tolist() for arm in simulated(rng, groups, 0.0))
        found = paired_difference(a, b, worlds, resamples=1)
        assert found.interval is not None
        assert found.mcnemar is not None
        by_t += not found.interval.low <= 0 <= found.interval.high
        by_permutation += found.permutation_p <= 0.05
        by_mcnemar += found.mcnemar <= 0.05
    # Four standard errors of 5% in 1000 runs are 2.8 points.
    assert 0.022 <= by_t / runs <= 0.078
    assert 0.022 <= by_permutation / runs <= 0.078
    assert by_mcnemar / runs > 0.1


@pytest.mark.parametrize("groups", [5, 8, 40, 200])
def test_p_is_that_of_statsmodels_regression(groups: int) -> None:
    a, b, worlds = drawn(groups, seed=groups)
    difference = [x - y for x, y in zip(a, b, strict=True)]
    codes = np.unique(worlds, return_inverse=True)[1]
    fit = sm.OLS(difference, np.ones(len(difference))).fit(
        cov_type="cluster",
        cov_kwds={"groups": codes, "use_correction": True, "df_correction": True},
        use_t=True,
    )
    assert paired_difference(a, b, worlds).t_p == pytest.approx(float(fit.pvalues[0]), abs=1e-10)


@pytest.mark.parametrize("seed", range(20))
def test_p_is_under_5_percent_just_where_the_interval_excludes_0(seed: int) -> None:
    found = paired_difference(*drawn(8, seed))
    assert found.interval is not None
    assert found.t_p is not None
    excluded = found.interval.low > 0 or found.interval.high < 0
    assert (found.t_p < 0.05) == excluded


def test_p_where_there_is_no_t_test() -> None:
    assert paired_difference([1.0] * 4, [0.0] * 4, list("abcd")).t_p is None
    agreeing = paired_difference([1.0] * 6, [0.0] * 6, list("abcdef"))
    assert agreeing.t_p == agreeing.permutation_p == 2 / 2**6


def test_the_detectable_effect_is_that_of_the_differences() -> None:
    a, b, worlds = drawn(30, seed=4)
    found = paired_difference(a, b, worlds)
    difference = [x - y for x, y in zip(a, b, strict=True)]
    effect = design_effect(difference, worlds)
    assert effect is not None
    assert found.design_effect == effect
    share = sum(d * d for d in difference) / len(difference)
    expected = minimum_detectable_effect(share, len(a), max(1.0, effect), found.worlds - 1)
    assert found.minimum_detectable_effect == pytest.approx(expected)


@pytest.mark.parametrize("size", [1e-200, 1.0, 3e9])
def test_numbers_of_any_size_are_compared_as_those_of_about_1(size: float) -> None:
    rng = np.random.default_rng(4)
    a, b = rng.normal(1.5, 4, (2, 60)) * size
    worlds = [f"w{n % 12}" for n in range(60)]
    found = paired_difference(a.tolist(), b.tolist(), worlds, bounded=False, margin=None)
    low, high = by_statsmodels(((a - b) / size).tolist(), worlds, 0.05)
    assert found.interval is not None
    assert found.interval.low / size == pytest.approx(low, abs=1e-10)
    assert found.interval.high / size == pytest.approx(high, abs=1e-10)
    assert found.difference / size == pytest.approx(float(np.mean(a - b)) / size, abs=1e-10)
    assert found.mean_a / size == pytest.approx(float(a.mean()) / size, abs=1e-10)
    assert found.minimum_detectable_effect is not None
    assert found.minimum_detectable_effect > 0
    assert found.equivalent is found.margin is found.mcnemar is None


def test_a_power_of_two_changes_no_digit_but_the_size() -> None:
    a, b, worlds = drawn(12)
    a = [value * 3.7 for value in a]
    found = paired_difference(a, b, worlds, bounded=False, margin=3.0)
    larger = paired_difference(
        [x * 1024 for x in a], [y * 1024 for y in b], worlds, bounded=False, margin=3072
    )
    assert found.interval is not None
    assert larger.interval is not None
    assert larger.interval.low == found.interval.low * 1024
    assert larger.difference == found.difference * 1024
    assert (larger.t_p, larger.permutation_p) == (found.t_p, found.permutation_p)
    assert larger.equivalent is found.equivalent is True


def test_nothing_cuts_the_interval_of_numbers_and_nothing_bounds_agreement() -> None:
    worlds = [f"w{n}" for n in range(6)]
    wide = paired_difference([5.0, -4.0] * 3, [0.0] * 6, worlds, bounded=False)
    assert wide.interval is not None
    assert wide.interval.high > 5
    agreeing = paired_difference([7.0] * 6, [2.0] * 6, worlds, bounded=False)
    assert agreeing.interval is agreeing.bootstrap is agreeing.equivalent is None
    assert agreeing.difference == 5
    with pytest.raises(ValueError, match="not finite"):
        paired_difference([float("inf")] * 6, [2.0] * 6, worlds, bounded=False)
    binary = paired_difference([1.0, 0.0] * 3, [0.0] * 6, worlds, bounded=False)
    assert binary.only_a == 3
