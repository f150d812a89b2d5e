"""The values that a wrong answer could name: distinct, not the right ones, the first so many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from generators.records import Event, Question
from generators.world.answers import MAX_OTHER_ANSWERS, ask

EVENT = Event("e", "w", 0, date(2020, 5, 1), "text", {"what": "0"}, "target", True)


def question(
    mentioned: list[str], stale: Sequence[str] = ("1",), distractors: Sequence[str] = ("2",)
) -> Question:
    return ask(
        [EVENT],
        scenario="A",
        question_id="q",
        group_id="g",
        as_of=EVENT.date,
        visible=1,
        query="What?",
        kind="single",
        cue_type="what_from_1",
        asked="what",
        given={"who": "Ada"},
        answers=["0"],
        evidence=[0],
        stale=stale,
        distractors=distractors,
        mentioned=iter(mentioned),
    )


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
