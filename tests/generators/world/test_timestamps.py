from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.world.timestamps import (
    CLOCK,
    FIRST_MINUTE,
    LAST_MINUTE,
    calendar,
    clock_forms,
    spell_date,
    stamp,
)

minutes = st.integers(FIRST_MINUTE, LAST_MINUTE)


def test_dates_and_clock_times_are_spelled_in_english():
    assert spell_date(date(2023, 3, 4)) == "4 March 2023"
    assert stamp(date(2024, 12, 31), 7 * 60 + 5) == "31 December 2024 at 07:05"


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("07:05", {"07:05", "7:05", "7:05 AM", "07:05 AM"}),
        ("11:59", {"11:59", "11:59 AM"}),
        ("12:30", {"12:30", "12:30 PM"}),
        ("14:05", {"14:05", "2:05 PM"}),
        ("18:00", {"18:00", "6:00 PM"}),
    ],
)
def test_every_usual_spelling_of_a_clock_time_is_accepted(clock: str, expected: set[str]):
    forms = clock_forms(clock)
    assert set(forms) == expected
    assert forms[0] == clock


def test_no_spelling_stands_for_two_times():
    counts = Counter(
        form for m in range(FIRST_MINUTE, LAST_MINUTE + 1) for form in clock_forms(CLOCK[m])
    )
    assert max(counts.values()) == 1


@given(minutes)
def test_twelve_and_twenty_four_hours_say_the_same(minute: int):
    for form in clock_forms(CLOCK[minute]):
        hour, rest = form.split(":")
        afternoon = 12 * ("PM" in form and int(hour) != 12)
        assert (int(hour) + afternoon) * 60 + int(rest[:2]) == minute


@given(st.dates(date(2016, 1, 1), date(2024, 12, 31)), st.integers(0, 6_000))
def test_a_calendar_has_every_day_from_the_first(first: date, days: int):
    dates, spelled = calendar(first, days)
    assert list(dates) == [first + timedelta(days=day) for day in range(days)]
    assert list(spelled) == [spell_date(day) for day in dates]


def test_no_calendar_is_older_than_the_oldest_world():
    with pytest.raises(ValueError, match="no world begins on 2015-12-31"):
        calendar(date(2015, 12, 31), 3)
