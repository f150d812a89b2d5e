"""Builds one world of scenario D: collision groups in the smallest store, and what follows.

The days of a store end with it: everything of its last day is in it, so that the date of its last
event says which events are visible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from random import Random

from generators.records import Event, Role
from generators.scenario_d.config import StressConfig
from generators.scenario_d.phrasing import EVENT_TEMPLATE_COUNT, event_text
from generators.scenario_d.plan import SMALLEST_DAYS, Probe, plan
from generators.scenario_d.values import Values
from generators.world.filler import dated, remark
from generators.world.ids import opaque_id, settings_digest
from generators.world.log import Draft, arrange
from generators.world.streams import Stream
from generators.world.timestamps import CLOCK, first_day, random_minute, spell_date, stamp

_CHATTER_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Log:
    """A world of scenario D: the finished events and what its questions need of their making.

    Attributes:
        probes: What is asked, in plan order.
        codes: The code that each probe gives.
        groups: Per probe, the codes of the collision group that its code belongs to or resembles.
        events: The log in time order.
    """

    probes: list[Probe]
    codes: list[str]
    groups: list[list[str]]
    events: list[Event]


@cache
def days(config: StressConfig) -> Sequence[int]:
    """Day of every event of a log, in order; no day belongs to two stores."""
    pace = -(-config.store_sizes[0] // SMALLEST_DAYS)
    made: list[int] = []
    for low, high in pairwise((0, *config.store_sizes)):
        start = made[-1] + 1 if made else 0
        made += [start + place // pace for place in range(high - low)]
    return tuple(made)


def build(config: StressConfig, number: int) -> Log:
    """Build world `number`; a function of the settings other than `n`, and of nothing else.

    Raises:
        ConfigError: The smallest store cannot hold the collision groups.
    """
    stream = f"D:{config.seed}:{number}"
    probes = plan(config, number)
    rng = Stream(f"{stream}:groups")
    writer = _Writer(first_day(rng))
    values = Values(rng)
    codes = [""] * len(probes)
    groups: list[list[str]] = [[] for _ in probes]
    schedule = days(config)
    smallest = config.store_sizes[0]
    early = [day for day in schedule[:smallest] if day < schedule[smallest - 1]]
    late = [schedule[smallest - 1]] * (smallest - len(early))
    rest: list[dict[str, str]] = []
    for members, asking in _groups(rng, values, probes):
        issued = [slots["code"] for slots in members]
        for slots, index in zip(members, asking, strict=False):
            codes[index] = slots["code"]
            half = late if probes[index].late else early
            writer.write(rng, slots, half.pop(rng.randrange(len(half))), "target")
        for index in asking:
            groups[index] = issued
        rest += members[len(asking) :]
    for index, probe in enumerate(probes):
        if probe.late is None:
            near = [groups[i] for i, p in enumerate(probes) if p.group == probe.group and groups[i]]
            groups[index] = rng.choice(near)
            codes[index] = values.unissued(rng, groups[index])
    free = early + late
    rng.shuffle(free)
    for slots in rest:
        writer.write(rng, slots, free.pop(), "hard_negative")

    surroundings = Stream(f"{stream}:surroundings")
    for day in (*free, *schedule[smallest:]):
        if surroundings.random() < _CHATTER_SHARE:
            writer.chat(surroundings, day)
        else:
            writer.write(surroundings, values.other(surroundings), day, "distractor")
    world_id = opaque_id("D", settings_digest(config), number)
    order = Stream(f"{stream}:order")
    return Log(probes, codes, groups, arrange(world_id, writer.first, writer.drafts, order).events)


def _groups(
    rng: Random, values: Values, probes: list[Probe]
) -> list[tuple[list[dict[str, str]], list[int]]]:
    """Collision groups, each with the probes that ask for its first members."""
    made = []
    for size in dict.fromkeys(probe.group for probe in probes):
        asking = [i for i, p in enumerate(probes) if p.group == size and p.late is not None]
        for start in range(0, len(asking), size):
            made.append((values.group(rng, size), asking[start : start + size]))
    return made


class _Writer:
    """Writes the events of a log that begins on a day."""

    def __init__(self, first: date) -> None:
        self.first = first
        self.drafts: list[Draft] = []

    def write(self, rng: Random, slots: dict[str, str], day: int, role: Role) -> None:
        """Write that a parcel was collected on a day of the world."""
        minute = random_minute(rng)
        on = self.first + timedelta(days=day)
        template = int(rng.random() * EVENT_TEMPLATE_COUNT)
        text = event_text(slots, spell_date(on), CLOCK[minute], template)
        self.drafts.append(Draft(text, slots | {"when": stamp(on, minute)}, day, minute, role))

    def chat(self, rng: Random, day: int) -> None:
        """Write small talk on a day of the world."""
        text = dated(remark(rng), self.first + timedelta(days=day))
        self.drafts.append(Draft(text, {}, day, random_minute(rng), "filler"))
