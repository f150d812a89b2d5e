from __future__ import annotations

import re

import pytest

from generators.scenario_a import generate
from generators.scenario_a.phrasing import EVENT_TEMPLATES, cue_words, event_text, question_text

EPISODE = {
    "who": "Mara Holm",
    "action": "buy",
    "what": "ivory kettle",
    "where": "Thornvale",
    "when": "14 March 2023 at 09:40",
}


def test_every_wording_of_an_event_states_everything():
    texts = {event_text(EPISODE, template) for template in EVENT_TEMPLATES}
    assert len(texts) == len(EVENT_TEMPLATES) >= 4
    for text in texts:
        for part in ("Mara Holm bought an ivory kettle", "Thornvale", "14 March 2023", "09:40"):
            assert part in text


@pytest.mark.parametrize(
    ("kind", "asked", "given", "expected"),
    [
        ("single", "who", ["what"], "Who dealt with the ivory kettle?"),
        ("single", "what", ["who", "where"], "What did Mara Holm deal with in Thornvale?"),
        (
            "single",
            "where",
            ["action", "when"],
            "Where did someone buy something on 14 March 2023 at 09:40?",
        ),
        (
            "latest",
            "when",
            ["who"],
            "At what exact time did Mara Holm most recently deal with something?",
        ),
        ("latest", "what", ["who", "action"], "What did Mara Holm most recently buy?"),
        (
            "list",
            "where",
            ["what", "action"],
            "List every place where anyone bought the ivory kettle.",
        ),
    ],
)
def test_questions_read_as_english(kind: str, asked: str, given: list[str], expected: str):
    words = cue_words({slot: EPISODE[slot] for slot in given})
    assert question_text(kind, asked, words, 0) == expected


def test_each_asked_slot_has_four_wordings():
    rows = generate(600, 1)
    for asked in ("who", "what", "where", "when"):
        openings = {
            re.split(r" (?:did|who|that|where|which|with|show|[a-z]+ed) ", row["query"])[0]
            for row in rows
            if row["asked_slot"] == asked and row["query_kind"] == "single"
        }
        assert len(openings) >= 4, openings


def test_a_question_gives_its_cues_and_nothing_else():
    for row in generate(400, 2):
        for slot, cue in zip(row["given_slots"], row["cues"], strict=True):
            parts = cue.split(" at ") if slot == "when" else [cue]
            if slot != "action":
                assert all(part in row["query"] for part in parts)
        assert bool(re.search("something|anything", row["query"])) == (
            "what" not in row["given_slots"] and row["asked_slot"] != "what"
        )
        assert bool(re.search(r"\bdealt? with\b", row["query"])) == (
            "action" not in row["given_slots"]
        )
