"""Looking through a log by its columns finds what looking at each of its events finds."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from generators.records import Event
from generators.scenario_a.plan import SLOTS
from generators.scenario_a.questions import Columns

VALUE = st.sampled_from(["1 May 2020 at 08:00", "2 May 2020 at 08:00", "3 May 2020 at 09:00"])
EPISODE = st.fixed_dictionaries(dict.fromkeys(SLOTS, VALUE)) | st.just({})
LOG = st.lists(st.tuples(st.integers(0, 9), EPISODE), min_size=1, max_size=20)
GIVEN = st.dictionaries(st.sampled_from(SLOTS), VALUE, min_size=1, max_size=3)


@given(LOG, st.integers(-1, 10), GIVEN, st.sampled_from(SLOTS))
def test_columns_against_every_event(
    log: list[tuple[int, dict[str, str]]], as_of: int, given_slots: dict[str, str], asked: str
):
    events = [
        Event("e", "w", day, date(2020, 5, 1) + timedelta(day), "", slots, "target", True)
        for day, slots in sorted(log, key=lambda entry: entry[0])
    ]
    columns = Columns(events)
    visible = sum(event.day <= as_of for event in events)
    assert columns.visible(as_of) == visible
    assert columns.matches({slot: {value} for slot, value in given_slots.items()}, visible) == [
        place
        for place, event in enumerate(events[:visible])
        if event.slots and given_slots.items() <= event.slots.items()
    ]
    said = [event.slots[asked] if event.slots else "" for event in events]
    if asked == "when":
        said = [value.rpartition(" ")[2] for value in said]
    assert list(columns.answers(asked)) == said
    latest_first = [value for value in reversed(said[:visible]) if value]
    assert list(columns.mentioned(asked, visible)) == list(dict.fromkeys(latest_first))
