"""A log is its drafts in time order, and what happens in the same minute has no order."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from generators.records import Role
from generators.world.log import Draft, arrange

FIRST = date(2020, 5, 3)
TIME = st.tuples(st.integers(0, 20_000), st.integers(0, 24 * 60 - 1))


@given(st.lists(TIME, max_size=60), st.integers())
def test_events_are_the_drafts_in_time_order(times: list[tuple[int, int]], seed: int):
    roles: tuple[Role, Role] = ("target", "filler")
    drafts = [Draft(str(i), {}, day, minute, roles[i % 2]) for i, (day, minute) in enumerate(times)]
    events, order = arrange("w", FIRST, drafts, Random(seed))
    assert sorted(order) == list(range(len(times)))
    assert [times[place] for place in order] == sorted(times)
    assert [event.text for event in events] == [str(place) for place in order]
    assert len({event.event_id for event in events}) == len(times)
    for event, place in zip(events, order, strict=True):
        assert (event.day, event.date) == (times[place][0], FIRST + timedelta(times[place][0]))
        assert event.should_remember == (event.role == "target") == (place % 2 == 0)


def test_what_happens_in_the_same_minute_has_any_order():
    drafts = [Draft(str(i), {}, 20_000, 600, "target") for i in range(3)]
    orders = {tuple(arrange("w", FIRST, drafts, Random(seed)).drafts) for seed in range(100)}
    assert len(orders) == 6
