from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from generators.config import make_config
from generators.errors import ConfigError
from generators.world.lags import LagConfig, day_between


def test_edges_become_bins():
    assert LagConfig(lag_bins=(0, 2, 9)).bins == [(0, 2), (2, 9), (9, 13)]
    assert list(LagConfig().settings()) == ["n", "seed", "style", "lag_bins"]


@pytest.mark.parametrize("edges", [[5], [0, 3, 3], [4, 2], [-1, 2], [0, 1.5]])
def test_edges_that_make_no_bins_are_refused(edges: list[float]):
    with pytest.raises(ConfigError, match="lag_bins="):
        make_config(LagConfig, {"lag_bins": edges})


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (0, 100, {100: 1 / 2, 99: 1 / 6, 98: 1 / 6, 97: 1 / 6}),
        (98, 99, {99: 1 / 2, 98: 1 / 2}),
        (99, 100, {100: 3 / 4, 99: 1 / 4}),
        (0, 97, {97: 1}),
    ],
)
def test_between_two_days_each_is_as_likely_as_for_evidence(
    first: int, last: int, expected: dict[int, float]
):
    rng = Random(5)
    days = Counter(day_between(rng, [(0, 1), (1, 4)], 100, first, last) for _ in range(20_000))
    assert {day: count / days.total() for day, count in days.items()} == pytest.approx(
        expected, abs=0.02
    )
