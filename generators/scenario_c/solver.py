"""Reads scenario C's texts back and answers questions from them alone.

    >>> log = ["On 14 March 2023, the port of kestrel-03 was set to 48213."]
    >>> Solver(log).solve("Name the listening port of kestrel-03.", visible=1).values
    ['48213']

Written against the language of the texts, not against the templates: it shares the list of
settings and what they are called with the generator, as any reader of English would, and no code.
It goes by the dates in the texts, not by the order of the log.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import chain
from typing import NamedTuple

from generators.scenario_c.attributes import attributes
from generators.solving import Solution, plain, read_date

_DATE = r"\d{1,2} [A-Z][a-z]+ \d{4}"
_DATED = re.compile(
    rf"^(?:On|Since|From|(?:Note|Change|Request) of) ({_DATE})(?: on)?[,:] | on ({_DATE})"
)
_WHEN = re.compile(_DATE)
_NAME = r"[A-Z][a-z]+ [A-Z][a-z]+"
_HOST = r"[a-z]+-\d\d"
_WHO = (
    rf"{_NAME} on {_HOST}|{_NAME}|{_HOST}|project [A-Z][a-z]+|environment [a-z]+|all hosts"
    r"|(?:a|that|which) (?:host|project|person)"
)
_AFTER = re.compile(r"^ (?:was (?:set|changed) to|is now|is) (.+)\.$")
_GONE = re.compile(r"\bunset\b")
_FORGET = re.compile(r"\b(?:be )?forg(?:et|otten)\b")
_BEFORE = re.compile(r"^(.+) is the (?:new )?$")
_WISHED = re.compile(rf"({_NAME})\b.*\bonly if (.+) is the $")
_JOINED = re.compile(rf"({_HOST}) (?:joined|belongs to) (environment [a-z]+)")
_SENTENCE_END, _LEAD = re.compile(r"(?<=[.!?]) "), re.compile(r"^.*[,:] ")
_WISHER = re.compile(rf"^({_NAME}) is particular|what ({_NAME}) asked")
_GIVEN = re.compile(r"^(?:.*(?:\b[Ii]f|holds:) )?(.+) is the $")


class Statement(NamedTuple):
    """That a setting, from a day on, has a value; None if it was removed or is to be forgotten."""

    position: int
    day: date
    setting: str
    subject: str
    value: str | None


@cache
def _setting() -> tuple[re.Pattern[str], dict[str, str]]:
    meant = {words: a.name for a in attributes().values() for words in (*a.names, a.paraphrase)}
    longest_first = sorted(meant, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, longest_first))}) ({_WHO})\b"), meant


@cache
def _owned() -> re.Pattern[str]:
    nouns = (words.removesuffix(" of") for a in attributes().values() for words in a.names)
    longest_first = sorted(nouns, key=len, reverse=True)
    return re.compile(rf"({_NAME})'s ({'|'.join(map(re.escape, longest_first))})\b")


def _note(text: str) -> str:
    """What a line of a conversation states, as a note with its date; other texts as they are."""
    said = plain(text)
    if said == text:
        return text
    day, _, said = said.partition(": ")
    for sentence in _SENTENCE_END.split(_owned().sub(r"the \2 of \1", said)):
        if _JOINED.search(sentence) or _setting()[0].search(sentence):
            return f"Note of {day}: {_LEAD.sub('', sentence)}"
    return ""


class Solver:
    """A log of scenario C, read from its texts in time order."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._statements: list[Statement] = []
        self._wishes: list[Statement] = []
        self._requests: list[Statement] = []
        self._held_by: dict[int, list[Statement]] = {}
        for position, text in enumerate(texts):
            self._read(position, _note(text))

    def _read(self, position: int, text: str) -> None:
        found = _WHEN.search(text)
        if found is None:
            return
        day, plain = read_date(found[0]), _DATED.sub("", text)
        joined, setting = _JOINED.search(plain), _setting()[0].search(plain)
        if joined:
            self._statements.append(Statement(position, day, "environment", joined[1], joined[2]))
        elif setting:
            name, subject = _setting()[1][setting[1]], setting[2].removeprefix("project ")
            before, after = plain[: setting.start()], plain[setting.end() :]
            if _FORGET.search(before + after):
                self._requests.append(Statement(position, day, name, subject, None))
                return
            if wished := _WISHED.search(before):
                self._wishes.append(Statement(position, day, name, wished[1], wished[2]))
                return
            value = _BEFORE.match(before) or _AFTER.match(after)
            stated = None if _GONE.search(after) or value is None else value[1]
            self._statements.append(Statement(position, day, name, subject, stated))

    def solve(self, query: str, visible: int) -> Solution:
        """Answer a question from the first `visible` events."""
        asked = _read_question(query)
        if asked.value is not None:
            return self._holder(asked.setting, asked.value, visible)
        if asked.wisher is not None:
            values, support = list[str](), list[int]()
            for wish in _latest(self._seen(self._wishes, asked.setting, asked.wisher, visible)):
                found = self._holder(asked.setting, str(wish.value), visible)
                values += found.values
                support += sorted([wish.position, *found.support]) if found.values else []
            return Solution(values, support, False)
        solution = self._effective(asked.setting, asked.subject, visible)
        if asked.is_label:
            labels = [f"{asked.subject}:{value}" for value in solution.values]
            return solution._replace(values=labels)
        return solution

    def mentions(self, query: str, visible: int) -> list[str]:
        """All values, or all names, that the question could ask for, in log order."""
        asked = _read_question(query)
        stated = [
            statement
            for statement in self._statements
            if statement.setting == asked.setting
            and statement.position < visible
            and statement.value is not None
        ]
        if asked.value is not None or asked.wisher is not None:
            return [statement.subject for statement in stated]
        prefix = f"{asked.subject}:" if asked.is_label else ""
        return [f"{prefix}{statement.value}" for statement in stated]

    def forgotten(self, visible: int) -> dict[int, list[int]]:
        """Positions of the requests to forget, and of what was stated before of what each names."""
        return {
            request.position: [
                statement.position
                for statement in self._statements
                if (statement.setting, statement.subject) == (request.setting, request.subject)
                and statement.position < visible
                and statement.day < request.day
            ]
            for request in self._requests
            if request.position < visible
        }

    def _held(self, visible: int) -> list[Statement]:
        """What was stated and is not to be forgotten."""
        if visible not in self._held_by:
            gone = {*chain.from_iterable(self.forgotten(visible).values())}
            self._held_by[visible] = [
                s for s in self._statements if s.position < visible and s.position not in gone
            ]
        return self._held_by[visible]

    def _seen(
        self, statements: list[Statement], setting: str, subject: str, visible: int
    ) -> list[Statement]:
        return [
            statement
            for statement in statements
            if (statement.setting, statement.subject) == (setting, subject)
            and statement.position < visible
        ]

    def _holder(self, setting: str, value: str, visible: int) -> Solution:
        stated = [s for s in self._held(visible) if s.setting == setting]
        now = [
            statement
            for subject in dict.fromkeys(s.subject for s in stated)
            for statement in _latest([s for s in stated if s.subject == subject])
            if statement.value == value
        ]
        return Solution([s.subject for s in now], [s.position for s in now], False)

    def _effective(self, setting: str, subject: str, visible: int) -> Solution:
        held = self._held(visible)
        groups = _latest(self._seen(held, "environment", subject, visible))
        group = groups[0].value if groups else None
        own, shared, general = (
            _latest(self._seen(held, setting, level, visible)) if level else []
            for level in (subject, group, "all hosts")
        )
        present = [
            stated for stated in (own, shared, general) if stated and stated[0].value is not None
        ]
        stated = present[0] if present else own
        support = [s.position for s in stated]
        if stated and stated is shared:
            support += [groups[0].position]
        return Solution([s.value or "unset" for s in stated], sorted(support), False)


class Asked(NamedTuple):
    """What a question wants to know."""

    setting: str
    subject: str
    value: str | None
    wisher: str | None
    is_label: bool


def _read_question(query: str) -> Asked:
    phrase = _setting()[0].search(query)
    if phrase is None:
        raise ValueError(f"no setting in question {query!r}")
    wisher, given = _WISHER.search(query), _GIVEN.match(query[: phrase.start()])
    return Asked(
        setting=_setting()[1][phrase[1]],
        subject=phrase[2].removeprefix("project "),
        value=given[1] if given and not wisher else None,
        wisher=wisher[1] or wisher[2] if wisher else None,
        is_label="label" in query,
    )


def _latest(statements: list[Statement]) -> list[Statement]:
    """The statements of the last day that has one; several only if the log is ambiguous."""
    last = max((statement.day for statement in statements), default=None)
    return [statement for statement in statements if statement.day == last]
