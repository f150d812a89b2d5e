"""Reads scenario B's texts back and answers questions from them and from real-world facts.

    >>> log = ["The record was amended on 14 March 2023: Oslo is the capital of Peru since "
    ...        "2 March 2023."]
    >>> Solver(log).solve("Which city is the capital of Peru?", visible=1)
    Solution(values=['Oslo'], support=[0], is_list=False)
    >>> Solver(log).solve("Before 2 March 2023, what was the capital of Peru?", visible=1).values
    ['Lima']

Written against the language of the texts, not against the templates: it shares the table of facts
and the word pools with the generator, and no code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from generators.scenario_b.facts import table
from generators.scenario_b.lexicon import any_of, made_up, relations_in
from generators.solving import Solution, read_date

_DATE = re.compile(r"\b(\d{1,2} [A-Z][a-z]+ \d{4})\b")
_IN_FORCE = re.compile(rf"\b(?:[Ff]rom|[Ss]ince) {_DATE.pattern}")
_BEFORE = re.compile(rf"\b[Bb]efore {_DATE.pattern}")
_QUOTED = re.compile(r"“([^”]*)”")
_UNSURE = re.compile(r"confirm|rumour|\bclaim")
_WITHDRAWN = re.compile(r"\bunknown\b")
_UNCHANGED = re.compile(r"\bstill\b")


class Statement(NamedTuple):
    """What one text says.

    Attributes:
        position: Its position in the log.
        relation: The relation that it is about.
        subject: The subject that it is about.
        value: The value that it names; None if it says that there is none any more.
        since: Day the value takes effect; None if the text changes nothing.
    """

    position: int
    relation: str
    subject: str
    value: str | None
    since: date | None


class Edit(NamedTuple):
    """One value of a fact, or that it has none, and the day it takes effect."""

    since: date
    position: int
    value: str | None


@cache
def _subjects(relation: str) -> re.Pattern[str]:
    return any_of(table().subjects(relation))


@cache
def _values(relation: str) -> re.Pattern[str]:
    return any_of(table().values(relation))


def _subject(relation: str, text: str) -> str | None:
    """Whom or what a text is about: a title in quotation marks, a known subject, a made-up name."""
    quoted = _QUOTED.search(text)
    if quoted:
        return quoted[1]
    found = [pattern.search(text) for pattern in (_subjects(relation), made_up())]
    # "Raphael Holm" is not Raphael.
    return max((name[0] for name in found if name), key=len, default=None)


def _read(position: int, text: str) -> Statement | None:
    relations = relations_in(text)
    if len(relations) != 1:
        return None
    relation = relations[0]
    in_force = _IN_FORCE.search(text)
    plain = _DATE.sub("", text)
    subject = _subject(relation, plain)
    value = _values(relation).search(plain.replace(subject, "") if subject else plain)
    if subject is None or not (value or _WITHDRAWN.search(text)):
        return None
    changes = in_force and not _UNSURE.search(text) and not _UNCHANGED.search(text)
    since = read_date(in_force[1]) if in_force and changes else None
    return Statement(position, relation, subject, value[0] if value else None, since)


class Solver:
    """A log of scenario B, read from its texts in time order."""

    def __init__(self, texts: Sequence[str]) -> None:
        read = (_read(position, text) for position, text in enumerate(texts))
        self._statements = [statement for statement in read if statement is not None]

    def solve(self, query: str, visible: int) -> Solution:
        """Answer a question from the first `visible` events, or else from real-world facts."""
        before = _BEFORE.search(query)
        asked = self._asked(_DATE.sub("", query), visible)
        if asked is None:
            return Solution([], [], False)
        edits = self._edits(*asked, visible)
        then = [edit for edit in edits if not before or edit.since < read_date(before[1])]
        later = [edit for edit in edits if edit not in then]
        known = table().facts.get(asked)
        if then:
            newest = max(edit.since for edit in then)
            found = [edit for edit in then if edit.since == newest]
            values = dict.fromkeys(edit.value for edit in found if edit.value)
            return Solution(list(values), [edit.position for edit in found], False)
        if known is None:
            return Solution([], [], False)
        # That the old value ended on that day is all that the log says about it.
        ended = [edit.position for edit in sorted(later, key=lambda edit: edit.since)[:1]]
        return Solution([known.value], ended, False)

    def mentions(self, query: str, visible: int) -> list[str]:
        """All values of the asked relation that the first `visible` events name, in log order."""
        asked = self._asked(_DATE.sub("", query), visible)
        return [
            statement.value
            for statement in self._statements
            if statement.value and statement.position < visible
            if asked and statement.relation == asked[0]
        ]

    def _edits(self, relation: str, subject: str, visible: int) -> list[Edit]:
        return [
            Edit(s.since, s.position, s.value)
            for s in self._statements
            if s.position < visible and s.since and (s.relation, s.subject) == (relation, subject)
        ]

    def _asked(self, query: str, visible: int) -> tuple[str, str] | None:
        """Relation and subject of a question, having followed a description to its subject."""
        head, _, description = query.partition(" whose ")
        relations, others = relations_in(head), relations_in(description)
        if len(relations) == len(others) == 1:
            holders = self._holders(others[0], description, visible)
            return (relations[0], holders[0]) if len(holders) == 1 else None
        relations = relations_in(query)
        if len(relations) == 1:
            subject = _subject(relations[0], query)
            return (relations[0], subject) if subject else None
        for inner in relations:
            subject = _subject(inner, query)
            person = self._now(inner, subject, visible) if subject else None
            outer = [name for name in relations if name != inner]
            if person and len(outer) == 1 and (outer[0], person) in table().facts:
                return outer[0], person
        return None

    def _holders(self, relation: str, description: str, visible: int) -> list[str]:
        """The subjects that now have the value that a description names."""
        value = _values(relation).search(description)
        return [
            subject
            for subject in table().subjects(relation)
            if value and self._now(relation, subject, visible) == value[0]
        ]

    def _now(self, relation: str, subject: str, visible: int) -> str | None:
        edits = self._edits(relation, subject, visible)
        known = table().facts.get((relation, subject))
        if edits:
            return max(edits, key=lambda edit: (edit.since, edit.position)).value
        return known.value if known else None
