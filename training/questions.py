"""Additional questions about the events of a context, in the scenarios' own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from generators.records import Event, World
from generators.scenario_a import phrasing as phrasing_a
from generators.scenario_a.plan import SLOTS
from generators.scenario_c import phrasing as phrasing_c
from generators.scenario_c.attributes import attributes
from generators.scenario_d import phrasing as phrasing_d
from generators.scenario_e import phrasing as phrasing_e

# How often each form of a question about an event of scenario A is asked, and of several events.
_FORMS = {"single": 72, "latest": 8, "first": 8, "list": 8, "often": 4}
_FORMS_OF_SEVERAL = {"list": 6, "latest": 2, "first": 3, "often": 3, "between": 2}
# What a form asks for; one that is not here asks who, what, where or when.
_ASKED = {"list": ("who", "what", "where"), "often": ("times",), "between": ("days",)}
# Share of the questions about an event that have a value of another one.
_RECOMBINED = 0.14


def more_questions(letter: str, world: World, shown: Sequence[Event], rng: Random) -> Iterator[str]:
    """Yield questions about any shown event, beyond those of the world."""
    if not shown:
        return
    if letter == "A":
        yield from _more_of_several(shown, rng)
    for _ in range(24 if letter in "AC" else 10):
        event, other = rng.choice(shown), rng.choice(world.events)
        if not event.slots:
            continue
        if letter == "A":
            yield from _more_episodes(event, other, shown, rng)
        elif letter == "C":
            yield from _more_settings(event, other, rng)
        elif letter == "D" and "code" in event.slots:
            code = event.slots["code"]
            if rng.random() < 0.25 and "code" in other.slots:
                code = other.slots["code"]
            asked = rng.choice(("who", "where", "receipt"))
            yield phrasing_d.question_text(asked, code, rng.randrange(4))
        elif letter == "E" and "number" in event.slots:
            asked = rng.choice(("who", "number"))
            source = other if rng.random() < 0.3 and "number" in other.slots else event
            given = {slot: value for slot, value in source.slots.items() if slot != asked}
            if rng.random() < 0.1:
                given["thing"] = event.slots["thing"]
            yield phrasing_e.question_text(asked, given, rng.randrange(4))


def _more_episodes(
    event: Event, other: Event, shown: Sequence[Event], rng: Random
) -> Iterator[str]:
    form, asked = _form(_FORMS, rng)
    # A given time would single out one event.
    free = [slot for slot in SLOTS if slot != asked and (slot != "when" or form == "single")]
    given = {slot: event.slots[slot] for slot in rng.sample(free, rng.choice((1, 1, 2, 2, 3)))}
    if other.slots and rng.random() < _RECOMBINED:
        slot = rng.choice(list(given))
        near = rng.choice(shown).slots or other.slots
        given[slot] = (near if rng.random() < 0.5 else other.slots)[slot]
    words = phrasing_a.cue_words(given)
    yield phrasing_a.question_text(form, asked, words, rng.randrange(4))


def _more_of_several(shown: Sequence[Event], rng: Random) -> Iterator[str]:
    """Questions about what several events have in common."""
    shared: dict[tuple[str, str], int] = {}
    for event in shown:
        for slot in event.slots:
            if slot != "when":
                key = slot, event.slots[slot]
                shared[key] = shared.get(key, 0) + 1
    common = [key for key, count in shared.items() if 1 < count < 6]
    for slot, value in rng.choices(common, k=8 if common else 0):
        form, asked = _form(_FORMS_OF_SEVERAL, rng, slot)
        words = phrasing_a.cue_words({slot: value})
        yield phrasing_a.question_text(form, asked, words, rng.randrange(4))


def _form(shares: Mapping[str, int], rng: Random, given: str | None = None) -> tuple[str, str]:
    """Draw a form of a question, and what it asks for other than the given slot."""
    form = rng.choices([*shares], [*shares.values()])[0]
    return form, rng.choice([slot for slot in _ASKED.get(form, SLOTS[:-1]) if slot != given])


def _more_settings(event: Event, other: Event, rng: Random) -> Iterator[str]:
    source = other if rng.random() < 0.2 and other.slots else event
    name = source.slots.get("attribute")
    if name is None or name not in attributes():
        return
    attribute, template = attributes()[name], rng.randrange(4)
    subject = source.slots.get("subject") or source.slots.get("forgotten of")
    value = source.slots.get("value")
    wording = rng.randrange(phrasing_c.WORDING_COUNT)
    form = rng.choices(("direct", "reverse", "label"), (60, 25, 15))[0]
    person = source.slots.get("wanted by")
    if person:
        yield phrasing_c.placement(attribute, person, wording, template)
    if not subject:
        return
    if form == "reverse" and value and value != phrasing_c.UNSET and attribute.owner != "account":
        yield phrasing_c.reverse(attribute, value, wording, template)
    elif form == "label" and attribute.label:
        yield phrasing_c.label(attribute, subject, wording, template)
    else:
        yield phrasing_c.direct(attribute, subject, wording, template)
