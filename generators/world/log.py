"""From drafts to a log: puts events in time order and gives them opaque ids.

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

_MINUTES_A_DAY = 24 * 60


@dataclass(slots=True)
class Draft:
    """An event before it has an id and a position in the log.

    Attributes:
        text: What a memory gets to read, with its date.
        slots: What the text says, by slot name; empty for small talk.
        day: Day of the world.
        minute: Minute of the day.
        role: What the event is for; small talk ("filler") is not to be remembered.
        spec: Index of the question spec that the event was made for, if any.
        rank: Place in the order in which stores grow, if any.
        forgets: Indices of the drafts that a request asks to forget, in time order.
    """

    text: str
    slots: Mapping[str, str]
    day: int
    minute: int
    role: Role
    spec: int | None = None
    rank: int | None = None
    forgets: Sequence[int] = ()


class Log(NamedTuple):
    """The finished events of a world.

    Attributes:
        events: The events in time order.
        positions: Position in `events` of each draft, in the order of the drafts.
    """

    events: list[Event]
    positions: list[int]


def arrange(world_id: str, first_day: date, drafts: Sequence[Draft], rng: Random) -> Log:
    """Sort drafts by day and minute into a log; the order within a minute is random."""
    moments = [draft.day * _MINUTES_A_DAY + draft.minute + rng.random() for draft in drafts]
    order = sorted(range(len(drafts)), key=moments.__getitem__)
    dates = calendar(first_day, drafts[order[-1]].day + 1 if order else 0).dates
    ids = opaque_ids(len(drafts), "event", world_id)
    events, positions = list[Event](), [0] * len(drafts)
    for position, index in enumerate(order):
        draft = drafts[index]
        positions[index] = position
        day, role, remember = draft.day, draft.role, draft.role != "filler"
        identity = ids[position], world_id, day, dates[day]
        said = draft.text, draft.slots
        events.append(Event(*identity, *said, role, remember, rank=draft.rank))
    for draft, position in zip(drafts, positions, strict=True):
        if draft.forgets:
            forgets = tuple(ids[positions[index]] for index in draft.forgets)
            events[position] = events[position]._replace(forgets=forgets)
    return Log(events, positions)


def made_for_specs(
    drafts: Sequence[Draft], log: Log, roles: Sequence[Role], specs: int
) -> list[list[int]]:
    """For each of `specs` specs, positions of the events of some roles that were made for it."""
    found: list[list[int]] = [[] for _ in range(specs)]
    for draft, position in zip(drafts, log.positions, strict=True):
        if draft.spec is not None and draft.role in roles:
            found[draft.spec].append(position)
    return [sorted(positions) for positions in found]
