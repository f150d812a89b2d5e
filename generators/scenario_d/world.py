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
from generators.scenario_d.config import InterferenceConfig
from generators.scenario_d.phrasing import EVENT_TEMPLATE_COUNT, event_text
from generators.scenario_d.plan import SMALLEST_DAYS, QuestionSpec, plan
from generators.scenario_d.values import Values
from generators.world.filler import dated, remark
from generators.world.ids import opaque_id, settings_digest
from generators.world.log import Draft, arrange
from generators.world.timestamps import CLOCK, first_day, random_minute, spell_date, stamp

_CHATTER_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class ParcelWorld:
    """The finished events of a world, and what its questions are made from.

    Attributes:
        specs: What is asked, in plan order.
        codes: The code that each spec gives.
        groups: Per spec, the codes of the collision group that its code belongs to or resembles.
        events: The log in time order.
    """

    specs: list[QuestionSpec]
    codes: list[str]
    groups: list[list[str]]
    events: list[Event]


@cache
def days(config: InterferenceConfig) -> Sequence[int]:
    """Day of every event of a log, in order; no day belongs to two stores."""
    pace = -(-config.store_sizes[0] // SMALLEST_DAYS)
    made: list[int] = []
    for low, high in pairwise((0, *config.store_sizes)):
        start = made[-1] + 1 if made else 0
        made += [start + place // pace for place in range(high - low)]
    return tuple(made)


def build(config: InterferenceConfig, number: int) -> ParcelWorld:
    """Build world `number`; a function of the settings other than `n`, and of nothing else.

    Raises:
        ConfigError: The smallest store cannot hold the collision groups.
    """
    stream = f"D:{config.seed}:{number}"
    specs = plan(config, number)
    rng = Random(f"{stream}:groups")
    writer = _Writer(first_day(rng))
    values = Values(rng)
    codes = [""] * len(specs)
    groups: list[list[str]] = [[] for _ in specs]
    schedule = days(config)
    smallest = config.store_sizes[0]
    early = [day for day in schedule[:smallest] if day < schedule[smallest - 1]]
    late = [schedule[smallest - 1]] * (smallest - len(early))
    rest: list[dict[str, str]] = []
    for members, asking in _groups(rng, values, specs):
        issued = [slots["code"] for slots in members]
        for slots, index in zip(members, asking, strict=False):
            codes[index] = slots["code"]
            half = late if specs[index].late else early
            writer.write(rng, slots, half.pop(rng.randrange(len(half))), "target")
        for index in asking:
            groups[index] = issued
        rest += members[len(asking) :]
    for index, spec in enumerate(specs):
        if spec.late is None:
            near = [groups[i] for i, p in enumerate(specs) if p.group == spec.group and groups[i]]
            groups[index] = rng.choice(near)
            codes[index] = values.unissued(rng, groups[index])
    free = early + late
    rng.shuffle(free)
    for slots in rest:
        writer.write(rng, slots, free.pop(), "hard_negative")

    surroundings = Random(f"{stream}:surroundings")
    for day in (*free, *schedule[smallest:]):
        if surroundings.random() < _CHATTER_SHARE:
            writer.chat(surroundings, day)
        else:
            writer.write(surroundings, values.other(surroundings), day, "distractor")
    world_id = opaque_id("D", settings_digest(config), number)
    order = Random(f"{stream}:order")
    return ParcelWorld(
        specs, codes, groups, arrange(world_id, writer.first, writer.drafts, order).events
    )


def _groups(
    rng: Random, values: Values, specs: list[QuestionSpec]
) -> list[tuple[list[dict[str, str]], list[int]]]:
    """Collision groups, each with the specs that ask for its first members."""
    made = []
    for size in dict.fromkeys(spec.group for spec in specs):
        asking = [i for i, p in enumerate(specs) if p.group == size and p.late is not None]
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
