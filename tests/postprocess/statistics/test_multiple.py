"""Holm's adjustment against statsmodels."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from postprocess.statistics.multiple import holm

P_VALUES = st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=20)


@pytest.mark.parametrize("count", [1, 2, 5, 12])
def test_it_is_statsmodels_holm(count: int) -> None:
    p_values = (np.random.default_rng(count).random(count) ** 3).tolist()
    theirs = multipletests(p_values, method="holm")[1]
    assert holm(p_values) == pytest.approx(list(theirs), abs=1e-10)
    ties = [p_values[0], *p_values, 0.0, 1.0]
    assert holm(ties) == pytest.approx(list(multipletests(ties, method="holm")[1]), abs=1e-10)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=7))
def test_it_is_the_closed_test_by_bonferroni(p_values: list[float]) -> None:
    every = range(len(p_values))
    sets = [chosen for size in every for chosen in itertools.combinations(every, size + 1)]
    # One is rejected if every set of hypotheses that it belongs to is, by the smallest p-value.
    expected = [
        max(min(1.0, len(one) * min(p_values[j] for j in one)) for one in sets if i in one)
        for i in every
    ]
    assert holm(p_values) == pytest.approx(expected, abs=1e-12)


@given(P_VALUES)
def test_what_was_not_tested_does_not_count(p_values: list[float | None]) -> None:
    found = holm(p_values)
    assert [p is None for p in found] == [p is None for p in p_values]
    made = [p for p in p_values if p is not None]
    assert [p for p in found if p is not None] == holm(made)


@given(P_VALUES)
def test_adjusted_values_are_no_smaller_and_keep_the_ranks(p_values: list[float | None]) -> None:
    pairs = [
        (p, q)
        for p, q in zip(p_values, holm(p_values), strict=True)
        if p is not None and q is not None
    ]
    assert all(p <= q <= 1 for p, q in pairs)
    adjusted = [q for _, q in sorted(pairs)]
    assert adjusted == sorted(adjusted)


def test_an_example_by_hand() -> None:
    assert holm([0.01, None, 0.04, 0.03]) == pytest.approx([0.03, None, 0.06, 0.06])
    assert holm([]) == []
    assert holm([None, 0.2]) == [None, 0.2]


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="no p-value"):
        holm([0.5, bad, 0.1])
