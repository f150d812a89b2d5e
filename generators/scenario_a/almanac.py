"""How the solver of scenario A reads dates and clock times that are told in words.

    >>> read_occasion("the Tuesday before Christmas Day in twenty twenty-one")
    datetime.date(2021, 12, 21)
    >>> read_clock("twenty minutes to ten in the morning")
    '09:40'

It shares no table and no code with `generators.scenario_a.occasions`, which writes them.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

from generators.glossary import number_of

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
_ORDINALS = re.findall(
    r"\w+",
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
    " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
)
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
        minutes = number_of(re.sub(" minutes?$", "", said[1]))
    of_day = 60 * number_of(said[3]) + (minutes if said[2] != "to" else -minutes)
    # A clock has twelve hours: which half of the day it is, the last word tells.
    of_day = of_day % 720 + (0 if said[4] == "morning" else 720)
    return f"{of_day // 60:02d}:{of_day % 60:02d}"


def _year(text: str) -> int:
    century, _, rest = text.partition(" ")
    return 100 * number_of(century) + (0 if rest == "hundred" else number_of(rest))


@cache
def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
