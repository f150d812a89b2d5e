"""Builds one world of scenario A: targets, their hard negatives, and everyday life around them.

Targets, cues and wordings are drawn first, so that changing `confounders_ratio` or `hard_negative`
leaves them as they are: runs with and without confounders ask the same questions about the same
episodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import NamedTuple

from generators.records import Event
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.dimensions import dimensions
from generators.scenario_a.distractors import add_hard_negatives, fill
from generators.scenario_a.plan import QuestionSpec, plan
from generators.scenario_a.spoken import spoken
from generators.scenario_a.targets import Cue, draw_targets
from generators.scenario_a.values import Values
from generators.world.dialogue import retell
from generators.world.ids import opaque_id, settings_digest
from generators.world.log import Draft, arrange
from generators.world.timestamps import first_day


class EpisodeWorld(NamedTuple):
    """The finished events of a world, and what its questions are made from.

    Attributes:
        dates: Calendar date of each day of the world.
        specs: What is asked, in plan order.
        cues: What each spec gives.
        events: The log in time order.
        confounders: Per spec, positions of the events that are easily confused with its evidence.
    """

    dates: Sequence[date]
    specs: list[QuestionSpec]
    cues: list[Cue]
    events: list[Event]
    confounders: list[list[int]]


def build(config: EpisodeConfig, number: int) -> EpisodeWorld:
    """Build world `number`; a function of the settings other than `n`, and of nothing else.

    Raises:
        ConfigError: The settings ask for more distinct values than the pools have.
    """
    stream = f"A:{config.seed}:{number}"
    rng = Random(stream)
    size = dimensions(config)
    values = Values(rng, first_day(rng), size.days)
    specs = plan(rng, config, number)
    drafts: list[Draft] = []
    cues = draw_targets(rng, size, values, specs, drafts)
    if config.hard_negative:
        add_hard_negatives(rng, config.confounders_ratio, values, specs, cues, drafts)
    fill(rng, size, values, drafts)
    retell(config.style, stream, values.dates[0], drafts, spoken)

    world_id = opaque_id("A", settings_digest(config), number)
    events, positions = arrange(world_id, values.dates[0], drafts, rng)
    confounders = [sorted([positions[index] for index in cue.near]) for cue in cues]
    return EpisodeWorld(values.dates, specs, cues, events, confounders)
