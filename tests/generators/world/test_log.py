"""A log is its drafts in time order, and what happens in the same minute has no order."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from generators.records import Role
from generators.world.log import Draft, arrange, made_for_specs

FIRST = date(2020, 5, 3)
TIME = st.tuples(st.integers(0, 20_000), st.integers(0, 24 * 60 - 1))


@given(st.lists(TIME, max_size=60), st.integers())
def test_events_are_the_drafts_in_time_order(times: list[tuple[int, int]], seed: int):
    roles: tuple[Role, Role] = ("target", "filler")
    drafts = [Draft(str(i), {}, day, minute, roles[i % 2]) for i, (day, minute) in enumerate(times)]
    events, positions = arrange("w", FIRST, drafts, Random(seed))
    order = [int(event.text) for event in events]
    assert [positions[index] for index in order] == list(range(len(times)))
    assert [times[index] for index in order] == sorted(times)
    assert len({event.event_id for event in events}) == len(times)
    for event, index in zip(events, order, strict=True):
        assert (event.day, event.date) == (times[index][0], FIRST + timedelta(times[index][0]))
        assert event.should_remember == (event.role == "target") == (index % 2 == 0)


def test_what_happens_in_the_same_minute_has_any_order():
    drafts = [Draft(str(i), {}, 20_000, 600, "target") for i in range(3)]
    orders = {tuple(arrange("w", FIRST, drafts, Random(seed)).positions) for seed in range(100)}
    assert len(orders) == 6


def test_a_request_names_the_events_of_its_drafts():
    drafts = [Draft(str(day), {}, day, 600, "target") for day in (3, 1, 2)]
    drafts.append(Draft("", {}, 9, 600, "forget", forgets=[1, 0]))
    events, _ = arrange("w", FIRST, drafts, Random(0))
    said = {event.event_id: event.text for event in events}
    assert [said[one] for one in events[-1].forgets] == ["1", "3"]
    assert not any(event.forgets for event in events[:-1])


def test_events_made_for_a_spec_are_found_by_their_role():
    drafts = [Draft("", {}, 9 - i, 600, "hard_negative", i % 2) for i in range(6)]
    drafts += [Draft("", {}, 20, 600, "target", 0), Draft("", {}, 21, 600, "hard_negative")]
    log = arrange("w", FIRST, drafts, Random(0))
    assert made_for_specs(drafts, log, ["hard_negative"], 3) == [[1, 3, 5], [0, 2, 4], []]
