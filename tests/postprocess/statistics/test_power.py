"""Detectable effects against the power that they promise, design effects against statsmodels."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from postprocess.statistics.power import design_effect, minimum_detectable_effect


def test_figures_of_the_design() -> None:
    assert minimum_detectable_effect(0.2, 100, 1.5) == pytest.approx(0.153, abs=5e-4)
    assert minimum_detectable_effect(0.2, 500, 1.5) == pytest.approx(0.069, abs=5e-4)


@pytest.mark.parametrize("freedom", [None, 7, 14, 29, 99])
def test_the_test_finds_such_an_effect_four_times_in_five(freedom: int | None) -> None:
    share, n, spread = 0.2, 400, 1.5
    found = minimum_detectable_effect(share, n, spread, freedom)
    distance = found / math.sqrt(share * spread / n)
    if freedom is None:
        power = stats.norm.sf(1.959964 - distance)
    else:
        power = stats.nct.sf(stats.t.ppf(0.975, freedom), freedom, distance)
    # Student's quantiles are an approximation to the noncentral t, good to a point.
    assert power == pytest.approx(0.80, abs=0.01)


def test_normal_quantiles_would_promise_too_much_with_few_worlds() -> None:
    ratio = minimum_detectable_effect(0.2, 64, 1, 7) / minimum_detectable_effect(0.2, 64, 1)
    assert ratio == pytest.approx(1.16, abs=0.005)


@pytest.mark.parametrize("groups", [2, 9, 50])
def test_the_design_effect_is_statsmodels_ratio_of_variances(groups: int) -> None:
    rng = np.random.default_rng(groups)
    worlds = [f"w{g}" for g in range(groups) for _ in range(rng.integers(2, 9))]
    shift = dict(zip(sorted(set(worlds)), rng.normal(0, 0.5, groups), strict=True))
    values = [float(rng.normal() + shift[world]) for world in worlds]
    model = sm.OLS(values, np.ones(len(values)))
    codes = np.unique(worlds, return_inverse=True)[1]
    robust = model.fit(cov_type="cluster", cov_kwds={"groups": codes}).bse[0] ** 2
    expected = robust / model.fit().bse[0] ** 2
    assert design_effect(values, worlds) == pytest.approx(expected, rel=1e-10)


def test_one_question_a_world_is_no_design_effect_and_copies_multiply_it() -> None:
    values, worlds = [0.1, 0.5, -0.3, 0.9, 0.0], list("abcde")
    assert design_effect(values, worlds) == pytest.approx(1)
    # Four copies of each question carry no news: 4 but for the n - 1 of the naive variance.
    assert design_effect(values * 4, worlds * 4) == pytest.approx(4 * (19 / 20) / (4 / 5))


def test_worlds_that_are_alike_have_one_under_1_and_constant_values_have_none() -> None:
    below = design_effect([1.0, -1.0, 1.0, -1.0, 1.0, 0.0], list("aabbcc"))
    assert below is not None
    assert 0 <= below < 1
    assert design_effect([0.3] * 12, list("abcdef") * 2) is None
    assert design_effect([0.3, 0.5], list("aa")) is None
