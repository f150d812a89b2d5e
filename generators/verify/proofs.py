"""Proves row by row that a dataset keeps its promises, from the texts that a memory gets.

Each check is named after the invariant it proves (CONTRIBUTING.md lists them):

    I1  ambiguous, wrong_answer, unanswered, answered_but_unanswerable, wrong_evidence
    I2  leak (an answer stands in its question, an id or small talk), prefix (a value starts
        with another one)
    I4  see `generators.verify.balance`
    I5  unfair (what should be remembered does not show in the text)
    I6  wrong_lag, empty_day (a day between evidence and question without any event)
    I7  wrong_store (the store is not the prefix of the log that the row says)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from generators.records import Event, Question, World
from generators.scenario import Scenario
from generators.solving import Solver

CHECKS = (
    *("ambiguous", "wrong_answer", "unanswered", "answered_but_unanswerable", "wrong_evidence"),
    *("leak", "prefix", "unfair", "wrong_lag", "empty_day", "wrong_store"),
)
_TOKEN = re.compile(r"\w+(?::\w+)*")


def check_world(scenario: Scenario[Any], world: World) -> Counter[str]:
    """Count the violations in one world, by name of the check."""
    texts = [event.text for event in world.events]
    solver = scenario.solver(texts)
    found: Counter[str] = Counter()
    found["unfair"] += sum(
        event.should_remember == (event.role == "filler") or not _dated(event)
        for event in world.events
    )
    # A filler with slots is a rumour or the like: it names values, and the solver sees through it.
    idle = (event for event in world.events if event.role == "filler" and not event.slots)
    small_talk = [token for event in idle for token in _tokens(event.text)]
    words = set(small_talk)
    for question in world.questions:
        found.update(_check_answer(solver, world.events, question))
        found.update(_check_leaks(question, small_talk, words))
        found.update(_check_time(world.events, question))
    return found


def _dated(event: Event) -> bool:
    # Spelled here once more, so that the check does not lean on the code it checks.
    return f"{event.date.day} {event.date:%B} {event.date.year}" in event.text


def _check_answer(solver: Solver, log: Sequence[Event], question: Question) -> list[str]:
    solution = solver.solve(question.query, question.store_size)
    if question.query_kind == "unanswerable" or not question.answerable:
        bad = solution.values or question.answerable or question.answers or question.evidence
        return ["answered_but_unanswerable"] if bad else []
    if not solution.values:
        return ["unanswered"]
    found = []
    if solution.is_list:
        if ", ".join(solution.values) != question.answers[0]:
            found.append("wrong_answer")
    elif len(solution.values) > 1:
        found.append("ambiguous")
    elif solution.values != question.answers[:1]:
        found.append("wrong_answer")
    if [log[place].event_id for place in solution.support] != question.evidence:
        found.append("wrong_evidence")
    return found


def _check_leaks(question: Question, small_talk: list[str], words: set[str]) -> list[str]:
    canonical = question.answers[:1]
    if question.query_kind == "list":
        canonical = [part for answer in canonical for part in answer.split(", ")]
    hidden = [_tokens(answer) for answer in (*canonical, *question.answers)]
    ids = " ".join((question.id, question.world_id, question.group_id, *question.evidence))
    shown = [_tokens(question.query), _tokens(ids)]
    found = []
    if any(
        any(_contains(text, answer) for text in shown)
        or (words.issuperset(answer) and _contains(small_talk, answer))
        for answer in hidden
    ):
        found.append("leak")
    named = [*canonical, *question.prior_answers, *question.distractor_answers]
    every = sorted({tuple(_tokens(value)) for value in (*named, *question.other_answers)})
    # In sorted order a prefix stands directly before what it is a prefix of.
    if any(after[: len(before)] == before for before, after in pairwise(every)):
        found.append("prefix")
    return found


def _check_time(log: Sequence[Event], question: Question) -> list[str]:
    as_of = date.fromisoformat(question.as_of)
    visible, hidden = log[: question.store_size], log[question.store_size :]
    found = []
    # Everything visible is of the date or before, everything else of the date or after.
    around = [*(event.date for event in visible[-1:]), as_of, *(event.date for event in hidden[:1])]
    in_order = all(before.date <= after.date for before, after in pairwise(log))
    if not in_order or len(visible) != question.store_size or around != sorted(around):
        found.append("wrong_store")
    evidence = set(question.evidence)
    places = [place for place, event in enumerate(visible) if event.event_id in evidence]
    if not places:
        dated = question.lag is not None or question.lag_events is not None
        return [*found, "wrong_lag"] if dated else found
    oldest = visible[places[0]]
    lag = (as_of - oldest.date).days
    if question.lag != lag or question.lag_events != len(visible) - 1 - places[0]:
        found.append("wrong_lag")
    if len({event.date for event in visible[places[0] :]}) != lag + 1:
        found.append("empty_day")
    return found


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


def _contains(text: list[str], phrase: list[str]) -> bool:
    size = len(phrase)
    return any(text[start : start + size] == phrase for start in range(len(text) - size + 1))
