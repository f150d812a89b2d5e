"""Proves row by row that a dataset keeps its promises, from the texts that a memory reads.

Each check is named after the invariant it proves (CONTRIBUTING.md lists them):

    I1  ambiguous, wrong_answer, unanswered, answered_but_unanswerable, wrong_evidence,
        wrong_forgets (a request does not name the events that its text asks to forget)
    I2  leak (an answer occurs in its question, an id or small talk), prefix (a value is a prefix
        of another)
    I4  see `generators.verify.balance`
    I5  unfair (the text does not show whether the event should be remembered)
    I6  wrong_lag, empty_day (a day between evidence and question has no event)
    I7  wrong_store (the store is not the part of the log that the row states)
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
from generators.solving import RequestSolver, Solver

CHECKS = (
    *("ambiguous", "wrong_answer", "unanswered", "answered_but_unanswerable", "wrong_evidence"),
    *("wrong_forgets", "leak", "prefix", "unfair", "wrong_lag", "empty_day", "wrong_store"),
)
_TOKEN = re.compile(r"\w+(?::\w+)*")


def check_world(scenario: Scenario[Any], world: World) -> Counter[str]:
    """Count the violations in one world, by name of the check."""
    found: Counter[str] = Counter()
    found["unfair"] += sum(
        event.should_remember == (event.role == "filler") or not _dated(event)
        for event in world.events
    )
    ranks = [event.rank for event in world.events if event.rank is not None]
    found["wrong_store"] += bool(ranks) and sorted(ranks) != [*range(len(world.events))]
    # A filler with slots, such as a rumour, may name values: the solver sees through it.
    idle = (event for event in world.events if event.role == "filler" and not event.slots)
    small_talk = [token for event in idle for token in _tokens(event.text)]
    words = set(small_talk)
    stores = {question.store_size: world.store(question.store_size) for question in world.questions}
    solvers = {
        size: scenario.solver([event.text for event in store]) for size, store in stores.items()
    }
    found["wrong_forgets"] += _wrong_forgets(scenario, world.events)
    for question in world.questions:
        store, solver = stores[question.store_size], solvers[question.store_size]
        found.update(_check_answer(solver, store, question))
        found.update(_check_leaks(question, small_talk, words))
        found.update(_check_time(world.events, store, question))
    return found


def _dated(event: Event) -> bool:
    # Spelled here again, so that the check does not use the code it checks.
    return f"{event.date.day} {event.date:%B} {event.date.year}" in event.text


def _check_answer(solver: Solver, log: Sequence[Event], question: Question) -> list[str]:
    solution = solver.solve(question.query, question.store_size)
    if question.query_kind == "unanswerable" or not question.answerable:
        bad = solution.values or question.answerable or question.answers or question.evidence
        return ["answered_but_unanswerable"] if bad else []
    if not solution.values:
        return ["unanswered"]
    found = []
    if len(solution.values) > 1 and not solution.is_list:
        found.append("ambiguous")
    elif solution.values != question.values:
        found.append("wrong_answer")
    if [log[position].event_id for position in solution.support] != question.evidence:
        found.append("wrong_evidence")
    return found


def _wrong_forgets(scenario: Scenario[Any], log: Sequence[Event]) -> int:
    solver = scenario.solver([event.text for event in log])
    asked = solver.forgotten(len(log)) if isinstance(solver, RequestSolver) else {}
    ids = [event.event_id for event in log]
    return sum(
        (event.role == "forget") != (position in asked)
        or event.forgets != tuple(ids[place] for place in asked.get(position, ()))
        for position, event in enumerate(log)
    )


def _check_leaks(question: Question, small_talk: list[str], words: set[str]) -> list[str]:
    hidden = [_tokens(answer) for answer in (*question.values, *question.answers)]
    ids = " ".join((question.id, question.world_id, question.group_id, *question.evidence))
    shown = [_tokens(question.query), _tokens(ids)]
    found = []
    if any(
        any(_contains(text, answer) for text in shown)
        or (words.issuperset(answer) and _contains(small_talk, answer))
        for answer in hidden
    ):
        found.append("leak")
    named = [*question.values, *question.prior_answers, *question.distractor_answers]
    every = sorted({tuple(_tokens(value)) for value in (*named, *question.other_answers)})
    # In sorted order, a prefix comes directly before a value that starts with it.
    if any(after[: len(before)] == before for before, after in pairwise(every)):
        found.append("prefix")
    return found


def _check_time(log: Sequence[Event], visible: Sequence[Event], question: Question) -> list[str]:
    as_of = date.fromisoformat(question.as_of)
    found = []
    in_order = all(before.date <= after.date for before, after in pairwise(log))
    # What is visible happened on the date or before; a store that grows in time has all of that.
    hidden = [event for event in log[len(visible) :] if event.rank is None]
    around = [*(event.date for event in visible[-1:]), as_of, *(event.date for event in hidden[:1])]
    if not in_order or len(visible) != question.store_size or around != sorted(around):
        found.append("wrong_store")
    evidence = set(question.evidence)
    positions = [p for p, event in enumerate(visible) if event.event_id in evidence]
    if not positions:
        dated = question.lag is not None or question.lag_events is not None
        return [*found, "wrong_lag"] if dated else found
    oldest = visible[positions[0]]
    lag = (as_of - oldest.date).days
    if question.lag != lag or question.lag_events != len(visible) - 1 - positions[0]:
        found.append("wrong_lag")
    if len({event.date for event in visible[positions[0] :]}) != lag + 1:
        found.append("empty_day")
    return found


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


def _contains(text: list[str], phrase: list[str]) -> bool:
    size = len(phrase)
    return any(text[start : start + size] == phrase for start in range(len(text) - size + 1))
