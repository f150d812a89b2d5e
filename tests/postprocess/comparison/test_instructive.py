"""Which questions the page of answers shows."""

from __future__ import annotations

from dataclasses import replace

from postprocess.comparison.arms import ComparedRun, Located
from postprocess.comparison.instructive import instructive
from tests.postprocess.comparison.made import compared_run


def arm(**outcomes: str) -> ComparedRun:
    answers = {id_: Located(outcome, 0) for id_, outcome in outcomes.items()}  # type: ignore[arg-type]
    return replace(compared_run(), answers=answers)


def test_every_arm_and_kind_of_error_has_its_questions_in_the_order_of_the_dataset() -> None:
    one = arm(a="correct", b="stale", c="stale", d="stale", e="abstained", f="correct")
    other = arm(a="distractor", b="correct", c="correct", d="correct", e="correct", f="correct")
    assert instructive([one, other], per_kind=1) == ["a", "b", "e"]
    assert instructive([one, other], per_kind=2) == ["a", "b", "c", "e"]


def test_what_another_arm_got_right_comes_before_what_none_did() -> None:
    one = arm(a="stale", b="stale", c="stale")
    other = arm(a="stale", b="stale", c="correct")
    assert instructive([one, other], per_kind=1) == ["c", "a"][::-1]
    assert instructive([one], per_kind=1) == ["a"]


def test_one_question_serves_several_arms() -> None:
    arms = [arm(a="stale", b="stale"), arm(a="empty", b="empty"), arm(a="stale", b="stale")]
    assert instructive(arms, per_kind=1) == ["a"]


def test_the_bound_cuts_all_kinds_alike() -> None:
    arms = [arm(a="stale", b="stale", c="empty", d="empty")]
    assert instructive(arms, per_kind=2, most=2) == ["a", "c"]
    assert instructive(arms, per_kind=2, most=3) == ["a", "b", "c"]


def test_where_nothing_is_wrong_there_is_something_to_see() -> None:
    assert instructive([arm(a="correct", b="correct", c="correct")], per_kind=2) == ["a", "b"]
