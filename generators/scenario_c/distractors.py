"""Surrounds what is asked for: other people's settings, and small talk."""

from __future__ import annotations

from collections.abc import Iterable

from generators.scenario_c.attributes import Attribute
from generators.scenario_c.drafting import Drafting
from generators.scenario_c.phrasing import UNSET

# Values of each setting in a log: more than twenty, so that guessing one is right less than 5%
# of the time.
MIN_VALUES = 24
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
        known = {
            draft.slots["value"]
            for draft in drafting.drafts
            if draft.slots.get("attribute") == attribute.name and "subject" in draft.slots
        }
        for _ in range(MIN_VALUES - len(known - {UNSET})):
            _add(drafting, attribute)
    for _ in range(_WISHES):
        person, value = drafting.subject("person"), drafting.value(wished)
        drafting.wish(wished, person, value, drafting.any_day(), "distractor")
    last = drafting.last_day
    busy = {draft.day for draft in drafting.drafts}
    days = [day for day in range(last + 1) if day not in busy]
    for day in [*days, *(drafting.any_day() for _ in range(_SMALL_TALK))]:
        drafting.chat(day)


def _add(drafting: Drafting, attribute: Attribute) -> None:
    rng, day = drafting.rng, drafting.any_day()
    subject = drafting.subject(attribute.owner)
    value = drafting.value(attribute)
    drafting.set(attribute, subject, value, day, "distractor")
    if day == drafting.last_day:
        return
    later = rng.randint(day + 1, drafting.last_day)
    fate = rng.random()
    if fate < _CHANGED:
        newer = drafting.value(attribute, like=value)
        drafting.set(attribute, subject, newer, later, "distractor", verb="changed")
    elif fate < _CHANGED + _REMOVED:
        drafting.set(attribute, subject, UNSET, later, "distractor", verb="removed")
    elif fate < _CHANGED + _REMOVED + _FORGOTTEN:
        drafting.forget(attribute, subject, later)
