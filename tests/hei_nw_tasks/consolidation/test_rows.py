"""Rows say what the text says, in its own words."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hei_nw_tasks.consolidation.rows import Row, rows_of

TEXTS = {
    "At 07:17 on 2 November 2018, Milo Macready measured a teal magnet in Rillrigg.": {
        "07:17": "When ",
        "2 November 2018": "hen was it that",
        "Milo Macready": "who measured ",
        "teal magnet": "measured what",
        "Rillrigg": " where?",
    },
    "Since 3 May 2021, the port of shrike-95 is 5433.": {
        "3 May 2021": "When was it that",
        "port": "hat of ",
        "shrike-95": "What was it that ",
        "5433": " is what?",
    },
}


@pytest.mark.parametrize("text", TEXTS)
def test_each_value_is_asked_for_in_two_ways_and_never_said(text: str):
    seen: dict[str, set[str]] = {}
    for seed in range(20):
        rows = rows_of("e1", text, Random(seed))
        for row in rows:
            seen.setdefault(row.answer, set()).add(row.question or "")
    asked = {answer: found for answer, found in seen.items() if answer in TEXTS[text]}
    assert asked.keys() == TEXTS[text].keys()
    for answer, part in TEXTS[text].items():
        assert any(part in question for question in asked[answer])
        assert any("was it that" in question for question in asked[answer])
        assert any("was it that" not in question for question in asked[answer])
        assert not any(answer in question for question in asked[answer])


def test_a_text_without_values_is_trained_on_as_it_is():
    text = "it rained for days."
    assert rows_of("e", text, Random(0)) == [Row("e", None, text)]


def test_any_part_may_be_left_out():
    text = "Ada Brook carried a red umbrella to Lindow."
    cues = {
        tuple(word in (row.question or "") for word in ("Ada Brook", "umbrella"))
        for seed in range(30)
        for row in rows_of("e", text, Random(seed))
        if row.answer == "Lindow"
    }
    assert len(cues) == 4


@settings(max_examples=30)
@given(st.text(max_size=80), st.integers())
def test_any_text_gives_rows_in_its_own_words(text: str, seed: int):
    rows = rows_of("e", text, Random(seed))
    assert rows
    asking = {"when", "who", "where", "what", "was", "it", "that"}
    unsaid = {"someone", "somewhere", "something"}
    for row in rows:
        assert row.event == "e"
        assert row.answer in text
        if row.question is not None:
            assert row.question.endswith("?")
            said = set(re.findall(r"\w+", row.question.lower()))
            assert said <= set(re.findall(r"\w+", text.lower())) | asking | unsaid
