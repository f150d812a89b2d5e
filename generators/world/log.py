"""From drafts to a log: puts events in time order and gives them ids that tell nothing.

>>> draft = Draft("Rain on 3 May 2020 at 08:00.", {}, 0, 480, "filler")
>>> [event.date for event in arrange("w", date(2020, 5, 3), [draft], Random(0)).events]
[datetime.date(2020, 5, 3)]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import NamedTuple

from generators.records import Event, Role
from generators.world.ids import opaque_ids
from generators.world.timestamps import calendar

# Minutes.
_DAY = 24 * 60


@dataclass(slots=True)
class Draft:
    """An event before it has an id and a place in the log.

    Attributes:
        text: What a memory gets to read, with its date.
        slots: What the text says, by slot name; empty for small talk.
        day: Day of the world.
        minute: Minute of the day.
        role: What the event is for; small talk ("filler") is not to be remembered.
        probe: Index of the fact to be asked for that the event was made for, if any.
    """

    text: str
    slots: Mapping[str, str]
    day: int
    minute: int
    role: Role
    probe: int | None = None


class Arranged(NamedTuple):
    """A log in time order.

    Attributes:
        events: The events.
        drafts: Index of the draft that each event was made from.
    """

    events: list[Event]
    drafts: list[int]


def arrange(world_id: str, first_day: date, drafts: Sequence[Draft], rng: Random) -> Arranged:
    """Sort drafts by day and minute, those of the same minute at random, into a log."""
    random = rng.random
    moments = [draft.day * _DAY + draft.minute + random() for draft in drafts]
    order = sorted(range(len(drafts)), key=moments.__getitem__)
    dates = calendar(first_day, drafts[order[-1]].day + 1 if order else 0).dates
    ids = opaque_ids(len(drafts), "event", world_id)
    events, new = list[Event](), tuple.__new__
    for event_id, place in zip(ids, order, strict=True):
        draft = drafts[place]
        day, role = draft.day, draft.role
        text, slots, keep = draft.text, draft.slots, role != "filler"
        # Event(...) without its call, which is most of what it costs.
        values = event_id, world_id, day, dates[day], text, slots, role, keep, False
        events.append(new(Event, values))
    return Arranged(events, order)
