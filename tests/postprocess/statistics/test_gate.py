"""The headroom gate at its edges."""

from __future__ import annotations

import pytest

from postprocess.statistics.gate import gate
from postprocess.statistics.intervals import Interval


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.5, 0.69, "pass"),
        (0.5, 0.7, "inconclusive"),
        (0.69, 0.8, "inconclusive"),
        (0.7, 0.8, "fail"),
        (0.75, 0.8, "fail"),
    ],
)
def test_the_interval_decides(low: float, high: float, verdict: str) -> None:
    found = gate((low + high) / 2, Interval(low, high, "cluster t"))
    assert found.by_interval == verdict
    assert found.threshold == 0.7


def test_without_an_interval_only_the_point_rule_speaks() -> None:
    found = gate(0.1, None)
    assert (found.by_interval, found.by_point) == ("inconclusive", "pass")
    assert gate(None, None).by_point is None


def test_the_point_rule_is_the_mean_alone() -> None:
    wide = Interval(0.2, 0.9, "cluster t")
    assert gate(0.699, wide).by_point == "pass"
    assert gate(0.7, wide).by_point == "fail"
    assert gate(0.65, wide, threshold=0.6).by_point == "fail"
    assert gate(0.65, wide, threshold=0.95).by_interval == "pass"
