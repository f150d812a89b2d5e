"""Reads what stands in texts; for solvers, which share nothing with what writes the texts.

>>> read_date("14 March 2023")
datetime.date(2023, 3, 14)
"""

from __future__ import annotations

from datetime import date
from functools import cache

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@cache
def read_date(text: str) -> date:
    """The date that a text of the form `14 March 2023` spells."""
    # strptime follows the locale in its month names; ours are always English.
    day, month, year = text.split()
    return date(int(year), _MONTHS.index(month[:3]) + 1, int(day))
