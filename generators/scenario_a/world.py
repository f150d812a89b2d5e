"""Builds one world of scenario A: targets, their hard negatives, and everyday life around them.

The three parts draw from three random streams, so that changing `confounders_ratio` or
`hard_negative` leaves targets, cues and wordings as they are: runs with and without confounders
ask the same questions about the same episodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import cast

from generators.ids import opaque_id, settings_digest
from generators.records import Event
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.drafts import Cue, Draft
from generators.scenario_a.phrasing import chatter_text, event_text
from generators.scenario_a.plan import Probe, plan
from generators.scenario_a.surroundings import add_confounders, fill
from generators.scenario_a.targets import draw_targets
from generators.scenario_a.values import Values
from generators.timestamps import first_day, spell_clock, spell_date


@dataclass(frozen=True, slots=True)
class Log:
    """A world of scenario A: the finished events and what its questions need of their making.

    Attributes:
        world_id: Id of the world, a function of seed, settings and number.
        probes: What is asked, in plan order.
        cues: What each probe gives.
        events: The log in time order.
        confounders: Per probe, ids of the events that are easily confused with its evidence.
    """

    world_id: str
    probes: list[Probe]
    cues: list[Cue]
    events: list[Event]
    confounders: list[set[str]]


def build(config: EpisodeConfig, number: int) -> Log:
    """Build world `number`; a function of the settings other than `n`, and of nothing else.

    Raises:
        ConfigError: The settings ask for more distinct values than the pools have.
    """
    stream = f"A:{config.seed}:{number}"
    rng = Random(f"{stream}:targets")
    values = Values(first_day(rng))
    probes = plan(config, number)
    drafts: list[Draft] = []
    cues = draw_targets(rng, config, values, probes, drafts)
    add_confounders(Random(f"{stream}:confounders"), config, values, probes, drafts)
    fill(Random(f"{stream}:surroundings"), config, values, drafts)

    world_id = opaque_id("A", settings_digest(config), number)
    log = Log(world_id, probes, cues, [], [set() for _ in probes])
    rng = Random(f"{stream}:order")
    order = sorted((draft.day, draft.minute, rng.random(), i) for i, draft in enumerate(drafts))
    for *_, place in order:
        event = _write(values, world_id, place, drafts[place])
        log.events.append(event)
        if event.role == "hard_negative":
            log.confounders[cast(int, drafts[place].probe)].add(event.event_id)
        for probe, cue in enumerate(cues):
            if place in cue.near:
                log.confounders[probe].add(event.event_id)
    return log


def _write(values: Values, world_id: str, place: int, draft: Draft) -> Event:
    date = values.date(draft.day)
    if draft.slots:
        text = event_text(draft.slots, draft.template)
    else:
        stamped = spell_date(date), spell_clock(draft.minute)
        text = chatter_text(*stamped, draft.chatter, draft.template)
    return Event(
        event_id=opaque_id("event", world_id, place),
        world_id=world_id,
        day=draft.day,
        date=date,
        text=text,
        slots=draft.slots,
        role=draft.role,
        should_remember=draft.role != "filler",
    )
