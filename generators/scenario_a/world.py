"""Builds one world of scenario A: targets, their hard negatives, and everyday life around them.

The three parts draw from three random streams, so that changing `confounders_ratio` or
`hard_negative` leaves targets, cues and wordings as they are: runs with and without confounders
ask the same questions about the same episodes.
"""

from __future__ import annotations

from dataclasses import dataclass

from generators.ids import opaque_id, settings_digest
from generators.log import Draft, arrange
from generators.records import Event
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.plan import Probe, plan
from generators.scenario_a.surroundings import add_confounders, fill
from generators.scenario_a.targets import Cue, draw_targets
from generators.scenario_a.values import Values
from generators.streams import Stream
from generators.timestamps import first_day


@dataclass(frozen=True, slots=True)
class Log:
    """A world of scenario A: the finished events and what its questions need of their making.

    Attributes:
        probes: What is asked, in plan order.
        cues: What each probe gives.
        events: The log in time order.
        confounders: Per probe, places of the events that are easily confused with its evidence.
    """

    probes: list[Probe]
    cues: list[Cue]
    events: list[Event]
    confounders: list[set[int]]


def build(config: EpisodeConfig, number: int) -> Log:
    """Build world `number`; a function of the settings other than `n`, and of nothing else.

    Raises:
        ConfigError: The settings ask for more distinct values than the pools have.
    """
    stream = f"A:{config.seed}:{number}"
    rng = Stream(f"{stream}:targets")
    values = Values(first_day(rng))
    probes = plan(config, number)
    drafts: list[Draft] = []
    cues = draw_targets(rng, config, values, probes, drafts)
    add_confounders(Stream(f"{stream}:confounders"), config, values, probes, cues, drafts)
    fill(Stream(f"{stream}:surroundings"), config, values, drafts)

    world_id = opaque_id("A", settings_digest(config), number)
    events, places = arrange(world_id, values.date(0), drafts, Stream(f"{stream}:order"))
    place_of = {source: place for place, source in enumerate(places)}
    confounders = [{place_of[source] for source in cue.near} for cue in cues]
    return Log(probes, cues, events, confounders)
