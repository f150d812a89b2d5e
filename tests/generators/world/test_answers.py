"""The values that a wrong answer could name: distinct, not the right ones, the first so many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from generators.records import Event, Question
from generators.world.answers import MAX_OTHER_ANSWERS, Answer, QuestionDraft, answered

EVENT = Event("e", "w", 0, date(2020, 5, 1), "text", {"what": "0"}, "target", True)


def draft(kind: str) -> QuestionDraft:
    return QuestionDraft(
        scenario="A",
        question_id="q",
        group_id="g",
        as_of=EVENT.date,
        visible=1,
        query="What?",
        kind=kind,
        cue_type="what_from_1",
        asked="what",
        given={"who": "Ada"},
    )


def question(
    mentioned: list[str], stale: Sequence[str] = ("1",), distractors: Sequence[str] = ("2",)
) -> Question:
    answer = Answer(["0"], [0], (), stale, distractors, iter(mentioned))
    return answered(draft("single"), answer, [EVENT])


@given(st.lists(st.integers(0, 120).map(str), max_size=121, unique=True))
def test_other_answers_are_the_first_of_the_others(mentioned: list[str]):
    expected = [value for value in mentioned if value not in {"0", "1", "2"}]
    assert question(mentioned).other_answers == expected[:MAX_OTHER_ANSWERS]


@given(st.lists(st.integers(1, 5).map(str)), st.lists(st.integers(6, 9).map(str)))
def test_wrong_values_are_named_once_and_in_one_place(stale: list[str], distractors: list[str]):
    row = question([str(i) for i in range(12)], stale, distractors)
    assert row.prior_answers == list(dict.fromkeys(stale))
    assert row.distractor_answers == list(dict.fromkeys(distractors))
    named = [*row.answers, *row.prior_answers, *row.distractor_answers, *row.other_answers]
    assert sorted(named, key=int) == [str(i) for i in range(12)]


def test_a_list_is_one_answer_and_several_values():
    row = answered(draft("list"), Answer(["0", "7"], [0], mentioned=["7", "3", "0"]), [EVENT])
    assert (row.answers, row.values) == (["0, 7"], ["0", "7"])
    assert row.other_answers == ["3"]


def test_spellings_are_alternatives_of_one_value():
    answer = Answer(["0"], [0], spellings=["zero"], mentioned=["zero", "0", "3"])
    row = answered(draft("single"), answer, [EVENT])
    assert (row.answers, row.values) == (["0", "zero"], ["0"])
    assert row.other_answers == ["3"]


def test_without_an_answer_there_are_no_values():
    for kind in ("single", "list"):
        row = answered(draft(kind), Answer([], []), [EVENT])
        assert (row.answers, row.values, row.answerable, row.lag) == ([], [], False, None)
