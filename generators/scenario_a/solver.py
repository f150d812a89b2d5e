"""Reads scenario A's texts back and answers questions from them alone.

    >>> log = ["On 14 March 2023 at 09:40, Mara Holm repaired a copper lantern in Thornvale."]
    >>> Solver(log).solve("Who repaired something in Thornvale?", visible=1).values
    ['Mara Holm']

Written against the language of the texts, not against the templates: it shares the list of verbs
with the generator, and no code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from generators.solving import Solution, plain, read_date
from generators.world.pools import pools

_DATE = re.compile(r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b")
_CLOCK = re.compile(r"\b\d\d:\d\d\b")
_NAME = re.compile(r"\b[A-Z][a-z]+ [A-Z][a-z]+\b")
_PLACE = re.compile(r"\b[Ii]n ([A-Z][a-z]+)\b")
_EPISODE = re.compile(r"\b([A-Z][a-z]+ [A-Z][a-z]+) ([a-z]+) an? ([a-z]+ [a-z]+)\b")
_OBJECT = re.compile(r" the ([a-z]+ [a-z]+)")
_ASKED = (
    ("when", re.compile(r"At what |Name the clock|What did the clock")),
    ("where", re.compile(r"Where |In which place|.*\bplaces? where ")),
    ("who", re.compile(r"Who |Which pe|List everyone|Name (all )?the pe")),
    ("what", re.compile(r"What |Which ob|List everything|Name (all )?the ob")),
)
_LIST = re.compile(r"List |Name all |Which (people|objects) |In which places |\w+ are all ")


class Fact(NamedTuple):
    """One episode, read from its text."""

    position: int
    moment: datetime
    slots: dict[str, str]


@cache
def _verbs() -> tuple[re.Pattern[str], dict[str, str]]:
    base_of = {form: base for base, past in pools().verbs for form in (base, past)}
    forms = "|".join(sorted(base_of, key=len, reverse=True))
    return re.compile(rf"\b(most recently )?(deal with|dealt with|{forms})\b"), base_of


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match[match.lastindex or 0] if match else None


def _read_episode(position: int, text: str) -> Fact | None:
    episode = _EPISODE.search(text)
    where, day, clock = _first(_PLACE, text), _first(_DATE, text), _first(_CLOCK, text)
    if not (episode and where and day and clock):
        return None
    slots = {"who": episode[1], "what": episode[3], "where": where, "when": f"{day} {clock}"}
    slots["action"] = _verbs()[1].get(episode[2], "")
    hour, minute = clock.split(":")
    on = read_date(day)
    return Fact(position, datetime(on.year, on.month, on.day, int(hour), int(minute)), slots)


def _read_question(query: str) -> tuple[str, dict[str, str], bool, bool]:
    """The asked slot, the given values, whether only the latest counts, whether all do."""
    asked = next(slot for slot, pattern in _ASKED if pattern.match(query))
    verb = _verbs()[0].search(query)
    if verb is None:
        raise ValueError(f"no verb in question {query!r}")
    given = {
        "who": _first(_NAME, query),
        "what": _first(_OBJECT, query[verb.end() - 1 :]),
        "where": _first(_PLACE, query),
        "action": _verbs()[1].get(verb[2]),
    }
    day, clock = _first(_DATE, query), _first(_CLOCK, query)
    given["when"] = f"{day} {clock}" if day else None
    known = {slot: value for slot, value in given.items() if value is not None}
    return asked, known, bool(verb[1]), bool(_LIST.match(query))


class Solver:
    """A log of scenario A, read from its texts in time order."""

    def __init__(self, texts: Sequence[str]) -> None:
        facts = (_read_episode(position, text) for position, text in enumerate(map(plain, texts)))
        self._facts = [fact for fact in facts if fact is not None]

    def solve(self, query: str, visible: int) -> Solution:
        """Answer a question from the first `visible` events."""
        asked, given, latest, is_list = _read_question(query)
        found = [
            fact
            for fact in self._facts
            if fact.position < visible and given.items() <= fact.slots.items()
        ]
        if latest and found:
            found = [max(found, key=lambda fact: fact.moment)]
        values = dict.fromkeys(_value(fact, asked) for fact in found)
        return Solution(list(values), [fact.position for fact in found], is_list)

    def mentions(self, query: str, visible: int) -> list[str]:
        """All values of the asked slot in the first `visible` events, in log order."""
        asked = _read_question(query)[0]
        return [_value(fact, asked) for fact in self._facts if fact.position < visible]


def _value(fact: Fact, asked: str) -> str:
    value = fact.slots[asked]
    return value.rpartition(" ")[2] if asked == "when" else value
