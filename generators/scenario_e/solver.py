"""Reads scenario E's texts back and answers questions from them alone.

    >>> log = ["14 March 2023: box 447 went to Nora."]
    >>> Solver(log).solve("What is the number of Nora's box?", visible=1).values
    ['447']

Written against the language of the texts, not against the templates; it shares no code with the
generator.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from generators.solving import Solution, plain

_GOT = re.compile(r"\b(?P<who>[A-Z][a-z]+) got (?P<thing>[a-z]+) (?P<number>\d+)\b")
_WENT = re.compile(r"\b(?P<thing>[a-z]+) (?P<number>\d+) went to (?P<who>[A-Z][a-z]+)\b")
_NUMBERED = re.compile(r"\b([a-z]+) (\d+)\b")
_OWNED = re.compile(r"\b([A-Z][a-z]+)'s ([a-z]+)\b|\bWhich ([a-z]+) number did ([A-Z][a-z]+) get\b")


class Fact(NamedTuple):
    """Who got which thing, as read from its text."""

    position: int
    slots: dict[str, str]


def _read_fact(position: int, text: str) -> Fact | None:
    found = _GOT.search(text) or _WENT.search(text)
    return Fact(position, found.groupdict()) if found else None


def _read_question(query: str) -> tuple[str, dict[str, str]]:
    """What is asked, and what is given."""
    if owned := _OWNED.search(query):
        return "number", {"who": owned[1] or owned[4], "thing": owned[2] or owned[3]}
    if numbered := _NUMBERED.search(query):
        return "who", {"thing": numbered[1], "number": numbered[2]}
    raise ValueError(f"no fact in question {query!r}")


class Solver:
    """A log of scenario E, read from its texts in time order."""

    def __init__(self, texts: Sequence[str]) -> None:
        facts = (_read_fact(position, text) for position, text in enumerate(map(plain, texts)))
        self._facts = [fact for fact in facts if fact is not None]

    def solve(self, query: str, visible: int) -> Solution:
        """Answer a question from the first `visible` events."""
        asked, given = _read_question(query)
        found = [
            fact
            for fact in self._facts
            if fact.position < visible and given.items() <= fact.slots.items()
        ]
        values = dict.fromkeys(fact.slots[asked] for fact in found)
        return Solution(list(values), [fact.position for fact in found], is_list=False)

    def mentions(self, query: str, visible: int) -> list[str]:
        """All values of the asked slot in the first `visible` events, in log order."""
        asked = _read_question(query)[0]
        return [fact.slots[asked] for fact in self._facts if fact.position < visible]
