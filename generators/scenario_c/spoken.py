"""How statements, wishes and requests are told in conversations.

>>> slots = {"attribute": "seat", "subject": "Ada Holm", "value": "12K"}
>>> spoken(Random(3), Draft("", slots, 0, 580, "update"), changes=True).clause
'I changed my mind, my seat is now 12K'

No statement begins with a value or a name of a host, because sentences begin with a capital.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from generators.scenario_c.attributes import Attribute, attributes
from generators.scenario_c.phrasing import UNSET, whose
from generators.world.dialogue import Saying, narrator
from generators.world.draws import pick
from generators.world.log import Draft

_SET = (
    "{setting} is {value}",
    "today {setting} was set to {value}",
    "from today on, {value} is {setting}",
    "as of today, {setting} is {value}",
)
_CHANGED = (
    "correction, {setting} is now {value}",
    "today {setting} was changed to {value}",
    "never mind the old one, {setting} is now {value}",
    "from today on, {value} is {setting} instead",
)
# What only those say whose setting it is.
_CHOSEN = (
    "I asked for it, and now {setting} is {value}",
    "I had the choice, and from now on {setting} is {value}",
)
_CHOSEN_ANEW = (
    "I changed my mind, {setting} is now {value}",
    "I like another one better, {setting} is now {value}",
)
_REMOVED = (
    "{setting} was deleted today and left unset",
    "correction, {setting} is now unset",
    "{setting} is unset from today on",
    "today {setting} was deleted and left unset",
)
_REQUESTS = (
    "please forget {setting}",
    "from today on, {setting} is to be forgotten",
    "do us a favour and forget {setting}",
    "it would be best if {setting} were forgotten",
)
_MEMBERSHIPS = (
    "today {host} joined {group}",
    "from today on, {host} belongs to {group}",
    "as of today, {host} belongs to {group}",
)
_OWN_WISHES = (
    "I want my jobs on a host only if {value} is {setting}",
    "please run my jobs on a host only if {value} is {setting}",
)
_WISHES = (
    "{person} wants jobs on a host only if {value} is {setting}",
    "{person} would like jobs to run on a host only if {value} is {setting}",
)


def spoken_in(drafts: Sequence[Draft]) -> Callable[[Random, Draft], Saying]:
    """`spoken` for the events of a world: whatever was stated on an earlier day is changed."""
    first: dict[tuple[str, str], int] = {}
    for draft in drafts:
        if "subject" in draft.slots:
            key = _key(draft.slots)
            first[key] = min(first.get(key, draft.day), draft.day)

    def say(rng: Random, draft: Draft) -> Saying:
        changes = draft.day > first.get(_key(draft.slots), draft.day)
        return spoken(rng, draft, changes=changes)

    return say


def _key(slots: Mapping[str, str]) -> tuple[str, str]:
    return slots["attribute"], slots.get("subject", "")


def spoken(rng: Random, draft: Draft, *, changes: bool) -> Saying:
    """What an event states or asks for, told on its day; of people, often by themselves.

    Args:
        rng: Source of the wording.
        draft: The event.
        changes: Whether the setting had a value before.
    """
    slots = dict(draft.slots)
    name = slots.pop("attribute")
    match slots:
        case {"subject": host, "value": group, **rest} if name == "environment" and not rest:
            return Saying(pick(rng, _MEMBERSHIPS).format(host=host, group=group))
        case {"wanted by": person, "value": value, **rest} if not rest:
            speaker, _ = narrator(rng, person)
            setting = f"the {whose(attributes()[name], 'that host')}"
            wishes = _OWN_WISHES if speaker else _WISHES
            clause = pick(rng, wishes).format(person=person, value=value, setting=setting)
            return Saying(clause, speaker)
        case {"forgotten of": subject, **rest} if not rest:
            speaker, setting = _owned(rng, attributes()[name], subject)
            return Saying(pick(rng, _REQUESTS).format(setting=setting), speaker, lasting=False)
        case {"subject": subject, "value": value, **rest} if not rest:
            speaker, setting = _owned(rng, attributes()[name], subject)
            wordings = [*(_CHANGED if changes else _SET)]
            if value == UNSET:
                wordings = [*_REMOVED]
            elif speaker:
                wordings += _CHOSEN_ANEW if changes else _CHOSEN
            return Saying(pick(rng, wordings).format(setting=setting, value=value), speaker)
    raise LookupError(f"nobody can say what an event with {[*draft.slots]} states")


def _owned(rng: Random, attribute: Attribute, subject: str) -> tuple[str | None, str]:
    """Who speaks of a setting, and what it is called then: `my seat`, `the port of kestrel-03`."""
    if attribute.owner in ("person", "account"):
        person, on, host = subject.partition(" on ")
        speaker, _ = narrator(rng, person)
        if speaker:
            return speaker, f"my {attribute.names[0].removesuffix(' of')}{on}{host}"
    return None, f"the {whose(attribute, subject)}"
