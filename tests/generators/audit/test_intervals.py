"""Areas and shares agree with scikit-learn and statsmodels; their intervals cover."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t
from sklearn.metrics import roc_auc_score

from generators.audit.intervals import area, share

ITEMS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 4)), min_size=2, max_size=40
)


@given(ITEMS)
@settings(max_examples=60, deadline=None)
def test_an_area_is_that_of_scikit_learn(items: list[tuple[bool, int, int]]) -> None:
    labels, scores, worlds = zip(*items, strict=True)
    if len({*labels}) == 2:
        found = area(labels, scores, worlds)
        assert found.value == pytest.approx(roc_auc_score(labels, scores))
        assert 0 <= found.low <= found.value <= found.high <= 1


@given(ITEMS)
@settings(max_examples=60, deadline=None)
def test_a_share_has_the_standard_error_of_a_clustered_regression(
    items: list[tuple[bool, int, int]],
) -> None:
    hits, _, worlds = zip(*items, strict=True)
    found = share([float(hit) for hit in hits], worlds)
    groups = len({*worlds})
    if groups < 2:
        assert (found.low, found.high) == (0, 1)
        return
    fit = sm.OLS(np.array(hits, dtype=float), np.ones(len(hits))).fit(
        cov_type="cluster",
        cov_kwds={"groups": np.array(worlds), "use_correction": False},
        use_t=True,
    )
    error = float(fit.bse[0]) * (groups / (groups - 1)) ** 0.5
    assert found.value == pytest.approx(float(fit.params[0]))
    if found.low > 0 and found.high < 1:
        assert found.high - found.value == pytest.approx(error * float(t.ppf(0.975, groups - 1)))


def test_an_areas_interval_covers_it_as_often_as_it_says() -> None:
    """Worlds shift all their scores, which an interval over single items would not see."""
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(400):
        worlds = np.repeat(np.arange(30), 10)
        labels = rng.random(300) < 0.4
        scores = rng.normal(size=300) + rng.normal(size=30)[worlds]
        found = area(labels, scores, worlds)
        covered += found.low <= 0.5 <= found.high
    assert 0.92 < covered / 400 < 0.98
