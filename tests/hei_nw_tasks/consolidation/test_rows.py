"""Rows say what the text says, in its own words."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hei_nw_tasks.consolidation.rows import rows_of

TEXTS = {
    "At 07:17 on 2 November 2018, Milo Macready measured a teal magnet in Rillrigg.": {
        "07:17": "When on 2 November 2018, Milo",
        "2 November 2018": "when, Milo",
        "Milo Macready": "who measured a teal magnet",
        "teal magnet": "measured what in",
        "Rillrigg": "magnet where",
    },
    "Since 3 May 2021, the port of shrike-95 is 5433.": {
        "3 May 2021": "When, the port",
        "port": "what of shrike-95",
        "shrike-95": "port of what is",
        "5433": "is what",
    },
    "Nothing happened.": {},
}


@pytest.mark.parametrize("text", TEXTS)
def test_each_value_is_asked_for(text: str):
    rows = rows_of("e1", text, Random(0))
    assert rows[0].prompt == ""
    assert rows[0].answer == text
    found = {row.answer: row.prompt for row in rows[1::3]}
    assert found.keys() - {"Nothing"} == TEXTS[text].keys()
    for answer, part in TEXTS[text].items():
        assert part in found[answer]
        assert answer not in found[answer]


@settings(max_examples=30)
@given(st.text(max_size=80), st.integers())
def test_any_text_gives_rows_whose_gaps_are_filled_by_their_answers(text: str, seed: int):
    rows = rows_of("e", text, Random(seed))
    assert rows[0].answer == text
    for row in rows[1:]:
        assert row.event == "e"
        assert row.answer in text
        assert row.prompt.endswith("\nAnswer:")
    gaps = [row for row in rows if row.prompt.startswith("Fill the gap: ")]
    for row in gaps:
        if "___" not in text:
            shown = row.prompt.removeprefix("Fill the gap: ").removesuffix("\nAnswer:")
            assert shown.replace("___", row.answer) == text
