"""Builds one world of scenario A: targets, their hard negatives, and everyday life around them.

Targets, cues and wordings are drawn first, so that changing `confounders_ratio` or `hard_negative`
leaves them as they are: runs with and without confounders ask the same questions about the same
episodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from generators.records import Event
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.dimensions import dimensions
from generators.scenario_a.plan import Probe, plan
from generators.scenario_a.surroundings import add_confounders, fill
from generators.scenario_a.targets import Cue, draw_targets
from generators.scenario_a.values import Values
from generators.world.ids import opaque_id, settings_digest
from generators.world.log import Draft, arrange
from generators.world.streams import Stream
from generators.world.timestamps import first_day


class Log(NamedTuple):
    """A world of scenario A: the finished events and what its questions need of their making.

    Attributes:
        dates: Calendar date of each day of the world.
        probes: What is asked, in plan order.
        cues: What each probe gives.
        events: The log in time order.
        confounders: Per probe, places of the events that are easily confused with its evidence.
    """

    dates: Sequence[date]
    probes: list[Probe]
    cues: list[Cue]
    events: list[Event]
    confounders: list[list[int]]


def build(config: EpisodeConfig, number: int) -> Log:
    """Build world `number`; a function of the settings other than `n`, and of nothing else.

    Raises:
        ConfigError: The settings ask for more distinct values than the pools have.
    """
    rng = Stream(f"A:{config.seed}:{number}")
    size = dimensions(config)
    values = Values(rng, first_day(rng), size.days)
    probes = plan(rng, config, number)
    drafts: list[Draft] = []
    cues = draw_targets(rng, size, values, probes, drafts)
    if config.hard_negative:
        add_confounders(rng, config.confounders_ratio, values, probes, cues, drafts)
    fill(rng, size, values, drafts)

    world_id = opaque_id("A", settings_digest(config), number)
    events, order = arrange(world_id, values.dates[0], drafts, rng)
    place_of = dict(zip(order, range(len(order)), strict=True))
    confounders = [sorted([place_of[source] for source in cue.near]) for cue in cues]
    return Log(values.dates, probes, cues, events, confounders)
