"""Builds one world of scenario C: what is asked for, its look-alikes, and everything else."""

from __future__ import annotations

from dataclasses import dataclass

from generators.records import Event
from generators.scenario_c.drafting import Drafting
from generators.scenario_c.plan import Probe, in_play, plan
from generators.scenario_c.surroundings import fill
from generators.scenario_c.targets import Cue, draw_target
from generators.world.ids import opaque_id, settings_digest
from generators.world.lags import LagConfig
from generators.world.log import arrange
from generators.world.streams import Stream
from generators.world.timestamps import first_day

# Days before the oldest possible lag, so that what was superseded has a past: two steps of 1–3.
HISTORY_DAYS = 6


@dataclass(frozen=True, slots=True)
class Log:
    """A world of scenario C: the finished events and what its questions need of their making.

    Attributes:
        probes: What is asked, in plan order.
        cues: What each probe gives.
        events: The log in time order.
        confounders: Per probe, places of the events that are easily confused with its evidence.
    """

    probes: list[Probe]
    cues: list[Cue]
    events: list[Event]
    confounders: list[list[int]]


def build(config: LagConfig, number: int) -> Log:
    """Build world `number`; a function of the settings other than `n`, and of nothing else."""
    stream = f"C:{config.seed}:{number}"
    rng = Stream(f"{stream}:targets")
    drafting = Drafting(rng, first_day(rng), HISTORY_DAYS + config.lag_bins[-1] - 1)
    probes = plan(config, number)
    cues = [draw_target(drafting, config, index, probe) for index, probe in enumerate(probes)]
    fill(drafting, in_play(config, number).values())

    world_id = opaque_id("C", settings_digest(config), number)
    events, places = arrange(
        world_id, drafting.first_day, drafting.drafts, Stream(f"{stream}:order")
    )
    log = Log(probes, cues, events, [[] for _ in probes])
    for place, source in enumerate(places):
        draft = drafting.drafts[source]
        if draft.probe is not None and draft.role == "hard_negative":
            log.confounders[draft.probe].append(place)
    return log
