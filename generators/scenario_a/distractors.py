"""Adds hard negatives to the targets, then unrelated episodes and small talk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import cast

from generators.scenario_a.descriptions import fits
from generators.scenario_a.dimensions import CROWD, Dimensions
from generators.scenario_a.phrasing import (
    CHATTER_TEMPLATES,
    EVENT_TEMPLATES,
    chatter_text,
    event_text,
)
from generators.scenario_a.plan import QuestionSpec
from generators.scenario_a.targets import Cue
from generators.scenario_a.values import Values, remarks
from generators.world.draws import pick, pick_many
from generators.world.log import Draft
from generators.world.timestamps import CLOCK

# Shares of small talk that put its average position near the middle of the log.
_CHATTER_ON_QUIET_DAYS = 0.4
_CHATTER_ON_BUSY_DAYS = 0.8


def add_hard_negatives(
    rng: Random,
    ratio: float,
    values: Values,
    specs: Sequence[QuestionSpec],
    cues: Sequence[Cue],
    drafts: list[Draft],
) -> None:
    """Add `ratio` hard negatives per target; each differs in the asked slot and one given slot.

    Raises:
        ConfigError: A word pool is used up.
    """
    targets = list(drafts)
    target_verbs = {target.slots["action"] for target in targets}
    for cue in cues:
        if cue.described and "action" in cue.given:
            target_verbs |= fits("action", cue.given["action"])
    for number, target in enumerate(targets):
        index, day = cast(int, target.spec), target.day
        asked, given = specs[index].asked, specs[index].given
        for turn in range(math.floor((number + 1) * ratio) - math.floor(number * ratio)):
            changed = given[turn % len(given)]
            slots, minute = dict(target.slots), target.minute
            if changed == "when" or asked == "when":
                minute = values.minutes.take()
                slots["when"] = values.stamp(day, minute)
            if changed == "action":
                while slots["action"] in target_verbs:
                    slots["action"] = values.of["action"].draw()
            elif changed == "where" and cues[index].described:
                # A place with a similar name fits the description.
                slots[changed] = values.of[changed].take()
            elif changed != "when":
                slots[changed] = values.take_sibling(changed, slots[changed])
            if asked != "when":
                slots[asked] = values.of[asked].take()
            text = event_text(slots, pick(rng, EVENT_TEMPLATES))
            cues[index].near.append(len(drafts))
            drafts.append(Draft(text, slots, day, minute, "hard_negative"))


def fill(rng: Random, size: Dimensions, values: Values, drafts: list[Draft]) -> None:
    """Add unrelated episodes and small talk until the store has its size.

    First on the days on which questions of lag 0 are asked, then on every empty day, then on days
    that have events already, so that small talk lies among the episodes and not before them.

    Raises:
        ConfigError: A word pool is used up.
    """
    taken = [draft.day for draft in drafts] + size.crowded * CROWD
    quiet = sorted({*range(size.days)}.difference(taken))
    taken += quiet
    rest = pick_many(rng, taken, size.events - len(taken))
    busy, small_talk = size.crowded * CROWD, list[int]()
    for days, chatter_share in ((quiet, _CHATTER_ON_QUIET_DAYS), (rest, _CHATTER_ON_BUSY_DAYS)):
        for day in days:
            (small_talk if rng.random() < chatter_share else busy).append(day)
    minutes, drawn = values.episodes(busy, unique=False)
    templates = pick_many(rng, EVENT_TEMPLATES, len(busy))
    for day, minute, slots, template in zip(busy, minutes, drawn, templates, strict=True):
        drafts.append(Draft(event_text(slots, template), slots, day, minute, "distractor"))
    _add_small_talk(rng, values, small_talk, drafts)


def _add_small_talk(rng: Random, values: Values, days: Sequence[int], drafts: list[Draft]) -> None:
    count, spelled = len(days), values.spelled
    columns = (
        values.minutes.draw_many(count),
        pick_many(rng, remarks(), count),
        pick_many(rng, CHATTER_TEMPLATES, count),
    )
    for day, minute, remark, template in zip(days, *columns, strict=True):
        text = chatter_text(spelled[day], CLOCK[minute], remark, template)
        drafts.append(Draft(text, {}, day, minute, "filler"))
