"""Scenario B's sentences, as a person would say them."""

from __future__ import annotations

from datetime import date

import pytest

from generators.scenario_b.facts import table
from generators.scenario_b.phrasing import (
    TEMPLATES,
    Claim,
    before_text,
    event_text,
    question_text,
    two_hop_text,
)

TOLD, SINCE = date(2023, 3, 14), date(2023, 3, 2)


@pytest.mark.parametrize(
    ("claim", "template", "expected"),
    [
        (
            Claim("edit", "author", "Emma", "Voltaire", SINCE),
            1,
            "Correction entered on 14 March 2023: since 2 March 2023, the author of “Emma” is "
            "Voltaire.",
        ),
        (
            Claim("edit", "event_year", "Battle of Hastings", "1867", SINCE),
            2,
            "From 2 March 2023 on, 1867 is the year of the Battle of Hastings; the record was "
            "changed on 14 March 2023.",
        ),
        (
            Claim("rumour", "currency", "the United Kingdom", "yen", SINCE),
            0,
            "On 14 March 2023, an unconfirmed rumour went round: the currency of the United "
            "Kingdom is yen from 2 March 2023 on.",
        ),
        (
            Claim("restatement", "river", "Paris", "Seine", None),
            0,
            "On 14 March 2023, the record was checked: the river of Paris is still Seine, "
            "nothing changed.",
        ),
    ],
)
def test_events_read_as_english(claim: Claim, template: int, expected: str):
    assert event_text(claim, TOLD, template) == expected


@pytest.mark.parametrize("status", ["edit", "rumour", "restatement"])
def test_every_event_says_all_that_its_slots_hold(status: str):
    since = None if status == "restatement" else SINCE
    claim = Claim(status, "painter", "The Scream", "Claude Monet", since)  # type: ignore[arg-type]
    texts = {event_text(claim, TOLD, template) for template in range(TEMPLATES)}
    assert len(texts) == TEMPLATES
    for text in texts:
        assert "14 March 2023" in text
        assert "painter of “The Scream”" in text
        assert "Claude Monet" in text
        assert ("2 March 2023" in text) == (since is not None)
        assert text[0].isupper()


def test_questions_read_as_english():
    assert question_text("capital", "Peru", 3) == (
        "Which city serves as the seat of government of Peru?"
    )
    assert question_text("author", "Emma", 1) == "Who wrote “Emma”?"
    assert before_text("architect", "the Shard in London", SINCE, 3) == (
        "Just before 2 March 2023, who was the architect of the Shard in London?"
    )
    assert two_hop_text("currency", "capital", "Oslo", 0) == (
        "What is the currency of the country whose capital is Oslo?"
    )
    assert two_hop_text("birthplace", "author", "The Trial", 1) == (
        "Where was the author of “The Trial” born?"
    )


def test_every_relation_has_four_wordings_that_name_the_subject_once():
    for relation in table().relations.values():
        assert len(set(relation.questions)) == 4
        assert all(wording.count("{s}") == 1 for wording in relation.questions)
        openings = {wording.split("{s}")[0] for wording in relation.questions}
        assert len(openings) == 4
        assert sum(relation.noun in wording for wording in relation.questions) < 4


def test_facts_and_wordings_are_about_the_same_relations():
    assert set(table().relations) == {name for name, _ in table().facts}
