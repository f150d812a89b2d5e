"""Numbers as people read them: a wide interval says why it is wide."""

from __future__ import annotations

import pytest

from postprocess.rendering.values import rate
from postprocess.schema.parts import Estimate
from postprocess.statistics.intervals import Interval, mean_interval


def of(mean: float | None, worlds: int, interval: Interval | None) -> Estimate:
    return Estimate(n=200, worlds=worlds, mean=mean, interval=interval, note=None)


@pytest.mark.parametrize(
    ("worlds", "method", "text"),
    [
        (20, "cluster t", "61.4% (57.1 to 65.6)"),
        (19, "cluster t", "61.4% (57.1 to 65.6, 19 worlds)"),
        (80, "exact over worlds", "61.4% (57.1 to 65.6, 80 worlds)"),
    ],
)
def test_an_interval_from_few_worlds_names_them(worlds: int, method: str, text: str) -> None:
    interval = Interval(0.571, 0.656, method)  # type: ignore[arg-type]
    assert rate(of(0.614, worlds, interval)) == text


def test_no_right_answer_in_five_worlds() -> None:
    worlds = [str(number % 5) for number in range(38)]
    assert rate(of(0.0, 5, mean_interval([0.0] * 38, worlds))) == "0.0% (0.0 to 52.2, 5 worlds)"


@pytest.mark.parametrize(
    ("worlds", "text"),
    [(1, "0.0% (no CI: 1 world)"), (4, "0.0% (no CI: 4 worlds)"), (9, "0.0% (no CI: a part is 0)")],
)
def test_a_missing_interval_says_why(worlds: int, text: str) -> None:
    assert rate(of(0.0, worlds, None)) == text


def test_a_missing_mean_is_a_dash() -> None:
    assert rate(of(None, 0, None)) == rate(None) == "–"
