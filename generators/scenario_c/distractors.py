"""Surrounds what is asked for: other people's settings, and small talk."""

from __future__ import annotations

from collections.abc import Sequence

from generators.scenario_c.attributes import Attribute
from generators.scenario_c.drafting import Drafting
from generators.scenario_c.phrasing import UNSET
from generators.scenario_c.plan import QuestionSpec

# Values of each setting in a log, and owners of them: more than twenty, so that guessing one is
# right less than 5% of the time.
MIN_VALUES = 26
# Values of each setting that are stated on the days on which the world is asked, the first and the
# last; without them, the last one mentioned would be right more often. Only the questions of the
# last day see it, so that it needs more.
_CROWD = (1, 3)
# Unrelated settings change, go and are to be forgotten, so that this is no sign of a question.
_CHANGED, _REMOVED, _FORGOTTEN = 0.25, 0.06, 0.03
# Wishes, where there is a question about one, that no question is about; without them every second
# wish would be evidence.
_WISHES = 14
# Environments with hosts that no question is about, for the same reason.
_ENVIRONMENTS = 3
_SMALL_TALK = 24


def fill(drafting: Drafting, specs: Sequence[QuestionSpec]) -> None:
    """Add statements that no question is about, then small talk on empty days and some others.

    Args:
        drafting: The world's drafts.
        specs: What the world is asked; other values of all these settings are added.
    """
    for attribute in dict.fromkeys(spec.attribute for spec in specs):
        stated = [
            draft.slots
            for draft in drafting.drafts
            if draft.slots.get("attribute") == attribute.name and "subject" in draft.slots
        ]
        values = {slots["value"] for slots in stated} - {UNSET}
        owners = {slots["subject"] for slots in stated}
        first, last = drafting.asking_days
        crowded = [first] * _CROWD[0] + [last] * _CROWD[1]
        for turn in range(max(MIN_VALUES - min(len(values), len(owners)), len(crowded))):
            _choose_day(drafting)
            _add(drafting, attribute, *crowded[turn : turn + 1])
    wished = [spec.attribute for spec in specs if spec.form == "placement"]
    for _ in range(_WISHES if wished else 0):
        _choose_day(drafting)
        person, value = drafting.subject("person"), drafting.value(wished[0])
        drafting.wish(wished[0], person, value, drafting.any_day(), "distractor")
    layered = next(spec.attribute for spec in specs if spec.layered)
    for _ in range(_ENVIRONMENTS):
        _choose_day(drafting)
        host, group = drafting.subject("host"), drafting.environment()
        drafting.join(host, group, drafting.any_day(), "distractor")
        value = drafting.value(layered)
        drafting.set(layered, group, value, drafting.any_day(), "distractor")
    busy = {draft.day for draft in drafting.drafts}
    days = [day for day in range(drafting.asking_days[-1] + 1) if day not in busy]
    for day in [*days, *(drafting.any_day() for _ in range(_SMALL_TALK))]:
        drafting.chat(day)


def _choose_day(drafting: Drafting) -> None:
    """Let what is drawn next belong to one of the days on which the world is asked."""
    drafting.asked = drafting.rng.choice(drafting.asking_days)


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
