"""Scores of several responses together."""

from __future__ import annotations

import pytest

from hei_nw_tasks.scoring import aggregates


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        ((1.0, 1.0, 1.0), 1.0),
        ((0.5, 0.5, 0.5), 0.5),
        ((0.2, 0.4, 0.8), 12 / 35),
        ((1.0, 0.0, 1.0), 0.0),
        ((None, 1.0, 1.0), None),
        ((1.0, None, 0.0), None),
        ((1.0, 1.0, None), None),
    ],
)
def test_hot_patch_score(means: tuple[float | None, ...], expected: float | None) -> None:
    score = aggregates.hot_patch_score(*means)
    assert score == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([["Oslo", "oslo.", "The Oslo", "OSLO"]], 1.0),
        ([["Oslo", "Oslo", "Lima", "Lima"]], 1 / 3),
        ([["Oslo", "Rome", "Lima", "Quito"]], 0.0),
        ([["Oslo", "Oslo"], ["Lima", "Rome"], ["alone"]], 0.5),
        ([["alone"], []], None),
        ([], None),
    ],
)
def test_paraphrase_consistency(groups: list[list[str]], expected: float | None) -> None:
    consistency = aggregates.paraphrase_consistency(groups)
    assert consistency == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1.0, 1.0, 1.0),
        (0.5, 1.0, 2 / 3),
        (0.0, 1.0, 0.0),
        (1.0, 0.0, 0.0),
        (0.0, 0.0, 0.0),
        (None, 1.0, None),
        (0.3, None, None),
    ],
)
def test_harmonic_mean(a: float | None, b: float | None, expected: float | None) -> None:
    assert aggregates.harmonic_mean(a, b) == (None if expected is None else pytest.approx(expected))
