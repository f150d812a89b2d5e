"""The values that a wrong answer could name: distinct, not the right ones, the first so many."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from generators.asking import MAX_OTHER_ANSWERS, ask
from generators.records import Event, Question

EVENT = Event("e", "w", 0, date(2020, 5, 1), "text", {"what": "0"}, "target", True)


def question(mentioned: list[str]) -> Question:
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
        stale=["1"],
        distractors=["2"],
        mentioned=iter(mentioned),
    )


@given(st.lists(st.integers(0, 120).map(str), max_size=400))
def test_other_answers_are_the_first_distinct_ones(mentioned: list[str]):
    expected = [value for value in dict.fromkeys(mentioned) if value not in {"0", "1", "2"}]
    assert question(mentioned).other_answers == expected[:MAX_OTHER_ANSWERS]
