"""Draws the episodes that questions are about, and cues that fit none of them.

Every value that a question gives or asks for is fresh: no other event of the world has it,
except where the question needs several events that share it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import cast

from generators.log import Draft
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.dimensions import HISTORY_DAYS, WITHIN_START_DAYS, last_day
from generators.scenario_a.phrasing import EVENT_TEMPLATE_COUNT, event_text
from generators.scenario_a.plan import Probe
from generators.scenario_a.values import Values


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
    rng: Random, config: EpisodeConfig, values: Values, probes: list[Probe], drafts: list[Draft]
) -> list[Cue]:
    """Draw the targets of every probe into `drafts`, and the cue that each probe gives.

    Raises:
        ConfigError: A word pool is used up.
    """
    # A verb that is all a question gives, or that no event may have, is taken before others
    # are drawn; so is the slot whose value an "unused" cue makes up.
    unused = [rng.choice(probe.given) if probe.defect == "unused" else None for probe in probes]
    verbs = {
        index: values.fresh(rng, "action")
        for index, probe in enumerate(probes)
        if probe.given == ("action",) or unused[index] == "action"
    }
    cues: dict[int, Cue] = {}
    for index, probe in enumerate(probes):
        if probe.defect is None:
            cues[index] = _draw_answerable(
                rng, config, values, index, probe, verbs.get(index), drafts
            )
    singles = [
        i for i, draft in enumerate(drafts) if probes[cast(int, draft.probe)].kind == "single"
    ]
    for index, probe in enumerate(probes):
        if probe.defect == "recombined":
            cues[index] = _recombine(rng, probe, singles, drafts)
        elif probe.defect == "unused":
            slot = cast(str, unused[index])
            cues[index] = _make_up(rng, values, probe, slot, verbs.get(index), singles, drafts)
        if probe.defect is not None:
            cues[index].as_of = _as_of_days(rng, config, None)
    return [cues[index] for index in range(len(probes))]


def _as_of_days(rng: Random, config: EpisodeConfig, target_day: int | None) -> list[int]:
    """Days on which a probe is asked: one a bin in the "within" design, else the last day."""
    if config.lag_design == "between":
        return [last_day(config)]
    start = HISTORY_DAYS if target_day is None else target_day
    return [start + rng.randrange(low, high) for low, high in config.bins]


def _draw_answerable(
    rng: Random,
    config: EpisodeConfig,
    values: Values,
    index: int,
    probe: Probe,
    verb: str | None,
    drafts: list[Draft],
) -> Cue:
    if config.lag_design == "within":
        lag, day = 0, HISTORY_DAYS + rng.randrange(WITHIN_START_DAYS)
    else:
        lag = rng.randrange(*config.bins[cast(int, probe.lag_bin)])
        day = last_day(config) - lag
    days = [day]
    if probe.kind == "latest":
        for _ in range(rng.choice((1, 2))):
            days.insert(0, days[0] - rng.randint(1, 3))
    elif probe.kind == "list":
        days += [day + rng.randint(0, min(lag, 3)) for _ in range(rng.choice((1, 2)))]
    shared: dict[str, str] = {}
    for target_day in days:
        minute = values.own_minute(rng)
        slots = {"when": values.stamp(target_day, minute)}
        for slot in ("who", "what", "where"):
            slots[slot] = shared.get(slot) or values.fresh(rng, slot)
        slots["action"] = shared.get("action") or verb or values.background(rng, "action")
        shared = {slot: slots[slot] for slot in probe.given}
        text = event_text(slots, rng.randrange(EVENT_TEMPLATE_COUNT))
        drafts.append(Draft(text, slots, target_day, minute, "target", probe=index))
    return Cue(given=shared, as_of=_as_of_days(rng, config, day))


def _recombine(rng: Random, probe: Probe, singles: list[int], drafts: list[Draft]) -> Cue:
    """A cue whose values all exist, but in two different events."""
    while True:
        first, second = rng.sample(singles, 2)
        moved = rng.choice(probe.given)
        kept, other = drafts[first].slots, drafts[second].slots
        given = {slot: kept[slot] for slot in probe.given} | {moved: other[moved]}
        # Two events may share their verb, and then one of them may fit the cue after all.
        if all(any(event[slot] != given[slot] for slot in given) for event in (kept, other)):
            return Cue(given, [], [first, second])


def _make_up(
    rng: Random,
    values: Values,
    probe: Probe,
    slot: str,
    verb: str | None,
    singles: list[int],
    drafts: list[Draft],
) -> Cue:
    """A cue with one value that no event has, a sibling of one that does exist."""
    near = rng.choice(singles)
    given = {name: drafts[near].slots[name] for name in probe.given}
    if slot == "action":
        given[slot] = cast(str, verb)
    elif slot == "when":
        day = drafts[near].day
        given[slot] = values.stamp(day, values.own_minute(rng))
    else:
        given[slot] = values.sibling(rng, slot, given[slot])
    return Cue(given, [], [near])
