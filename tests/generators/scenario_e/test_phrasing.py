from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generators.scenario_e import generate
from generators.scenario_e.phrasing import (
    ANSWER_TOKENS,
    EVENT_TEMPLATE_COUNT,
    INSTRUCTION,
    QUESTION_TEMPLATE_COUNT,
    event_text,
    prompt,
    question_text,
)

FACT = {"who": "Nora", "thing": "box", "number": "447"}
SHARED = Path(__file__).resolve().parents[3] / "hei_nw_tasks" / "tasks" / "_shared.yaml"


def test_the_budget_is_for_what_the_task_says():
    text = SHARED.read_text().replace("!function", "")
    task = yaml.safe_load(text)
    assert task["description"] == INSTRUCTION
    assert task["generation_kwargs"]["max_gen_toks"] == ANSWER_TOKENS
    question = task["doc_to_text"].replace("{{query}}", "Who?")
    assert prompt(["One.", "Two."], "Who?") == f"{INSTRUCTION}One.\nTwo.\n\n{question}"


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
