"""Demonstrations are right about their events, and give away nothing about any dataset."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise, product

import pytest

from generators.scenario_b.facts import table
from generators.scenarios import SCENARIOS
from generators.solving import read_date
from generators.world.pools import pools
from hei_nw_tasks.demonstrations import Demonstration, demonstrations
from hei_nw_tasks.metrics import score

_DATE = re.compile(r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b")
_CLOCK = re.compile(r"\b\d\d:\d\d\b")
# The wordings of an edit: value, since, and the rest, which names the fact.
_EDITS = (
    re.compile(r"corrected: (?P<fact>.+) is (?P<value>\w+) from (?P<since>.+) on\."),
    re.compile(r"since (?P<since>[^,]+), (?P<fact>.+) is (?P<value>\w+)\."),
    re.compile(r": (?P<value>\w+) is (?P<fact>.+) since (?P<since>.+)\."),
    re.compile(r"From (?P<since>.+) on, (?P<value>\w+) is (?P<fact>.+);"),
)
ALL = [(letter, one) for letter in SCENARIOS for one in demonstrations(letter)]


def _edit(text: str) -> tuple[date, str, str]:
    """Day, fact and value of an edit."""
    found = next(match for pattern in _EDITS if (match := pattern.search(text)))
    return read_date(found["since"]), found["fact"], found["value"]


def _in_force(demonstration: Demonstration) -> list[str]:
    """The value that scenario B's question is about, by the subject that the question names."""
    before = re.match(r"Before ([^,]+),", demonstration.query)
    end = read_date(before[1]) if before else date.max
    edits = sorted(map(_edit, demonstration.events))
    known = [
        value
        for since, fact, value in edits
        if since < end and fact.rpartition(" of ")[2] in demonstration.query
    ]
    return known[-1:]


@pytest.mark.parametrize("letter", SCENARIOS)
def test_there_are_enough_and_an_early_one_has_no_answer(letter: str) -> None:
    assert len(demonstrations(letter)) >= 6
    assert "unknown" in [one.answer for one in demonstrations(letter)[:3]]


@pytest.mark.parametrize(("letter", "demonstration"), ALL)
def test_each_answer_follows_from_the_events(letter: str, demonstration: Demonstration) -> None:
    if letter == "B":
        values = _in_force(demonstration)
    else:
        solver = SCENARIOS[letter].solver(demonstration.events)
        values = solver.solve(demonstration.query, len(demonstration.events)).values
    assert (", ".join(values) or "unknown") == demonstration.answer


@pytest.mark.parametrize(("letter", "demonstration"), ALL)
def test_events_are_in_time_order_and_older_than_any_dataset(
    letter: str, demonstration: Demonstration
) -> None:
    moments = []
    for text in demonstration.events:
        days = [read_date(day) for day in _DATE.findall(text)]
        assert all(day.year < 2016 for day in days)
        # Of an edit, the later day is when it was recorded.
        moments.append((max(days), _CLOCK.findall(text)))
    assert all(first <= second for first, second in pairwise(moments))


def test_no_answer_could_be_drawn_for_a_dataset() -> None:
    known = pools()
    names, things = (known.first_names, known.last_names), (known.adjectives, known.nouns)
    places = (known.place_stems, known.place_endings)
    drawn = {*known.first_names, *map("".join, product(*places)), *map(" ".join, product(*names))}
    drawn |= {joint.join(pair) for pair in product(*things) for joint in " -"}
    assert {"copper lantern", "copper-lantern", "Thornvale"} <= drawn
    assert not drawn & {value for _, one in ALL for value in one.answer.split(", ")}
    facts = {value for relation in table().relations for value in table().values(relation)}
    assert "Paris" in facts
    assert not facts & {one.answer for one in demonstrations("B")}


@pytest.mark.parametrize(("letter", "demonstration"), ALL)
def test_each_answer_has_the_form_that_scores(letter: str, demonstration: Demonstration) -> None:
    answer = demonstration.answer
    deleted = answer == "unset"
    doc = {
        "answers": [] if answer == "unknown" else [answer],
        "answerable": answer != "unknown",
        "query": demonstration.query,
        "query_kind": "deletion" if deleted else "list" if ", " in answer else "single",
        **{"prior_answers": [], "other_answers": [], "distractor_answers": []},
    }
    scores = score(doc, answer)
    assert scores.get("exact_match", scores.get("abstained")) == 1.0
