"""Reads scenario A's texts back and answers questions from them alone.

    >>> log = ["On 14 March 2023 at 09:40, Mara Holm repaired a copper lantern in Thornvale."]
    >>> Solver(log).solve("Who repaired something in Thornvale?", visible=1).values
    ['Mara Holm']

    >>> Solver(log).solve("Who fixed the metallic source of light?", visible=1).values
    ['Mara Holm']

Written against the language of the texts, not against the templates: it shares the list of verbs
with the generator, and no code. What descriptions mean it knows from `generators.glossary`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from generators.glossary import Meaning, can_be, meaning
from generators.scenario_a.almanac import read_clock, read_occasion
from generators.solving import Solution, plain, read_date
from generators.world.pools import pools

_DATE = re.compile(r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b")
_CLOCK = re.compile(r"\b\d\d:\d\d\b")
_NAME = re.compile(r"\b[A-Z][a-z]+ [A-Z][a-z]+\b")
_PLACE = re.compile(r"\b[Ii]n ([A-Z][a-z]+)\b")
_EPISODE = re.compile(r"\b([A-Z][a-z]+ [A-Z][a-z]+) ([a-z]+) an? ([a-z]+ [a-z]+)\b")
_OBJECT = re.compile(r"^ the (.+)")
# Where the name of a thing ends.
_OTHERWISE = re.compile(r" in [A-Z]| (?:on|at) \d| to the last,|[?.]$")
_OCCASION = re.compile(r" on (the .+? in [a-z]+ [a-z -]+?)(?= at |[?.]$)")
_CLOCK_IN_WORDS = re.compile(r" at ([a-z' -]+ in the [a-z]+)")
_NAMESAKE = re.compile(r" in the place named after (.+?)(?= to the last,|[?.]$)")
_DESCRIBED_VERB = re.compile(
    r"(?:^Who(?: was it that| are all the people that)?|^Which (?:person|people)"
    r"|\b(?:person|people|everyone) (?:who|that)|\b(?:some|any)one) (most recently |first )?(.+?)"
    r"(?= (?:the|something|anything)\b|[?.]$)"
)
_ASKED = (
    ("times", re.compile(r"How often |How many times |On how many |Give the number of times ")),
    ("days", re.compile(r"How many days |From the first time |Give the number of days ")),
    ("when", re.compile(r"At what |Name the clock|What did the clock")),
    ("where", re.compile(r"Where |In which place|.*\bplaces? where ")),
    ("who", re.compile(r"Who |Which pe|List everyone|Name (all )?the pe")),
    ("what", re.compile(r"What |Which ob|List everything|Name (all )?the ob")),
)
_DERIVED = ("times", "days")
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
    return re.compile(rf"\b(most recently |first )?(deal with|dealt with|{forms})\b"), base_of


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


class Asked(NamedTuple):
    """What a question asks for and gives.

    Attributes:
        slot: The asked slot.
        given: The value of each slot that is given, or what its description means.
        which: "most recently" or "first" if only the latest or the first event counts.
        is_list: Whether all events do.
    """

    slot: str
    given: dict[str, str | Meaning]
    which: str | None
    is_list: bool


def _read_question(query: str) -> Asked:
    slot = next(slot for slot, pattern in _ASKED if pattern.match(query))
    given: dict[str, str | Meaning | None] = {}
    rest = query
    occasion, clock = _OCCASION.search(rest), _CLOCK_IN_WORDS.search(rest)
    if occasion and clock:
        day = read_occasion(occasion[1])
        given["when"] = f"{day.day} {day:%B} {day.year} {read_clock(clock[1])}"
        rest = rest.replace(occasion[0], "").replace(clock[0], "")
    elif date := _first(_DATE, query):
        given["when"] = f"{date} {_first(_CLOCK, query)}"
    if namesake := _NAMESAKE.search(rest):
        given["where"] = meaning(namesake[1])
        rest = rest.replace(namesake[0], "")
    else:
        given["where"] = _first(_PLACE, query)
    verb = _verbs()[0].search(rest)
    if verb:
        given["action"] = _verbs()[1].get(verb[2])
    elif verb := _DESCRIBED_VERB.search(rest):
        given["action"] = meaning(verb[2])
    else:
        raise ValueError(f"no verb in question {query!r}")
    given["who"] = _first(_NAME, rest)
    if thing := _OBJECT.match(_OTHERWISE.split(rest[verb.end() :])[0]):
        given["what"] = meaning(thing[1]) or thing[1]
    known = {name: said for name, said in given.items() if said is not None}
    return Asked(slot, known, verb[1], bool(_LIST.match(query)))


def _fits(slot: str, said: str | Meaning, value: str) -> bool:
    if isinstance(said, str):
        return said == value
    if slot == "where":
        # The first half of a place's name means something.
        return can_be(said, *(value[:end] for end in range(len(value))))
    return can_be(said, *value.split())


class Solver:
    """A log of scenario A, read from its texts in time order."""

    def __init__(self, texts: Sequence[str]) -> None:
        facts = (_read_episode(position, text) for position, text in enumerate(map(plain, texts)))
        self._facts = [fact for fact in facts if fact is not None]

    def solve(self, query: str, visible: int) -> Solution:
        """Answer a question from the first `visible` events."""
        asked = _read_question(query)
        found = [
            fact
            for fact in self._facts
            if fact.position < visible
            and all(_fits(slot, said, fact.slots[slot]) for slot, said in asked.given.items())
        ]
        if found and asked.slot in _DERIVED:
            return Solution([_derived(asked.slot, found)], _support(asked.slot, found), False)
        if asked.which and found:
            one = max if asked.which.startswith("most") else min
            found = [one(found, key=lambda fact: fact.moment)]
        values = dict.fromkeys(_value(fact, asked.slot) for fact in found)
        return Solution(list(values), [fact.position for fact in found], asked.is_list)

    def mentions(self, query: str, visible: int) -> list[str]:
        """All values of the asked slot in the first `visible` events, in log order."""
        asked, given, *_ = _read_question(query)
        if asked in _DERIVED:
            # What would be right for another cue of the same slots.
            alike: dict[tuple[str, ...], list[Fact]] = {}
            for fact in self._facts:
                if fact.position < visible:
                    alike.setdefault(tuple(fact.slots[slot] for slot in given), []).append(fact)
            return [_derived(asked, facts) for facts in alike.values()]
        return [_value(fact, asked) for fact in self._facts if fact.position < visible]


def _derived(asked: str, facts: Sequence[Fact]) -> str:
    """How many events there were, or days from the first to the last."""
    if asked == "times":
        return str(len(facts))
    days = [fact.moment.date() for fact in facts]
    return str((max(days) - min(days)).days)


def _support(asked: str, facts: Sequence[Fact]) -> list[int]:
    positions = [fact.position for fact in facts]
    return positions if asked == "times" else positions[:: max(len(positions) - 1, 1)]


def _value(fact: Fact, asked: str) -> str:
    value = fact.slots[asked]
    return value.rpartition(" ")[2] if asked == "when" else value
