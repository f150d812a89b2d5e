"""Builds one world of scenario C: what is asked for, its look-alikes, and everything else."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from generators.records import Event
from generators.scenario_c.distractors import fill
from generators.scenario_c.drafting import HISTORY_DAYS, Drafting
from generators.scenario_c.plan import QuestionSpec, in_play, plan
from generators.scenario_c.spoken import spoken_in
from generators.scenario_c.targets import Cue, draw_target
from generators.world.dialogue import retell
from generators.world.ids import opaque_id, settings_digest
from generators.world.lags import LagConfig
from generators.world.log import arrange, made_for_specs
from generators.world.timestamps import first_day


@dataclass(frozen=True, slots=True)
class SettingsWorld:
    """The finished events of a world, and what its questions are made from.

    Attributes:
        specs: What is asked, in plan order.
        cues: What each spec gives.
        events: The log in time order.
        confounders: Per spec, positions of the events that are easily confused with its evidence.
    """

    specs: list[QuestionSpec]
    cues: list[Cue]
    events: list[Event]
    confounders: list[list[int]]


def build(config: LagConfig, number: int) -> SettingsWorld:
    """Build world `number`; a function of the settings other than `n`, and of nothing else."""
    stream = f"C:{config.seed}:{number}"
    rng = Random(f"{stream}:targets")
    drafting = Drafting(rng, config, first_day(rng), HISTORY_DAYS + config.lag_bins[-1] - 1)
    specs = plan(config, number)
    cues = [draw_target(drafting, index, spec) for index, spec in enumerate(specs)]
    settings = in_play(config, number)
    fill(drafting, settings.values(), settings["host"])

    world_id = opaque_id("C", settings_digest(config), number)
    drafts = drafting.drafts
    retell(config.style, stream, drafting.first_day, drafts, spoken_in(drafts))
    log = arrange(world_id, drafting.first_day, drafts, Random(f"{stream}:order"))
    confounders = made_for_specs(drafts, log, ("hard_negative",), len(specs))
    return SettingsWorld(specs, cues, log.events, confounders)
