"""What the solver of scenario A knows of English: what descriptions mean, and when a day is.

    >>> can_be(meaning("the blood-coloured sunshade"), "crimson", "parasol")
    True
    >>> read_occasion("the Tuesday before Christmas Day in twenty twenty-one")
    datetime.date(2021, 12, 21)
    >>> read_clock("twenty minutes to ten in the morning")
    '09:40'

`words/glossary.txt` says of single words what they can be said of, and a description means
whatever all its words can be said of. It shares no table and no code with
`generators.scenario_a.descriptions` and `generators.scenario_a.occasions`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

from generators.world.pools import pool_text

# For each word of a description that means something, what it can be said of.
Meaning = tuple[frozenset[str], ...]

_WORD = re.compile(r"[a-z'-]+")
_SMALL = frozenset(
    _WORD.findall(
        "a an and as at by for from full in into its of on one's onto out over that the to up upon"
        " what which with"
    )
)
_FEASTS = {
    "New Year's Day": "0101",
    "Epiphany": "0106",
    "Groundhog Day": "0202",
    "Saint Patrick's Day": "0317",
    "All Fools' Day": "0401",
    "International Workers' Day": "0501",
    "Bloomsday": "0616",
    "American Independence Day": "0704",
    "Bastille Day": "0714",
    "Assumption Day": "0815",
    "Michaelmas": "0929",
    "Halloween": "1031",
    "Guy Fawkes Day": "1105",
    "Armistice Day": "1111",
    "Christmas Day": "1225",
}
_ORDINALS = _WORD.findall(
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
    " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_NUMBERS = _WORD.findall(
    "oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_TENS |= {"sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_DATED = re.compile(r"(.+) in ([a-z-]+ [a-z -]+)")
_WEEKDAY = dict(
    zip(
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        "1234567",
        strict=True,
    )
)
_RANKED = re.compile(r"the (\w+) (\w+day) of the (\w+) month")
_BESIDE = re.compile(r"the (?:(\w+) day|(\w+day)) (before|after) (.+)")
_CLOCK = re.compile(r"(?:(.+) (past|to) )?([a-z]+)(?: o'clock)? in the (\w+)")


@cache
def _glossary() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in pool_text("glossary").splitlines():
        if not line.startswith("#"):
            words, _, things = line.partition(":")
            for word in words.split():
                found[word] = found.get(word, frozenset()).union(things.split())
    return found


@cache
def meaning(text: str) -> Meaning | None:
    """What a description means; None if it has a word that describes nothing, as names do."""
    words = [word for word in _WORD.findall(text.lower()) if word not in _SMALL]
    known = [_glossary().get(word) for word in words]
    found = tuple(things for things in known if things is not None)
    return found if words and len(found) == len(words) else None


def can_be(said: Meaning, *words: str) -> bool:
    """Whether a thing that has some words for a name can be described so."""
    return all(any(word in things for word in words) for things in said)


@cache
def read_occasion(text: str) -> date:
    """The date that a description means.

    Raises:
        ValueError: It describes none.
    """
    dated = _DATED.fullmatch(text)
    if dated is None:
        raise ValueError(f"no date in {text!r}")
    year = _year(dated[2])
    if ranked := _RANKED.fullmatch(dated[1]):
        month = [day for day in _days(year) if day.month == _ORDINALS.index(ranked[3])]
        named = [day for day in month if f"{day:%u}" == _WEEKDAY[ranked[2]]]
        return named[_ORDINALS.index(ranked[1]) - 1]
    beside = _BESIDE.fullmatch(dated[1])
    if beside is None:
        raise ValueError(f"no day in {text!r}")
    feast = _FEASTS[beside[4]]
    step = timedelta(days=-1 if beside[3] == "before" else 1)
    day = date(year, int(feast[:2]), int(feast[2:]))
    if beside[1]:
        return day + _ORDINALS.index(beside[1]) * step
    day += step
    while f"{day:%u}" != _WEEKDAY[beside[2]]:
        day += step
    return day


def read_clock(text: str) -> str:
    """The time on the 24-hour clock that words tell.

    Raises:
        ValueError: They tell none.
    """
    said = _CLOCK.fullmatch(text)
    if said is None:
        raise ValueError(f"no clock time in {text!r}")
    minutes = {None: 0, "half": 30}.get(said[1])
    if minutes is None:
        minutes = _number(re.sub(" minutes?$", "", said[1]))
    of_day = 60 * _number(said[3]) + (minutes if said[2] != "to" else -minutes)
    # A clock has twelve hours: which half of the day it is, the last word tells.
    of_day = of_day % 720 + (0 if said[4] == "morning" else 720)
    return f"{of_day // 60:02d}:{of_day % 60:02d}"


def _number(text: str) -> int:
    return sum(
        _TENS[word] if word in _TENS else _NUMBERS.index(word) for word in re.split("[ -]", text)
    )


def _year(text: str) -> int:
    century, _, rest = text.partition(" ")
    return 100 * _number(century) + (0 if rest == "hundred" else _number(rest))


@cache
def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
