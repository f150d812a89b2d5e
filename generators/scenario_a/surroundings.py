"""Surrounds the targets: episodes made to be confused with them, and everyday life."""

from __future__ import annotations

import math
from random import Random
from typing import cast

from generators.config import Config
from generators.scenario_a.dimensions import CROWD, crowded_days, last_day, store_size
from generators.scenario_a.drafts import Draft
from generators.scenario_a.plan import SLOTS, Probe
from generators.scenario_a.values import Values

_CHATTER_SHARE = 0.5  # of the events around targets and hard negatives


def add_confounders(
    rng: Random, config: Config, values: Values, probes: list[Probe], drafts: list[Draft]
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
            drafts.append(Draft(slots, target.day, minute, "hard_negative", target.probe))


def fill(rng: Random, config: Config, values: Values, drafts: list[Draft]) -> None:
    """Add unrelated episodes and chatter: on crowded days, on empty days, then anywhere."""
    days = range(last_day(config) + 1)
    crowd = [day for day in crowded_days(config) for _ in range(CROWD)]
    busy = {draft.day for draft in drafts} | set(crowd)
    rest = [day for day in days if day not in busy]
    missing = store_size(config) - len(drafts) - len(crowd) - len(rest)
    rest += [rng.choice(days) for _ in range(missing)]
    for place, day in enumerate(crowd + rest):
        minute = values.background_minute(rng, day)
        if place >= len(crowd) and rng.random() < _CHATTER_SHARE:
            drafts.append(Draft({}, day, minute, "filler"))
            continue
        slots = {slot: values.background(rng, slot) for slot in SLOTS if slot != "when"}
        slots["when"] = values.stamp(day, minute)
        drafts.append(Draft(slots, day, minute, "distractor"))
