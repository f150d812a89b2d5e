"""Builds the log of one world."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from generators.records import Event
from generators.scenario_b.distractors import Distractors
from generators.scenario_b.facts import table
from generators.scenario_b.plan import QuestionSpec, plan
from generators.scenario_b.spoken import spoken
from generators.scenario_b.targets import Target, draw_targets, last_day
from generators.scenario_b.vocabulary import Vocabulary, hops, usable_values
from generators.world.dialogue import retell
from generators.world.ids import opaque_id, settings_digest
from generators.world.lags import LagConfig, asking_days
from generators.world.log import Draft, arrange, made_for_specs
from generators.world.timestamps import first_day

# Fewer values than this, and one picked at random would be right too often.
# The real values of subjects that are described are in no log, so more values are needed there.
_MIN_VALUES, _MIN_DESCRIBED = 31, 37
_MIN_HOPS = 8


@dataclass(frozen=True, slots=True)
class FactWorld:
    """The finished events of a world, and what its questions are made from.

    Attributes:
        specs: What is asked, in plan order.
        targets: What each spec is about.
        events: The log in time order.
        confounders: Per spec, positions of the events that are easily confused with its evidence.
    """

    specs: list[QuestionSpec]
    targets: list[Target]
    events: list[Event]
    confounders: list[list[int]]


@cache
def relations_to_edit() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Relations with enough values: those whose subjects can be described, and the others."""
    values = {name: len(usable_values(name)) for name in table().relations}
    hopped = [name for name in values if len(hops(name)) >= _MIN_HOPS]
    described = tuple(name for name in hopped if values[name] >= _MIN_DESCRIBED)
    others = (name for name, size in values.items() if size >= _MIN_VALUES)
    return described, tuple(name for name in others if name not in hopped)


def build(config: LagConfig, number: int) -> FactWorld:
    """Build world `number`; a function of the settings other than `n`, and of nothing else.

    Raises:
        ConfigError: A relation has too few values.
    """
    stream = f"B:{config.seed}:{number}"
    rng = Random(f"{stream}:targets")
    first = first_day(rng)
    vocabularies = [Vocabulary(rng.choice(names), rng) for names in relations_to_edit()]
    specs = plan(config, number)
    drafts: list[Draft] = []
    asked = asking_days(rng, last_day(config))
    targets = draw_targets(rng, config, first, vocabularies, specs, asked, drafts)
    distractors = Distractors(Random(f"{stream}:surroundings"), config, first, asked, drafts)
    distractors.add_hard_negatives(specs, targets)
    distractors.fill(vocabularies)
    retell(config.style, stream, first, drafts, spoken)

    world_id = opaque_id("B", settings_digest(config), number)
    log = arrange(world_id, first, drafts, Random(f"{stream}:order"))
    confounders = made_for_specs(drafts, log, ("hard_negative", "filler"), len(specs))
    return FactWorld(specs, targets, log.events, confounders)
