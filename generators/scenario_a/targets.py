"""Draws the episodes that questions are about, and cues that fit none of them.

Every value that a question gives or asks for is taken: no other event of the world has it,
except where the question needs several events that share it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from typing import cast

from generators.scenario_a.descriptions import fits
from generators.scenario_a.dimensions import Dimensions
from generators.scenario_a.phrasing import EVENT_TEMPLATES, event_text
from generators.scenario_a.plan import QuestionSpec
from generators.scenario_a.values import Values
from generators.world.draws import pick, pick_many
from generators.world.log import Draft

# How often a thing is done that is asked for so.
TIMES = (1, 2, 3, 4, 5)


@dataclass(slots=True)
class Cue:
    """The values that a question gives, and when it is asked.

    Attributes:
        given: Values of the given slots.
        described: Whether the question describes them in other words: a cue then stands for
            whatever its descriptions fit.
        as_of: Days on which it is asked, one for each question of the spec.
        near: Indices of drafts that are easily confused with the evidence: hard negatives, or
            the events that an unanswerable cue was made from.
    """

    given: dict[str, str]
    described: bool
    as_of: list[int]
    near: list[int] = field(default_factory=list)

    @property
    def wanted(self) -> dict[str, Collection[str]]:
        """For each given slot, the values that an event may have."""
        if self.described:
            return {slot: fits(slot, value) for slot, value in self.given.items()}
        return {slot: (value,) for slot, value in self.given.items()}


def draw_targets(
    rng: Random,
    size: Dimensions,
    asked: Sequence[int],
    values: Values,
    specs: Sequence[QuestionSpec],
    drafts: list[Draft],
) -> list[Cue]:
    """Draw the targets of every spec into `drafts`, and the cue of each spec.

    Raises:
        ConfigError: A word pool is used up.
    """
    # A verb that is all a question gives, or that no event may have, is taken before others
    # are drawn, and so is what is described, with everything else that its description fits.
    # The slot whose value an "unused" cue makes up is drawn before that.
    unused = [pick(rng, spec.given) if spec.defect == "unused" else None for spec in specs]
    fixed = [
        _take_first(values, spec, made_up) for spec, made_up in zip(specs, unused, strict=True)
    ]
    last = [pick(rng, asked) for _ in specs]
    days = [
        [] if spec.defect else _target_days(rng, size, spec, day)
        for spec, day in zip(specs, last, strict=True)
    ]
    minutes, episodes = values.episodes([*chain.from_iterable(days)], unique=True)
    templates = pick_many(rng, EVENT_TEMPLATES, len(episodes))
    drawn = zip(minutes, episodes, templates, strict=True)
    cues: dict[int, Cue] = {}
    singles: list[int] = []
    for index, spec in enumerate(specs):
        if not spec.defect:
            # One event of each spec; those of latest, first and so on are as good as single ones.
            singles.append(len(drafts))
        shared = fixed[index]
        for day in days[index]:
            minute, slots, template = next(drawn)
            slots |= shared
            shared = {slot: slots[slot] for slot in spec.given}
            text = event_text(slots, template)
            drafts.append(Draft(text, slots, day, minute, "target", index))
        if days[index]:
            cues[index] = Cue(shared, spec.described, _days_asked(rng, size, last[index]))
    for index, spec in enumerate(specs):
        if spec.defect == "recombined":
            given, near = _recombine(rng, values, spec, singles, drafts)
        elif spec.defect == "unused":
            slot = cast(str, unused[index])
            given, near = _make_up(rng, values, spec, slot, fixed[index], singles, drafts)
        else:
            continue
        cues[index] = Cue(given, spec.described, _days_asked(rng, size, last[index]), near)
    return [cues[index] for index in range(len(specs))]


def _take_first(values: Values, spec: QuestionSpec, made_up: str | None) -> dict[str, str]:
    """Take the values of a spec that have to be taken before any other is drawn, by slot."""
    if spec.defect:
        slots = ["action"] if made_up == "action" else []
    else:
        slots = ["action"] if spec.given == ("action",) else []
        slots += [slot for slot in ("what", "where") if spec.described and slot in spec.given]
    return {
        slot: values.take_described(slot) if spec.described else values.of[slot].take()
        for slot in slots
    }


def _days_asked(rng: Random, size: Dimensions, day: int) -> list[int]:
    """Days on which a spec is asked: one per bin in the "within" design, else only that one."""
    if size.within:
        return [day + pick(rng, range(low, high)) for low, high in size.bins]
    return [day]


def _target_days(rng: Random, size: Dimensions, spec: QuestionSpec, asked: int) -> list[int]:
    """Days of a spec's target events, in the order of the log."""
    lag = 0 if size.within else pick(rng, range(*size.bins[cast(int, spec.lag_bin)]))
    day = asked - lag
    days = [day]
    if spec.kind == "latest":
        for _ in range(pick(rng, (1, 2))):
            days.insert(0, days[0] - pick(rng, (1, 2, 3)))
    elif spec.kind == "often":
        days = days_of_times(rng, day, lag, pick(rng, TIMES))
    elif spec.kind == "between":
        days = days_between(rng, day, lag)
    elif spec.kind in ("list", "first"):
        days += [day + pick(rng, range(min(lag, 3) + 1)) for _ in range(pick(rng, (1, 2)))]
    return days


def days_of_times(rng: Random, first: int, lag: int, times: int) -> list[int]:
    """Days of so many events, soon after each other and no later than the question."""
    return [first, *(first + pick(rng, range(min(lag, 3) + 1)) for _ in range(times - 1))]


def days_between(rng: Random, first: int, lag: int) -> list[int]:
    """Days of a first and a last event, and maybe of one between them."""
    days = pick(rng, range(1, lag + 1))
    middle = [first + pick(rng, range(days + 1))] * pick(rng, (0, 1))
    return [first, *middle, first + days]


def _recombine(
    rng: Random,
    values: Values,
    spec: QuestionSpec,
    singles: Sequence[int],
    drafts: Sequence[Draft],
) -> tuple[dict[str, str], list[int]]:
    """Combine values of two events into a cue that fits neither; returns cue and events."""
    while True:
        first, second = rng.sample(singles, 2)
        moved = pick(rng, spec.given)
        kept, other = drafts[first].slots, drafts[second].slots
        given = {slot: kept[slot] for slot in spec.given} | {moved: other[moved]}
        wanted = Cue(given, spec.described, []).wanted
        if not any(all(d.slots[slot] in wanted[slot] for slot in wanted) for d in drafts):
            if spec.described:
                # Later events do not fit either.
                for slot in given.keys() & {"what", "where"}:
                    values.of[slot].taken |= set(wanted[slot])
            return given, [first, second]


def _make_up(
    rng: Random,
    values: Values,
    spec: QuestionSpec,
    slot: str,
    fixed: dict[str, str],
    singles: Sequence[int],
    drafts: Sequence[Draft],
) -> tuple[dict[str, str], list[int]]:
    """Replace one value of an event by a sibling that no event has; returns cue and event."""
    near = pick(rng, singles)
    given = {name: drafts[near].slots[name] for name in spec.given}
    if slot == "action":
        given |= fixed
    elif slot == "when":
        day = drafts[near].day
        given[slot] = values.stamp(day, values.minutes.take())
    elif spec.described:
        given[slot] = values.take_described(slot, like=given[slot])
    else:
        given[slot] = values.take_sibling(slot, given[slot])
    return given, [near]
