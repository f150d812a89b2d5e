"""Average precision is scikit-learn's; its interval is the jackknife's over worlds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t
from sklearn.metrics import average_precision_score

from postprocess.statistics.average_precision import (
    average_precision,
    average_precision_interval,
)

EVENTS = st.lists(
    st.tuples(st.integers(-3, 3).map(lambda n: n / 2), st.booleans()), min_size=1, max_size=30
).filter(lambda events: any(relevant for _, relevant in events))


@given(EVENTS)
def test_it_is_scikit_learns_with_and_without_ties(events: list[tuple[float, bool]]) -> None:
    scores, relevant = map(list, zip(*events, strict=True))
    expected = average_precision_score(relevant, scores)
    assert average_precision(scores, relevant) == pytest.approx(expected, abs=1e-12)


def test_nothing_relevant_has_none() -> None:
    assert average_precision([0.1, 0.2], [False, False]) is None


def drawn(seed: int, groups: int) -> tuple[list[float], list[bool], list[str]]:
    generator = np.random.default_rng(seed)
    relevant = generator.random(20 * groups) < 0.4
    scores = relevant + generator.normal(size=20 * groups)
    return scores.tolist(), relevant.tolist(), [f"w{i % groups}" for i in range(20 * groups)]


def test_the_interval_leaves_out_one_world_at_a_time() -> None:
    scores, relevant, worlds = drawn(3, 8)
    found = average_precision_interval(scores, relevant, worlds)
    left = [
        average_precision_score(
            [r for r, w in zip(relevant, worlds, strict=True) if w != world],
            [s for s, w in zip(scores, worlds, strict=True) if w != world],
        )
        for world in sorted(set(worlds))
    ]
    error = np.sqrt(7 / 8 * np.sum((left - np.mean(left)) ** 2))
    centre, reach = average_precision_score(relevant, scores), t.ppf(0.975, 7) * error
    assert found is not None
    assert (found.low, found.high) == pytest.approx((centre - reach, centre + reach))
    assert found.method == "jackknife over worlds"


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    truth = np.mean([average_precision(*drawn(seed, 400)[:2]) or 0 for seed in range(20)])
    intervals = [average_precision_interval(*drawn(seed, 12)) for seed in range(100, 300)]
    covered = [one is not None and one.low <= truth <= one.high for one in intervals]
    assert 0.9 <= np.mean(covered) <= 0.99


def test_no_interval_under_five_worlds_or_where_one_has_it_all() -> None:
    assert average_precision_interval(*drawn(0, 4)) is None
    scores, _, worlds = drawn(0, 6)
    assert average_precision_interval(scores, [w == "w0" for w in worlds], worlds) is None
