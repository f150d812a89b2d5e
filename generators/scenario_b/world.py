"""Builds the log of one world."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from generators.records import Event
from generators.scenario_b.facts import table
from generators.scenario_b.plan import Probe, plan
from generators.scenario_b.stock import Stock, hops, usable_values
from generators.scenario_b.surroundings import Surroundings
from generators.scenario_b.targets import Target, draw_targets
from generators.world.ids import opaque_id, settings_digest
from generators.world.lags import LagConfig
from generators.world.log import Draft, arrange
from generators.world.streams import Stream
from generators.world.timestamps import first_day

# Fewer values than this, and one picked at random would be right too often.
_MIN_VALUES = 28
_MIN_HOPS = 8


@dataclass(frozen=True, slots=True)
class Log:
    """A world of scenario B: the finished events and what its questions need of their making.

    Attributes:
        probes: What is asked, in plan order.
        targets: What each probe is about.
        events: The log in time order.
        confounders: Per probe, places of the events that are easily confused with its evidence.
    """

    probes: list[Probe]
    targets: list[Target]
    events: list[Event]
    confounders: list[set[int]]


@cache
def relations_to_edit() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Relations with enough values: those whose subjects can be described, and the others."""
    wide = [name for name in table().relations if len(usable_values(name)) >= _MIN_VALUES]
    described = tuple(name for name in wide if len(hops(name)) >= _MIN_HOPS)
    return described, tuple(name for name in wide if name not in described)


def build(config: LagConfig, number: int) -> Log:
    """Build world `number`; a function of the settings other than `n`, and of nothing else.

    Raises:
        ConfigError: A relation has too few values.
    """
    stream = f"B:{config.seed}:{number}"
    rng = Stream(f"{stream}:targets")
    first = first_day(rng)
    stocks = [Stock(rng.choice(names), rng) for names in relations_to_edit()]
    probes = plan(config, number)
    drafts: list[Draft] = []
    targets = draw_targets(rng, config, first, stocks, probes, drafts)
    around = Surroundings(Stream(f"{stream}:surroundings"), config, first, drafts)
    around.confound(probes, targets)
    around.fill(stocks)

    world_id = opaque_id("B", settings_digest(config), number)
    events, places = arrange(world_id, first, drafts, Stream(f"{stream}:order"))
    log = Log(probes, targets, events, [set() for _ in probes])
    for place, source in enumerate(places):
        draft = drafts[source]
        if draft.probe is not None and draft.role in ("hard_negative", "filler"):
            log.confounders[draft.probe].add(place)
    return log
