"""Surrounds what is asked for: other people's settings, and small talk."""

from __future__ import annotations

from collections.abc import Iterable

from generators.scenario_c.attributes import Attribute
from generators.scenario_c.drafting import Drafting
from generators.scenario_c.phrasing import UNSET

# Values of each setting in a log, and owners of them: more than twenty, so that guessing one is
# right less than 5% of the time.
MIN_VALUES = 26
# Values of each setting that are stated on each day on which the world is asked; without them, the
# last one mentioned would be right more often.
_CROWD = 2
# Unrelated settings change, go and are to be forgotten, so that this is no sign of a question.
_CHANGED, _REMOVED, _FORGOTTEN = 0.15, 0.05, 0.03
# Wishes that no question is about; without them every second wish would be evidence.
_WISHES = 8
_SMALL_TALK = 24


def fill(drafting: Drafting, settings: Iterable[Attribute], wished: Attribute) -> None:
    """Add settings that no question is about, then small talk on empty days and some others.

    Args:
        drafting: The world's drafts.
        settings: The settings in play.
        wished: The setting that wishes are about.
    """
    for attribute in settings:
        stated = [
            draft.slots
            for draft in drafting.drafts
            if draft.slots.get("attribute") == attribute.name and "subject" in draft.slots
        ]
        values = {slots["value"] for slots in stated} - {UNSET}
        owners = {slots["subject"] for slots in stated}
        crowded = [*drafting.asking_days] * _CROWD
        for turn in range(max(MIN_VALUES - min(len(values), len(owners)), len(crowded))):
            drafting.asked = _asked(drafting)
            _add(drafting, attribute, *crowded[turn : turn + 1])
    for _ in range(_WISHES):
        drafting.asked = _asked(drafting)
        person, value = drafting.subject("person"), drafting.value(wished)
        drafting.wish(wished, person, value, drafting.any_day(), "distractor")
    last = max(drafting.asking_days)
    busy = {draft.day for draft in drafting.drafts}
    days = [day for day in range(last + 1) if day not in busy]
    for day in [*days, *(drafting.any_day() for _ in range(_SMALL_TALK))]:
        drafting.chat(day)


def _asked(drafting: Drafting) -> int:
    """A day on which the world is asked; the first one twice as often, as it sees less."""
    first, last = drafting.asking_days
    return drafting.rng.choice((first, first, last))


def _add(drafting: Drafting, attribute: Attribute, asked: int | None = None) -> None:
    """Add a setting of somebody, on a day on which the world is asked or on any."""
    rng = drafting.rng
    day = drafting.any_day() if asked is None else asked
    subject = drafting.subject(attribute.owner)
    value = drafting.value(attribute)
    drafting.set(attribute, subject, value, day, "distractor")
    if day >= drafting.asked:
        return
    later = rng.randint(day + 1, drafting.asked)
    fate = rng.random()
    if fate < _CHANGED:
        newer = drafting.value(attribute, like=value)
        drafting.set(attribute, subject, newer, later, "distractor", verb="changed")
    elif fate < _CHANGED + _REMOVED:
        drafting.set(attribute, subject, UNSET, later, "distractor", verb="removed")
    elif fate < _CHANGED + _REMOVED + _FORGOTTEN:
        drafting.forget(attribute, subject, later)
