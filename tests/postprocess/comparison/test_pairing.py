"""Which questions are paired, and which tests are adjusted together."""

from __future__ import annotations

import pytest

from postprocess.comparison.pairing import adjusted, difference, differences
from postprocess.measures import ABSTENTION, PAIRED, PRIMARY
from postprocess.schema.index import Difference
from tests.postprocess.comparison.made import compared_run


def test_questions_are_paired_by_their_hash() -> None:
    a = compared_run("rag", {PRIMARY: {"z": 1.0, "y": 1.0, "x": 0.0, "only a": 1.0}})
    b = compared_run("none", {PRIMARY: {"x": 1.0, "y": 0.0, "z": 0.0, "b1": 1.0, "b2": 1.0}})
    found = difference(a, b, PRIMARY, seed=0)
    assert found is not None
    assert (found.a, found.b, found.metric, found.n, found.unpaired) == (
        "rag",
        "none",
        PRIMARY,
        3,
        3,
    )
    assert (found.mean_a, found.mean_b) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert found.difference == pytest.approx(1 / 3)
    assert (found.worlds, found.differing_worlds) == (3, 3)
    assert found.p_mcnemar == 1.0
    assert found.margin == 0.05
    assert found.p_holm is None


def test_worlds_are_those_of_the_paired_questions() -> None:
    scores = {PRIMARY: {str(n): float(n % 2) for n in range(12)}}
    worlds = {str(n): f"w{n // 2}" for n in range(12)}
    a = compared_run("rag", scores, worlds=worlds)
    b = compared_run("none", {PRIMARY: dict.fromkeys(scores[PRIMARY], 0.0)})
    found = difference(a, b, PRIMARY, seed=0)
    assert found is not None
    assert found.worlds == 6
    assert found.p == found.p_permutation == 2 / 2**6


def test_arms_that_share_no_question_have_no_difference() -> None:
    a, b = compared_run("rag", {PRIMARY: {"x": 1.0}}), compared_run("none", {PRIMARY: {"y": 1.0}})
    assert difference(a, b, PRIMARY, seed=0) is None


def test_every_later_arm_is_compared_with_every_earlier_one_in_every_metric_of_both() -> None:
    both = {PRIMARY: {"x": 1.0}, ABSTENTION: {"y": 1.0}}
    arms = [compared_run("none", both), compared_run("rag", both)]
    arms.append(compared_run("oracle", {PRIMARY: {"x": 1.0}}))
    found = [(one.a, one.b, one.metric) for one in differences(arms, seed=0)]
    assert found == [
        ("rag", "none", PRIMARY),
        ("rag", "none", ABSTENTION),
        ("oracle", "none", PRIMARY),
        ("oracle", "rag", PRIMARY),
    ]


@pytest.mark.parametrize(("arms", "pairs"), [(12, 66), (13, 12), (300, 299)])
def test_many_arms_are_each_compared_with_the_first(arms: int, pairs: int) -> None:
    one = {PRIMARY: {"x": 1.0}}
    others = [compared_run("rag", one, label=f"rag {k}") for k in range(arms - 1)]
    found = differences([compared_run("none", one), *others], seed=0)
    assert len(found) == pairs
    if arms > 12:
        assert {difference.b for difference in found} == {"none"}


def test_holm_is_over_all_groups_and_over_one_metric_at_a_time() -> None:
    def one(metric: str, p: float | None) -> Difference:
        a = compared_run("rag", {metric: {"x": 1.0}})
        found = difference(a, compared_run("none", {metric: {"x": 0.0}}), metric, seed=0)
        assert found is not None
        return found.model_copy(update={"p": p})

    other = PAIRED[1]
    groups = [[one(PRIMARY, 0.01), one(other, 0.04)], [one(PRIMARY, 0.03), one(PRIMARY, None)]]
    made = [[found.p_holm for found in group] for group in adjusted(groups)]
    assert made == [[0.02, 0.04], [0.03, None]]
    assert [[found.metric for found in group] for group in adjusted(groups)] == [
        [PRIMARY, other],
        [PRIMARY, PRIMARY],
    ]
