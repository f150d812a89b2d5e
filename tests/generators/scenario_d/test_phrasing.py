from __future__ import annotations

import pytest

from generators.scenario_d import generate
from generators.scenario_d.phrasing import (
    EVENT_TEMPLATE_COUNT,
    QUESTION_TEMPLATE_COUNT,
    event_text,
    question_text,
)

PARCEL = {
    "code": "KXM-4471",
    "who": "Nora Holm",
    "where": "Thornvale",
    "receipt": "52817",
    "when": "14 March 2023 at 09:40",
}


def test_every_wording_of_an_event_states_everything():
    texts = {
        event_text(PARCEL, "14 March 2023", "09:40", template)
        for template in range(EVENT_TEMPLATE_COUNT)
    }
    assert len(texts) == EVENT_TEMPLATE_COUNT >= 4
    for text in texts:
        for part in ("parcel KXM-4471", "Nora Holm", " Thornvale", "receipt 52817", "09:40"):
            assert part in text.replace("In ", " in ")
        assert "14 March 2023" in text


def test_an_event_reads_as_english():
    assert event_text(PARCEL, "14 March 2023", "09:40", 0) == (
        "On 14 March 2023 at 09:40, parcel KXM-4471 was handed to Nora Holm in Thornvale; "
        "receipt 52817."
    )


@pytest.mark.parametrize(
    ("asked", "template", "expected"),
    [
        ("who", 0, "Who collected parcel KXM-4471?"),
        ("who", 3, "To whom was parcel KXM-4471 handed?"),
        ("where", 1, "In which place was parcel KXM-4471 picked up?"),
        ("receipt", 2, "Name the receipt number for parcel KXM-4471."),
    ],
)
def test_questions_read_as_english(asked: str, template: int, expected: str):
    assert question_text(asked, "KXM-4471", template) == expected


def test_each_asked_slot_has_four_wordings():
    rows = generate(600, 1)
    for asked in ("who", "where", "receipt"):
        wordings = {
            row["query"].replace(row["cues"][0], "") for row in rows if row["asked_slot"] == asked
        }
        assert len(wordings) == QUESTION_TEMPLATE_COUNT >= 4
