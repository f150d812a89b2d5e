"""Draws the episodes that questions are about, and cues that fit none of them.

Every value that a question gives or asks for is fresh: no other event of the world has it,
except where the question needs several events that share it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from typing import cast

from generators.scenario_a.dimensions import HISTORY_DAYS, WITHIN_START_DAYS, Dimensions
from generators.scenario_a.phrasing import EVENT_TEMPLATES, event_text
from generators.scenario_a.plan import Probe
from generators.scenario_a.values import Values
from generators.world.log import Draft
from generators.world.streams import pick, picks


@dataclass(slots=True)
class Cue:
    """What a probe gives and when it is asked, once its targets are drawn.

    Attributes:
        given: Values of the given slots.
        as_of: Days on which the probe is asked, one per question about it.
        near: Indices of drafts that are easily confused with the evidence: hard negatives, or
            what an unanswerable cue was made from.
    """

    given: dict[str, str]
    as_of: list[int]
    near: list[int] = field(default_factory=list)


def draw_targets(
    rng: Random, size: Dimensions, values: Values, probes: Sequence[Probe], drafts: list[Draft]
) -> list[Cue]:
    """Draw the targets of every probe into `drafts`, and the cue that each probe gives.

    Raises:
        ConfigError: A word pool is used up.
    """
    # A verb that is all a question gives, or that no event may have, is taken before others
    # are drawn; so is the slot whose value an "unused" cue makes up.
    unused = [pick(rng, probe.given) if probe.defect == "unused" else None for probe in probes]
    verbs = {
        index: values.of["action"].fresh()
        for index, probe in enumerate(probes)
        if probe.given == ("action",) or unused[index] == "action"
    }
    days = [[] if probe.defect else _target_days(rng, size, probe) for probe in probes]
    minutes, told = values.episodes([*chain.from_iterable(days)], fresh=True)
    drawn = zip(minutes, told, picks(rng, EVENT_TEMPLATES, len(told)), strict=True)
    cues: dict[int, Cue] = {}
    singles: list[int] = []
    for index, probe in enumerate(probes):
        if probe.kind == "single":
            singles.append(len(drafts))
        verb = verbs.get(index)
        shared = {"action": verb} if verb else {}
        for day in days[index]:
            minute, slots, template = next(drawn)
            slots |= shared
            shared = {slot: slots[slot] for slot in probe.given}
            text = event_text(slots, template)
            drafts.append(Draft(text, slots, day, minute, "target", index))
        if days[index]:
            cues[index] = Cue(shared, _days_asked(rng, size, days[index][-1]))
    for index, probe in enumerate(probes):
        if probe.defect == "recombined":
            given, near = _recombine(rng, probe, singles, drafts)
        elif probe.defect == "unused":
            slot = cast(str, unused[index])
            given, near = _make_up(rng, values, probe, slot, verbs.get(index), singles, drafts)
        else:
            continue
        cues[index] = Cue(given, _days_asked(rng, size, HISTORY_DAYS), near)
    return [cues[index] for index in range(len(probes))]


def _days_asked(rng: Random, size: Dimensions, first: int) -> list[int]:
    """Days on which a probe is asked: one a bin in the "within" design, else the last day."""
    if size.within:
        return [first + pick(rng, range(low, high)) for low, high in size.bins]
    return [size.days - 1]


def _target_days(rng: Random, size: Dimensions, probe: Probe) -> list[int]:
    """Days of the events that a probe is about, in the order of the log."""
    if size.within:
        lag, day = 0, HISTORY_DAYS + pick(rng, range(WITHIN_START_DAYS))
    else:
        low, high = size.bins[cast(int, probe.lag_bin)]
        lag = pick(rng, range(low, high))
        day = size.days - 1 - lag
    days = [day]
    if probe.kind == "latest":
        for _ in range(pick(rng, (1, 2))):
            days.insert(0, days[0] - pick(rng, (1, 2, 3)))
    elif probe.kind == "list":
        days += [day + pick(rng, range(min(lag, 3) + 1)) for _ in range(pick(rng, (1, 2)))]
    return days


def _recombine(
    rng: Random, probe: Probe, singles: Sequence[int], drafts: Sequence[Draft]
) -> tuple[dict[str, str], list[int]]:
    """Values that all exist, but in two different events; and these events."""
    while True:
        first, second = rng.sample(singles, 2)
        moved = pick(rng, probe.given)
        kept, other = drafts[first].slots, drafts[second].slots
        given = {slot: kept[slot] for slot in probe.given} | {moved: other[moved]}
        # Two events may share their verb, and then one of them may fit the cue after all.
        if all(any(event[slot] != given[slot] for slot in given) for event in (kept, other)):
            return given, [first, second]


def _make_up(
    rng: Random,
    values: Values,
    probe: Probe,
    slot: str,
    verb: str | None,
    singles: Sequence[int],
    drafts: Sequence[Draft],
) -> tuple[dict[str, str], list[int]]:
    """Values of an event, but for one that no event has, a sibling of its own; and that event."""
    near = pick(rng, singles)
    given = {name: drafts[near].slots[name] for name in probe.given}
    if slot == "action":
        given[slot] = cast(str, verb)
    elif slot == "when":
        day = drafts[near].day
        given[slot] = values.stamp(day, values.minutes.fresh())
    else:
        given[slot] = values.sibling(slot, given[slot])
    return given, [near]
