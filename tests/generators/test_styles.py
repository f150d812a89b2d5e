"""`style` = "dialogue": the same worlds, told as turns of conversations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random
from typing import get_args

import pytest

from generators.config import Style
from generators.datasets.source import config_from
from generators.datasets.tables import build
from generators.records import Event, World
from generators.scenario_a import SCENARIO as A
from generators.scenario_b.facts import table, words_of
from generators.scenario_b.lexicon import relations_in
from generators.scenario_b.phrasing import Status
from generators.scenario_b.spoken import _CLAIMS
from generators.scenario_c.spoken import spoken
from generators.scenarios import SCENARIOS, scenario
from generators.verify.certificate import certify
from generators.world import dialogue
from generators.world.log import Draft
from generators.world.pools import pools

# Written down here again, so that the tests do not read a line with the code that wrote it.
LINE = re.compile(
    r"\[(?P<date>\d{1,2} [A-Z][a-z]+ \d{4})\] (?:(?P<asker>[A-Z][a-z]+): [^/:]+\? / )?"
    r"(?P<speaker>[A-Z][a-z]+(?: [A-Z][a-z]+)?): (?P<said>[^\n]+[.?])"
)
ASKS_TO_REMEMBER = re.compile(
    r"\b(?:remember|[Mm]emorise|[Nn]ote (?:this|it) down|[Rr]emind|want to know)"
)


@cache
def worlds(letter: str, style: Style) -> list[World]:
    return list(scenario(letter).worlds(config_from(letter, {"n": 40, "seed": 5, "style": style})))


def lines(letter: str) -> Iterator[tuple[Event, re.Match[str]]]:
    for world in worlds(letter, "dialogue"):
        for event in world.events:
            found = LINE.fullmatch(event.text)
            assert found is not None, event.text
            yield event, found


@pytest.mark.parametrize("letter", "ABCD")
def test_only_the_texts_of_events_differ(letter: str):
    logged, told = worlds(letter, "log"), worlds(letter, "dialogue")
    for before, after in zip(logged, told, strict=True):
        events = [event._replace(text=text.text) for event, text in pairs(after, before)]
        assert events == before.events
        assert all(event.text != other.text for event, other in pairs(before, after))
        without = [[replace(q, episode_text=None) for q in w.questions] for w in (before, after)]
        assert without[0] == without[1]
        texts = {event.event_id: event.text for event in after.events}
        for question in after.questions:
            evidence = "\n".join(texts[event_id] for event_id in question.evidence)
            assert question.episode_text == (evidence or None)


def pairs(one: World, other: World) -> Iterator[tuple[Event, Event]]:
    return zip(one.events, other.events, strict=True)


def test_transcripts_hold_the_same_facts_and_as_much_small_talk_as_fits():
    for before, after in zip(worlds("E", "log"), worlds("E", "dialogue"), strict=True):
        facts = [[e.slots for e in world.events if e.slots] for world in (before, after)]
        assert facts[0] == facts[1]
        asked = [
            [(q.id, q.query, q.answers, q.depth) for q in w.questions] for w in (before, after)
        ]
        assert asked[0] == asked[1]


@pytest.mark.parametrize("letter", SCENARIOS)
def test_every_scenario_is_proven_from_what_is_said(letter: str):
    certificate = certify(build(letter, config_from(letter, {"n": 100, "style": "dialogue"})))
    assert certificate.passed, str(certificate)
    assert "style=dialogue" in str(certificate)


@pytest.mark.parametrize("letter", SCENARIOS)
def test_every_event_is_a_dated_line_that_says_all_that_its_slots_hold(letter: str):
    unsaid = {"status", "relation", "attribute", "action", "since", "when"}
    for event, line in lines(letter):
        assert line["date"] == f"{event.date.day} {event.date:%B} {event.date.year}"
        for slot, value in event.slots.items():
            said = f"{line['speaker']}: {line['said']}"
            if letter == "C" and slot in ("subject", "forgotten of"):
                assert all(part in said for part in value.split(" on "))
            elif slot not in unsaid:
                assert value in said or value == "unset", event.text
        if "when" in event.slots:
            clock = re.findall(r"\d\d:\d\d", line["said"])
            assert event.slots["when"].split(" at ") == [line["date"], *clock]


@pytest.mark.parametrize(("letter", "slot"), [("A", "who"), ("D", "who"), ("E", "who")])
def test_people_speak_for_themselves_more_often_than_not(letter: str, slot: str):
    own = 0
    told = [(event, line) for event, line in lines(letter) if event.slots]
    for event, line in told:
        person, said = event.slots[slot], line["said"]
        first = line["speaker"] == person
        assert first != (person in said)
        assert not first or re.search(r"\bI\b|\bto me\b", said)
        assert first or line["speaker"] in dialogue.SPEAKERS
        own += first
    assert 0.65 < own / len(told) < 0.85


@pytest.mark.parametrize("letter", SCENARIOS)
def test_half_of_what_lasts_comes_with_a_wish_that_it_be_remembered(letter: str):
    wished: dict[bool, list[bool]] = {True: [], False: []}
    for event, line in lines(letter):
        lasts = event.should_remember and event.role != "forget"
        wished[lasts].append(bool(ASKS_TO_REMEMBER.search(line["said"])))
    assert 0.4 < sum(wished[True]) / len(wished[True]) < 0.6
    assert not any(wished[False])


def test_changes_are_corrections_and_choices_are_said_to_be_wishes():
    said = [line["said"] for _, line in lines("C")]
    for words in (
        r"[Cc]orrection, ",
        r"changed my mind|like another one better",
        r"asked for it",
        r"[Pp]lease run my jobs",
    ):
        assert any(re.search(words, text) for text in said), words
    assert any("corrected the record" in line["said"] for _, line in lines("B"))


def spoken_words() -> set[str]:
    around = (
        *("SPEAKERS", "_LEADS", "_ASKING_LEADS", "_ASKING", "_QUESTIONS", "_OPENERS", "_REMARKS"),
        "_CLOSERS",
    )
    phrases = " ".join(phrase for name in around for phrase in getattr(dialogue, name))
    return {*words_of(re.sub(r"\{\w+\}", "", phrases))}


def test_what_is_said_around_a_fact_has_no_word_of_a_value():
    words, known = pools(), table()
    names = (*words.first_names, *words.last_names, *words.adjectives, *words.nouns)
    verbs = (form for pair in words.verbs for form in pair)
    values = {word.lower() for word in (*names, *verbs)}
    for relation in known.relations:
        forms = (form for value in known.values(relation) for form in known.forms(relation, value))
        split = (words_of(form) for form in (*forms, *known.subjects(relation)))
        values |= {form[0] for form in split if len(form) == 1}
    assert not spoken_words() & values


def test_what_is_said_around_a_fact_is_about_no_relation():
    for phrase in (*dialogue._LEADS, *dialogue._ASKING, *dialogue._REMARKS, *dialogue._OPENERS):
        assert relations_in(phrase) == []


def test_hard_negatives_leave_the_words_of_what_is_asked_for_as_they_are():
    told = []
    for ratio in (0.0, 1.0):
        settings = {"n": 20, "style": "dialogue", "confounders_ratio": ratio}
        made = A.worlds(config_from("A", settings))
        told.append([event.text for w in made for event in w.events if event.role == "target"])
    assert sorted(told[0]) == sorted(told[1])


def test_every_status_of_a_claim_can_be_told():
    assert _CLAIMS.keys() == {*get_args(Status)}


@pytest.mark.parametrize(
    "slots",
    [
        {"attribute": "seat", "subject": "Ada Holm"},
        {"attribute": "seat", "subject": "Ada Holm", "value": "12K", "until": "noon"},
        {"attribute": "seat", "never heard of": "Ada Holm"},
    ],
)
def test_a_new_kind_of_event_has_to_be_given_words(slots: dict[str, str]):
    with pytest.raises(LookupError, match="nobody can say what an event with"):
        spoken(Random(0), Draft("", slots, 0, 600, "target"), changes=False)
