"""Builds one world of scenario D: collision groups in the smallest store, and others around them.

What a larger store adds lies among the events of the smaller one, on the same days: its questions
are asked on the same date, about evidence that is as old.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from generators.records import Event, Role
from generators.scenario_d.config import InterferenceConfig
from generators.scenario_d.phrasing import EVENT_TEMPLATE_COUNT, event_text
from generators.scenario_d.plan import QuestionSpec, lag_bins, plan
from generators.scenario_d.spoken import spoken
from generators.scenario_d.values import Values
from generators.world.dialogue import retell
from generators.world.filler import dated, remark
from generators.world.ids import opaque_id, settings_digest
from generators.world.lags import day_like_evidence
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
    bins = lag_bins(config)
    last_day = bins[-1][1] - 1
    smallest, largest = config.store_sizes[0], config.store_sizes[-1]
    rest: list[dict[str, str]] = []
    for members, asking in _groups(rng, values, specs):
        issued = [slots["code"] for slots in members]
        for slots, index in zip(members, asking, strict=False):
            codes[index] = slots["code"]
            day = last_day - rng.randrange(*bins[specs[index].lag_bin or 0])
            writer.write(rng, slots, day, "target")
        for index in asking:
            groups[index] = issued
        rest += members[len(asking) :]
    for index, spec in enumerate(specs):
        if spec.lag_bin is None:
            near = [groups[i] for i, p in enumerate(specs) if p.group == spec.group and groups[i]]
            groups[index] = rng.choice(near)
            codes[index] = values.unissued(rng, groups[index])
    quiet = {*range(last_day + 1)} - {draft.day for draft in writer.drafts}
    free = [day_like_evidence(rng, bins, last_day) for _ in range(smallest - len(writer.drafts))]
    free[: len(quiet)] = sorted(quiet)
    rng.shuffle(free)
    for slots in rest:
        writer.write(rng, slots, free.pop(), "hard_negative")

    others = Random(f"{stream}:others")
    more = (day_like_evidence(others, bins, last_day) for _ in range(largest - smallest))
    for day in (*free, *more):
        if others.random() < _CHATTER_SHARE:
            writer.chat(others, day)
        else:
            writer.write(others, values.other(others), day, "distractor")
    retell(config.style, stream, writer.first, writer.drafts, spoken)
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
        asking = [i for i, p in enumerate(specs) if p.group == size and p.lag_bin is not None]
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
        slots = slots | {"when": stamp(on, minute)}
        self.drafts.append(Draft(text, slots, day, minute, role, rank=len(self.drafts)))

    def chat(self, rng: Random, day: int) -> None:
        """Write small talk on a day of the world."""
        text = dated(remark(rng), self.first + timedelta(days=day))
        minute = random_minute(rng)
        self.drafts.append(Draft(text, {}, day, minute, "filler", rank=len(self.drafts)))
