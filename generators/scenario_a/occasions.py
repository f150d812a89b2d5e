"""Says dates and clock times without any of their digits or the name of their month.

>>> date_in_words("21 December 2021", 2)
'the Tuesday before Christmas Day in twenty twenty-one'
>>> date_in_words("21 December 2021", 1)
'the fourth day before Christmas Day in twenty twenty-one'
>>> date_in_words("21 December 2021", 0)
'the third Tuesday of the twelfth month in twenty twenty-one'
>>> clock_in_words("09:40")
'twenty minutes to ten in the morning'
"""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

from generators.world.numerals import UNITS, in_words
from generators.world.timestamps import MONTHS

# Days that have the same date every year and whose names have no month in them.
_FEASTS = (
    *((1, 1, "New Year's Day"), (1, 6, "Epiphany")),
    *((2, 2, "Groundhog Day"), (3, 17, "Saint Patrick's Day")),
    *((4, 1, "All Fools' Day"), (5, 1, "International Workers' Day"), (6, 16, "Bloomsday")),
    *((7, 4, "American Independence Day"), (7, 14, "Bastille Day")),
    *((8, 15, "Assumption Day"), (9, 29, "Michaelmas"), (10, 31, "Halloween")),
    *((11, 5, "Guy Fawkes Day"), (11, 11, "Armistice Day"), (12, 25, "Christmas Day")),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ORDINALS = (
    *("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth"),
)
_WEEK = 7


@lru_cache(maxsize=4096)
def date_in_words(spelled: str, turn: int) -> str:
    """Describe a date, by the nearest feast of its year or by its place in the month.

    Args:
        spelled: The date as texts spell it.
        turn: Chooses among the ways to describe it.
    """
    number, month, year = spelled.split()
    day = date(int(year), MONTHS.index(month) + 1, int(number))
    today, weekday = day.toordinal(), _WEEKDAYS[day.weekday()]
    away, feast, name = min(
        [(abs(today - feast), feast, name) for feast, name in _feasts(day.year)]
    )
    side = "before" if today < feast else "after"
    if 0 < away <= _WEEK and turn % 4 == 2:
        text = f"the {weekday} {side} {name}"
    elif turn % 2 and 0 < away < len(_ORDINALS):
        text = f"the {_ORDINALS[away]} day {side} {name}"
    else:
        rank = (day.day - 1) // _WEEK + 1
        text = f"the {_ORDINALS[rank]} {weekday} of the {_ORDINALS[day.month]} month"
    return f"{text} in {_year(day.year)}"


@cache
def _feasts(year: int) -> list[tuple[int, str]]:
    return [(date(year, month, day).toordinal(), name) for month, day, name in _FEASTS]


@cache
def clock_in_words(clock: str) -> str:
    """Describe a clock time of the 24-hour clock; exact to the minute."""
    hour, minute = map(int, clock.split(":"))
    part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    if minute > 30:
        hour, minute, side = hour + 1, 60 - minute, "to"
    else:
        side = "past"
    said = UNITS[(hour - 1) % 12 + 1]
    if minute == 0:
        return f"{said} o'clock in the {part}"
    if minute == 30:
        return f"half past {said} in the {part}"
    return f"{in_words(minute)} minute{'s' * (minute > 1)} {side} {said} in the {part}"


def _year(year: int) -> str:
    century, rest = divmod(year, 100)
    tail = "hundred" if rest == 0 else f"oh {UNITS[rest]}" if rest < 10 else in_words(rest)
    return f"{in_words(century)} {tail}"
