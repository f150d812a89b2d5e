"""Surrounds the targets: episodes made to be confused with them, and everyday life."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import cast

from generators.log import Draft
from generators.pools import pools
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.dimensions import CROWD, crowded_days, last_day, store_size
from generators.scenario_a.phrasing import EVENT_TEMPLATE_COUNT, chatter_text, event_text
from generators.scenario_a.plan import SLOTS, Probe
from generators.scenario_a.targets import Cue
from generators.scenario_a.values import Values
from generators.timestamps import spell_clock, spell_date

# Shares of small talk that put its average place near the middle of the log.
_CHATTER_ON_QUIET_DAYS = 0.4
_CHATTER_ON_BUSY_DAYS = 0.8

_TIMELESS = tuple(slot for slot in SLOTS if slot != "when")


def add_confounders(
    rng: Random,
    config: EpisodeConfig,
    values: Values,
    probes: Sequence[Probe],
    cues: Sequence[Cue],
    drafts: list[Draft],
) -> None:
    """Add hard negatives: all as in the target but the asked slot and one given slot."""
    if not config.hard_negative:
        return
    targets = list(drafts)
    target_verbs = {target.slots["action"] for target in targets}
    for number, target in enumerate(targets):
        probe = probes[cast(int, target.probe)]
        ratio = config.confounders_ratio
        for turn in range(math.floor((number + 1) * ratio) - math.floor(number * ratio)):
            changed = probe.given[turn % len(probe.given)]
            slots, minute = dict(target.slots), target.minute
            if "when" in (changed, probe.asked):
                minute = values.own_minute(rng)
                slots["when"] = values.stamp(target.day, minute)
            if changed == "action":
                while slots["action"] in target_verbs:
                    slots["action"] = values.background(rng, "action")
            elif changed != "when":
                slots[changed] = values.sibling(rng, changed, slots[changed])
            if probe.asked != "when":
                slots[probe.asked] = values.fresh(rng, probe.asked)
            text = event_text(slots, rng.randrange(EVENT_TEMPLATE_COUNT))
            cues[cast(int, target.probe)].near.append(len(drafts))
            drafts.append(Draft(text, slots, target.day, minute, "hard_negative"))


def fill(rng: Random, config: EpisodeConfig, values: Values, drafts: list[Draft]) -> None:
    """Add unrelated episodes and small talk until the store has its size.

    First on the days on which questions of lag 0 are asked, then on every empty day, then where
    the log is busy already, so that small talk lies among the episodes and not before them.

    Raises:
        ConfigError: A word pool is used up.
    """
    days = range(last_day(config) + 1)
    crowd = [(day, 0.0) for day in crowded_days(config) for _ in range(CROWD)]
    busy = {draft.day for draft in drafts} | {day for day, _ in crowd}
    quiet = [(day, _CHATTER_ON_QUIET_DAYS) for day in days if day not in busy]
    missing = store_size(config) - len(drafts) - len(crowd) - len(quiet)
    taken = [draft.day for draft in drafts] + [day for day, _ in crowd + quiet]
    rest = [(rng.choice(taken), _CHATTER_ON_BUSY_DAYS) for _ in range(missing)]
    columns = pools().chatter
    for day, chatter_share in crowd + quiet + rest:
        minute = values.background_minute(rng, day)
        if rng.random() < chatter_share:
            said = [rng.choice(column) for column in columns]
            stamped = spell_date(values.date(day)), spell_clock(minute)
            text = chatter_text(*stamped, said, rng.randrange(2))
            drafts.append(Draft(text, {}, day, minute, "filler"))
            continue
        slots = {slot: values.background(rng, slot) for slot in _TIMELESS}
        slots["when"] = values.stamp(day, minute)
        text = event_text(slots, rng.randrange(EVENT_TEMPLATE_COUNT))
        drafts.append(Draft(text, slots, day, minute, "distractor"))
