"""Additional questions about the events of a context, in the scenarios' own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from generators.records import Event, World
from generators.scenario_a import phrasing as phrasing_a
from generators.scenario_c import phrasing as phrasing_c
from generators.scenario_c.attributes import attributes
from generators.scenario_d import phrasing as phrasing_d
from generators.scenario_e import phrasing as phrasing_e


def more_questions(letter: str, world: World, shown: Sequence[Event], rng: Random) -> Iterator[str]:
    """Yield questions about any shown event, beyond those of the world."""
    if not shown:
        return
    if letter == "A":
        yield from _more_lists(shown, rng)
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
    kind = rng.choices(("single", "latest", "list", "unknown"), (70, 8, 8, 14))[0]
    asked = rng.choice(
        ("who", "what", "where") if kind == "list" else ("who", "what", "where", "when")
    )
    slots = [slot for slot in ("who", "what", "where", "when", "action") if slot != asked]
    if kind == "list":
        slots.remove("when")
    given = {slot: event.slots[slot] for slot in rng.sample(slots, rng.choice((1, 1, 2, 2, 3)))}
    if kind == "unknown" and other.slots:
        slot = rng.choice(list(given))
        given[slot] = (
            (rng.choice(shown).slots or other.slots)[slot]
            if rng.random() < 0.5
            else other.slots[slot]
        )
    given = {slot: given[slot] for slot in given if slot in given}
    yield phrasing_a.question_text(
        "single" if kind == "unknown" else kind,
        asked,
        phrasing_a.cue_words(given),
        rng.randrange(4),
    )


def _more_lists(shown: Sequence[Event], rng: Random) -> Iterator[str]:
    """Questions for all values of what several events have in common."""
    shared: dict[tuple[str, str], int] = {}
    for event in shown:
        for slot in event.slots:
            if slot != "when":
                key = slot, event.slots[slot]
                shared[key] = shared.get(key, 0) + 1
    common = [key for key, count in shared.items() if 1 < count < 5]
    for slot, value in rng.choices(common, k=8 if common else 0):
        asked = rng.choice([other for other in ("who", "what", "where") if other != slot])
        words = phrasing_a.cue_words({slot: value})
        yield phrasing_a.question_text("list", asked, words, rng.randrange(4))


def _more_settings(event: Event, other: Event, rng: Random) -> Iterator[str]:
    source = other if rng.random() < 0.2 and other.slots else event
    name = source.slots.get("attribute")
    if name is None or name not in attributes():
        return
    attribute, template = attributes()[name], rng.randrange(4)
    subject, value = source.slots.get("subject"), source.slots.get("value")
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
