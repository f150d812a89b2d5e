"""Builds one world of scenario C: what is asked for, its look-alikes, and everything else."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from generators.records import Event
from generators.scenario_c.config import SettingsConfig
from generators.scenario_c.distractors import fill
from generators.scenario_c.drafting import Drafting
from generators.scenario_c.plan import QuestionSpec, plan
from generators.scenario_c.spoken import spoken_in
from generators.scenario_c.targets import Cue, draw_target
from generators.world.dialogue import retell
from generators.world.ids import opaque_id, settings_digest
from generators.world.log import arrange, made_for_specs
from generators.world.timestamps import first_day


@dataclass(frozen=True, slots=True)
class SettingsWorld:
    """The finished events of a world, and what its questions are made from.

    Attributes:
        specs: What is asked, in plan order.
        cues: What each spec gives.
        events: The log in time order.
        asked: Per spec, the day on which it is asked.
        confounders: Per spec, positions of the events that are easily confused with its evidence.
    """

    specs: list[QuestionSpec]
    cues: list[Cue]
    events: list[Event]
    asked: list[int]
    confounders: list[list[int]]


def build(config: SettingsConfig, number: int) -> SettingsWorld:
    """Build world `number`; a function of the settings other than `n`, and of nothing else."""
    stream = f"C:{config.seed}:{number}"
    rng = Random(f"{stream}:targets")
    drafting = Drafting(rng, config, first_day(rng))
    specs = plan(config, number)
    asked = [rng.choice(drafting.asking_days) for _ in specs]
    cues = []
    for index, spec in enumerate(specs):
        drafting.asked = asked[index]
        cues.append(draw_target(drafting, index, spec))
    fill(drafting, specs)

    world_id = opaque_id("C", settings_digest(config), number)
    drafts = drafting.drafts
    retell(config.style, stream, drafting.first_day, drafts, spoken_in(drafts))
    log = arrange(world_id, drafting.first_day, drafts, Random(f"{stream}:order"))
    confounders = made_for_specs(drafts, log, ("hard_negative",), len(specs))
    return SettingsWorld(specs, cues, log.events, asked, confounders)
