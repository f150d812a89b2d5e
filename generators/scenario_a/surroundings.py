"""Surrounds the targets: episodes made to be confused with them, and everyday life."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import cast

from generators.scenario_a.dimensions import CROWD, Dimensions
from generators.scenario_a.phrasing import (
    CHATTER_TEMPLATES,
    EVENT_TEMPLATES,
    chatter_text,
    event_text,
)
from generators.scenario_a.plan import Probe
from generators.scenario_a.targets import Cue
from generators.scenario_a.values import Values, remarks
from generators.world.log import Draft
from generators.world.streams import pick, picks
from generators.world.timestamps import CLOCK

# Shares of small talk that put its average place near the middle of the log.
_CHATTER_ON_QUIET_DAYS = 0.4
_CHATTER_ON_BUSY_DAYS = 0.8


def add_confounders(
    rng: Random,
    ratio: float,
    values: Values,
    probes: Sequence[Probe],
    cues: Sequence[Cue],
    drafts: list[Draft],
) -> None:
    """Add `ratio` hard negatives a target: all as in it but the asked slot and one given slot.

    Raises:
        ConfigError: A word pool is used up.
    """
    targets = list(drafts)
    target_verbs = {target.slots["action"] for target in targets}
    for number, target in enumerate(targets):
        of, day = cast(int, target.probe), target.day
        asked, given = probes[of].asked, probes[of].given
        for turn in range(math.floor((number + 1) * ratio) - math.floor(number * ratio)):
            changed = given[turn % len(given)]
            slots, minute = dict(target.slots), target.minute
            if changed == "when" or asked == "when":
                minute = values.minutes.fresh()
                slots["when"] = values.stamp(day, minute)
            if changed == "action":
                while slots["action"] in target_verbs:
                    slots["action"] = values.of["action"].background()
            elif changed != "when":
                slots[changed] = values.sibling(changed, slots[changed])
            if asked != "when":
                slots[asked] = values.of[asked].fresh()
            text = event_text(slots, pick(rng, EVENT_TEMPLATES))
            cues[of].near.append(len(drafts))
            drafts.append(Draft(text, slots, day, minute, "hard_negative"))


def fill(rng: Random, size: Dimensions, values: Values, drafts: list[Draft]) -> None:
    """Add unrelated episodes and small talk until the store has its size.

    First on the days on which questions of lag 0 are asked, then on every empty day, then where
    the log is busy already, so that small talk lies among the episodes and not before them.

    Raises:
        ConfigError: A word pool is used up.
    """
    taken = [draft.day for draft in drafts] + size.crowded * CROWD
    quiet = sorted({*range(size.days)}.difference(taken))
    taken += quiet
    rest = picks(rng, taken, size.events - len(taken))
    random = rng.random
    episodes, small_talk = size.crowded * CROWD, list[int]()
    for days, chatter_share in ((quiet, _CHATTER_ON_QUIET_DAYS), (rest, _CHATTER_ON_BUSY_DAYS)):
        for day in days:
            (small_talk if random() < chatter_share else episodes).append(day)
    minutes, told = values.episodes(episodes, fresh=False)
    templates = picks(rng, EVENT_TEMPLATES, len(episodes))
    for day, minute, slots, template in zip(episodes, minutes, told, templates, strict=True):
        drafts.append(Draft(event_text(slots, template), slots, day, minute, "distractor"))
    _add_small_talk(rng, values, small_talk, drafts)


def _add_small_talk(rng: Random, values: Values, days: Sequence[int], drafts: list[Draft]) -> None:
    count, spelled = len(days), values.spelled
    columns = (
        values.minutes.many_background(count),
        picks(rng, remarks(), count),
        picks(rng, CHATTER_TEMPLATES, count),
    )
    for day, minute, remark, template in zip(days, *columns, strict=True):
        text = chatter_text(spelled[day], CLOCK[minute], remark, template)
        drafts.append(Draft(text, {}, day, minute, "filler"))
