"""Adds hard negatives to the targets, then unrelated episodes and small talk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import NamedTuple, cast

from generators.scenario_a.descriptions import fits
from generators.scenario_a.dimensions import AROUND, CROWD, HISTORY_DAYS, MIN_EVENTS, Dimensions
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

# Share of small talk where evidence lies.
_CHATTER = 0.8


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
            if asked in values.of:
                slots[asked] = values.of[asked].take()
            text = event_text(slots, pick(rng, EVENT_TEMPLATES))
            cues[index].near.append(len(drafts))
            drafts.append(Draft(text, slots, day, minute, "hard_negative"))


class Around(NamedTuple):
    """What there is besides hard negatives, whatever their number.

    Attributes:
        busy: Days of unrelated episodes.
        lead: Days before the first episode, so that it is not always the first event.
    """

    busy: list[int]
    lead: int


def draw_around(rng: Random, size: Dimensions, asked: Sequence[int]) -> Around:
    """Draw episodes on the days on which questions of lag 0 are asked, and as old as evidence."""
    older = _where_evidence_lies(rng, size, asked, AROUND * len(asked))
    return Around([*asked] * CROWD + older, pick(rng, range(HISTORY_DAYS + 1)))


def fill(
    rng: Random,
    size: Dimensions,
    asked: Sequence[int],
    around: Around,
    values: Values,
    drafts: list[Draft],
    targets: int,
) -> None:
    """Add unrelated episodes and small talk until the store has its size.

    First what there is in any case, then small talk on every empty day, then episodes in place of
    hard negatives that are not there, then all else where evidence lies. Days without evidence have
    small talk alone, so that the place of an episode does not tell that it is none.

    Args:
        rng: Source of randomness.
        size: Dimensions of the world.
        asked: Days on which questions of lag 0 are asked.
        around: What there is in any case.
        values: Values of the world.
        drafts: The targets first; all else is added.
        targets: Number of targets.

    Raises:
        ConfigError: A word pool is used up.
    """
    occupied = [draft.day for draft in drafts]
    busy = [*around.busy]
    start = max(0, min(occupied) - around.lead)
    quiet = sorted({*range(start, size.days)}.difference(occupied, busy))
    taken = len(occupied) + len(busy) + len(quiet)
    missing = occupied[sum(draft.role == "hard_negative" for draft in drafts) : targets]
    events = size.events or max(MIN_EVENTS, taken + len(missing))
    busy += missing[: events - taken]
    rest = _where_evidence_lies(rng, size, asked, events - taken - len(missing))
    small_talk = quiet
    for day in rest:
        (small_talk if rng.random() < _CHATTER else busy).append(day)
    minutes, drawn = values.episodes(busy, unique=False)
    templates = pick_many(rng, EVENT_TEMPLATES, len(busy))
    for day, minute, slots, template in zip(busy, minutes, drawn, templates, strict=True):
        drafts.append(Draft(event_text(slots, template), slots, day, minute, "distractor"))
    _add_small_talk(rng, values, small_talk, drafts)


def _where_evidence_lies(
    rng: Random, size: Dimensions, asked: Sequence[int], count: int
) -> list[int]:
    """Days of events that are not asked for: as old as evidence is, each bin equally often."""
    if count <= 0:
        return []
    if size.within:
        return pick_many(rng, range(size.days), count)
    lags = pick_many(rng, size.lags, count)
    return [day - lag for day, lag in zip(pick_many(rng, asked, count), lags, strict=True)]


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
