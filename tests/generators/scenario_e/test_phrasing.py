from __future__ import annotations

import pytest

from generators.scenario_e import generate
from generators.scenario_e.phrasing import (
    EVENT_TEMPLATE_COUNT,
    QUESTION_TEMPLATE_COUNT,
    event_text,
    question_text,
)

FACT = {"who": "Nora", "thing": "box", "number": "447"}


def test_every_wording_of_an_event_states_everything():
    texts = {event_text(FACT, "14 March 2023", place) for place in range(EVENT_TEMPLATE_COUNT)}
    assert texts == {
        "14 March 2023: Nora got box 447.",
        "Nora got box 447 on 14 March 2023.",
        "On 14 March 2023 Nora got box 447.",
        "14 March 2023: box 447 went to Nora.",
    }


@pytest.mark.parametrize(
    ("asked", "template", "expected"),
    [
        ("number", 0, "Which box number did Nora get?"),
        ("number", 3, "What number does Nora's box have?"),
        ("who", 0, "Who was it that got box 447?"),
        ("who", 3, "To which person did box 447 go?"),
    ],
)
def test_questions_read_as_english(asked: str, template: int, expected: str):
    given = {slot: value for slot, value in FACT.items() if slot != asked}
    assert question_text(asked, given, template) == expected


def test_each_asked_slot_has_four_wordings():
    rows = generate(300, 1)
    for asked in ("number", "who"):
        wordings = set()
        for row in rows:
            if row["asked_slot"] == asked:
                for slot, cue in zip(row["given_slots"], row["cues"], strict=True):
                    row["query"] = row["query"].replace(cue, slot)
                wordings.add(row["query"])
        assert len(wordings) == QUESTION_TEMPLATE_COUNT >= 4
