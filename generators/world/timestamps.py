"""Days, clock times and how both are written in texts.

    >>> stamp(date(2023, 3, 14), 580)
    '14 March 2023 at 09:40'
    >>> clock_forms("14:05")
    ('14:05', '2:05 PM')

Names of months are ours: `strftime` would follow the user's locale.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import NamedTuple

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# 07:00 to 18:59: every twelve-hour reading ("2:05") then stands for one time of day only.
FIRST_MINUTE, LAST_MINUTE = 7 * 60, 19 * 60 - 1
# Every minute of the day on the 24-hour clock, as it stands in texts: `09:40`.
CLOCK = tuple(f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in range(60))

_EPOCH = date(2016, 1, 1)
_EPOCH_DAYS = 3000
_DAYS_AT_ONCE = 4096


def first_day(rng: Random) -> date:
    """The first calendar day of a world, anywhere in 2016–2024."""
    return _EPOCH + timedelta(days=rng.randrange(_EPOCH_DAYS))


class Moment(NamedTuple):
    """A day of the world and a minute of it."""

    day: int
    minute: int


class Calendar(NamedTuple):
    """The days of a world.

    Attributes:
        dates: Calendar date of each.
        spelled: The same, as they stand in texts.
    """

    dates: Sequence[date]
    spelled: Sequence[str]


def calendar(first: date, days: int) -> Calendar:
    """So many days from a first one, which `first_day` may give.

    Raises:
        ValueError: The first day is before any that `first_day` gives.
    """
    start = (first - _EPOCH).days
    if start < 0:
        raise ValueError(f"no world begins on {first}, before {_EPOCH}")
    stop = start + days
    dates, spelled = _calendar(-(-stop // _DAYS_AT_ONCE))
    return Calendar(dates[start:stop], spelled[start:stop])


@cache
def _calendar(times: int) -> Calendar:
    dates = [_EPOCH + timedelta(days=day) for day in range(times * _DAYS_AT_ONCE)]
    return Calendar(dates, [spell_date(day) for day in dates])


def random_minute(rng: Random) -> int:
    """A minute of the day within the hours in which events happen."""
    return rng.randrange(FIRST_MINUTE, LAST_MINUTE + 1)


@cache
def spell_date(day: date) -> str:
    """Write a date as it stands in texts: `14 March 2023`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def stamp(day: date, minute: int) -> str:
    """Write a date and a clock time, the value of a `when` slot."""
    return f"{spell_date(day)} at {CLOCK[minute]}"


@cache
def clock_forms(clock: str) -> tuple[str, ...]:
    """All spellings of a clock time that count as the same answer, the 24-hour one first."""
    hour, minute = (int(part) for part in clock.split(":"))
    twelve = f"{(hour - 1) % 12 + 1}:{minute:02d}"
    half = "AM" if hour < 12 else "PM"
    forms = [clock, f"{hour}:{minute:02d}", f"{twelve} {half}", f"{hour:02d}:{minute:02d} {half}"]
    return tuple(dict.fromkeys(forms[: 4 if hour <= 12 else 3]))
