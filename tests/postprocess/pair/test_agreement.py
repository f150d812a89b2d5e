"""`pair` on tasks that are not ours against statsmodels and scipy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from tests.postprocess.pair.saved_pairs import A, B, one, paired, rows, values

MEASURES = [
    ("quiz_colours", "acc", "none"),
    ("quiz_owners", "acc_norm", "none"),
    ("sums", "exact_match", "strict-match"),
    ("sums", "exact_match", "flexible-extract"),
    ("stories", "exact_match", "stripped"),
    ("words", "acc", "none"),
]


@pytest.fixture(scope="module")
def pairing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return paired(tmp_path_factory.mktemp("paired"), A, B)


@pytest.fixture(scope="module")
def clustered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("clustered")
    return paired(out, A, B, "--task", "stories", "--cluster", "doc.story_id")


def both(task: str, metric: str, filter_name: str) -> tuple[list[float], list[float]]:
    """The values of the second side and of the first, document by document."""
    of_a, of_b = values(A, task, metric, filter_name), values(B, task, metric, filter_name)
    assert of_a.keys() == of_b.keys()
    return [of_b[key] for key in of_a], list(of_a.values())


@pytest.mark.parametrize(("task", "metric", "filter_name"), MEASURES)
def test_it_is_the_paired_t_test_where_documents_are_draws(
    pairing: dict[str, Any], task: str, metric: str, filter_name: str
) -> None:
    found = one(pairing, task, metric, filter_name)["difference"]
    second, first = both(task, metric, filter_name)
    expected = stats.ttest_rel(second, first)
    interval = expected.confidence_interval(0.95)
    assert (found["a"], found["b"]) == ("small-b", "small-a")
    assert found["n"] == len(first)
    assert found["difference"] == pytest.approx(np.mean(second) - np.mean(first), abs=1e-10)
    assert found["p"] == pytest.approx(expected.pvalue, abs=1e-10)
    assert found["interval"]["low"] == pytest.approx(interval.low, abs=1e-10)
    assert found["interval"]["high"] == pytest.approx(interval.high, abs=1e-10)


@pytest.mark.parametrize(("task", "metric", "filter_name"), MEASURES)
def test_mcnemar_is_statsmodels_and_scipys(
    pairing: dict[str, Any], task: str, metric: str, filter_name: str
) -> None:
    found = one(pairing, task, metric, filter_name)
    second, first = both(task, metric, filter_name)
    table = [
        [sum((x, y) == (p, q) for x, y in zip(second, first, strict=True)) for q in (1, 0)]
        for p in (1, 0)
    ]
    alone = table[0][1], table[1][0]
    assert (found["only_a"], found["only_b"]) == alone
    assert found["differing"] == sum(alone) == len(found["flips"]) > 0
    exact = mcnemar(table, exact=True).pvalue
    assert found["difference"]["p_mcnemar"] == pytest.approx(exact, abs=1e-10)
    binomial = stats.binomtest(alone[0], sum(alone), 0.5).pvalue
    assert found["difference"]["p_mcnemar"] == pytest.approx(binomial, abs=1e-10)


@pytest.mark.parametrize(("task", "metric", "filter_name"), MEASURES)
def test_the_permutation_test_is_scipys(
    pairing: dict[str, Any], task: str, metric: str, filter_name: str
) -> None:
    found = one(pairing, task, metric, filter_name)["difference"]["p_permutation"]
    second, first = both(task, metric, filter_name)
    differing = [(x, y) for x, y in zip(second, first, strict=True) if x != y]
    # Of differences of one size the sign-flip test is a binomial one, however many there are.
    wins = sum(x > y for x, y in differing)
    exact = stats.binomtest(wins, len(differing), 0.5).pvalue
    if len(differing) > 14:  # drawn at random
        assert found == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 10_000) + 2e-4)
        return
    expected = by_permuting([x - y for x, y in differing])
    assert found == pytest.approx(expected, abs=1e-10)
    assert found == pytest.approx(exact, abs=1e-10)


def by_permuting(sums: list[float]) -> float:
    """The exact sign-flip test of scipy."""
    done = stats.permutation_test(
        (np.asarray(sums),),
        lambda x, axis: np.sum(x, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=np.inf,
    )
    return float(done.pvalue)


def test_clusters_are_those_of_a_regression_with_clustered_errors(
    clustered: dict[str, Any],
) -> None:
    found = one(clustered, "stories", "exact_match", "stripped")["difference"]
    second, first = both("stories", "exact_match", "stripped")
    difference = np.asarray(second) - np.asarray(first)
    stories = [row["doc"]["story_id"] for row in rows(A, "stories")]
    codes = np.unique(stories, return_inverse=True)[1]
    fit = sm.OLS(difference, np.ones(len(difference))).fit(
        cov_type="cluster", cov_kwds={"groups": codes}, use_t=True
    )
    low, high = fit.conf_int(0.05)[0]
    assert found["worlds"] == len(set(stories)) == 10
    assert found["p"] == pytest.approx(float(fit.pvalues[0]), abs=1e-10)
    assert found["interval"]["low"] == pytest.approx(low, abs=1e-10)
    assert found["interval"]["high"] == pytest.approx(high, abs=1e-10)
    sums = [float(difference[codes == code].sum()) for code in set(codes)]
    expected = by_permuting([total for total in sums if total])
    assert found["p_permutation"] == pytest.approx(expected, abs=1e-10)
    # The smallest effect that this t test finds with 80% power, by its own quantiles.
    n, plain = len(difference), float(np.var(difference, ddof=1) / len(difference))
    effect = max(1.0, float(fit.bse[0]) ** 2 / plain)
    quantiles = stats.t.ppf(0.975, 9) + stats.t.ppf(0.8, 9)
    detectable = quantiles * math.sqrt(float(np.mean(difference**2)) * effect / n)
    assert found["minimum_detectable_effect"] == pytest.approx(detectable, abs=1e-10)


def test_holm_is_over_everything_on_the_page(pairing: dict[str, Any]) -> None:
    found = [row["difference"] for row in pairing["comparisons"]]
    assert pairing["tests"] == len(found) == 9
    expected = multipletests([row["p"] for row in found], method="holm")[1]
    assert [row["p_holm"] for row in found] == pytest.approx(list(expected), abs=1e-10)


def test_a_group_pools_the_documents_of_its_tasks(pairing: dict[str, Any]) -> None:
    found = one(pairing, "quiz", "acc", "none")
    parts = [both(task, "acc", "none") for task in ("quiz_colours", "quiz_owners")]
    second, first = ([x for part in parts for x in part[side]] for side in (0, 1))
    expected = stats.ttest_rel(second, first)
    assert found["pooled"] == ["quiz_colours", "quiz_owners"]
    assert found["difference"]["n"] == 40
    assert found["difference"]["p"] == pytest.approx(expected.pvalue, abs=1e-10)
    assert found["difference"]["mean_a"] == pytest.approx(np.mean(second), abs=1e-12)
