"""Checks of what a memory recalls: what it was told, the past, the same again, and no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from generators.records import Event, World
from hei_nw_tasks.memory.conformance.outcome import (
    UNSTEADY,
    Outcome,
    fails,
    holds,
    not_applicable,
    quoted,
    warns,
)
from hei_nw_tasks.memory.conformance.subject import Subject, Texts, texts_of
from hei_nw_tasks.memory.conformance.words import names, of_dates, share_known, words
from hei_nw_tasks.memory.conformance.worlds import NAMES, small_world, with_wrong_key, without_key
from hei_nw_tasks.memory.protocol import Budget
from hei_nw_tasks.memory.replayed import RecalledItem
from hei_nw_tasks.memory.stores import moment

# In the others, what was deleted is gone from the past, too.
_WITHOUT_REQUESTS = ("episodes", "look-alikes")


def stored(subject: Subject) -> Outcome:
    """It keeps something of what it is told."""
    written = [event for made in subject.replays() for event in made.written]
    count = sum(event.stored for event in written)
    if not count:
        return warns(f"stores none of {len(written)} events → an empty memory scores like none")
    return holds(f"stores {count} of {len(written)} events")


def recalls(subject: Subject) -> Outcome:
    """It recalls something for what it is asked."""
    found = [one.items for made in subject.replays() for one in made.recalled.values()]
    count = sum(bool(items) for items in found)
    if not count:
        return warns(f"recalls nothing for {len(found)} questions → see what `recall` gets")
    return holds(f"recalls something for {count} of {len(found)} questions")


def told(subject: Subject) -> Outcome:
    """What it recalls carries nothing that it was not told before."""
    seen = 0
    for world, visible, query, items in _asked(subject):
        texts = {event.event_id: _plain(event.text) for event in visible}
        known = {word for text in texts.values() for word in words(text)} | words(query)
        known |= of_dates(event.date for event in visible)
        later = {name for event in world.events[len(visible) :] for name in names(event.text)}
        for item in items:
            seen += 1
            text = _plain(item.text)
            if item.event_id is not None and texts.get(item.event_id, "\0") not in text:
                return fails(
                    f"recalls {quoted(text)} as event {item.event_id}, which has another text "
                    "→ give event ids with the texts of events only"
                )
            if any(one in text for one in texts.values()):
                continue
            if ahead := sorted(names(text) & later - known):
                return fails(f"recalls {quoted(text)}, but {ahead[0]!r} is told later only")
            if share_known(text, known) < 0.5:
                return fails(f"recalls {quoted(text)}, which it was not told")
    return holds(f"{seen} items are of what was told")


def dates(subject: Subject) -> Outcome:
    """It dates what happened by the event, not by the day of the replay."""
    today = datetime.now(UTC).date()
    seen = 0
    for _, visible, query, items in _asked(subject):
        texts = " ".join([query, *(event.text for event in visible)])
        years = {str(event.date.year) for event in visible} | set(re.findall(r"\d{4}", texts))
        for item in items:
            seen += 1
            if str(today.year) not in years and re.search(rf"\b{today.year}\b", item.text):
                return fails(f"recalls {quoted(item.text)}, dated today → use the event's `at`")
    return holds(f"{seen} items, none dated today")


def as_of(subject: Subject) -> Outcome:
    """Asked about the past when it knows more, it answers as it did then."""
    if not subject.can["as_of"]:
        return not_applicable("its capabilities do not claim as_of")
    if not subject.is_steady:
        return UNSTEADY
    asked = 0
    for name in _WITHOUT_REQUESTS:
        world = subject.world(name)
        with subject.session(world) as session:
            session.tell()
            then = texts_of(subject.replayed(name))
            now = {}
            for question in world.questions:
                found = session.memory.recall(question.query, moment(question), Budget(10))
                now[question.id] = [item.text for item in found.items]
        asked += len(now)
        if example := _difference(world, then, now):
            return fails(f"as of a date, {example} → leave out what is later, also of statistics")
    return holds(f"{asked} answers as of their dates are those of the time")


def peeking(subject: Subject) -> Outcome:
    """It recalls the same whether the key is within reach, absent, or false."""
    if not subject.is_steady:
        return UNSTEADY
    for how, change in _KEYS.items():
        for name in ("episodes", "settings", "look-alikes"):
            before = texts_of(subject.replayed(name))
            world = change(small_world(name, subject.seed))
            found = subject.recalled(world, visible=[world])
            if example := _difference(world, before, found):
                return fails(f"with the {how} key in this process, {example}")
    return holds("recalls the same with the key, without it, and with a false one")


_KEYS: dict[str, Callable[[World], World]] = {"right": lambda world: world, "false": with_wrong_key}


def ids(subject: Subject) -> Outcome:
    """It recalls the same texts when events and scope have other ids."""
    if not subject.is_steady:
        return UNSTEADY
    for name in ("episodes", "look-alikes"):
        world = without_key(small_world(name, subject.seed, "other ids"))
        found = subject.recalled(world)
        if example := _difference(world, texts_of(subject.replayed(name)), found):
            return fails(f"with other ids, {example} → let ids decide nothing")
    return holds("recalls the same under other ids")


def determinism(subject: Subject) -> Outcome:
    """It recalls the same when it is told the same, also in another process."""
    if not subject.is_steady:
        world = subject.world("episodes")
        again = subject.recalled(world)
        example = _difference(world, texts_of(subject.replayed("episodes")), again)
        return fails(f"told the same twice, {example or 'it recalls something else'}")
    for name, found in subject.elsewhere(_recalled).items():
        before = texts_of(subject.replayed(name))
        if example := _difference(subject.world(name), before, found):
            return fails(f"in another process, {example} → let no `hash` or set order decide")
    return holds("recalls the same again, in this process and in another one")


def budget(subject: Subject) -> Outcome:
    """It recalls at most as many items as it is asked for."""
    world = subject.world("look-alikes")
    most = 0
    with subject.session(world) as session:
        session.tell()
        for question in world.questions:
            for k in (1, 3, 10):
                # More than k are refused as in a run.
                most = max(most, len(session.ask(question.query, Budget(k))))
                session.ask(question.query, Budget(k, tokens=40))
    return holds(f"at most k items for k = 1, 3, 10; {most} at most")


def _recalled(subject: Subject) -> dict[str, Texts]:
    return {name: texts_of(subject.replayed(name)) for name in ("episodes", "look-alikes")}


def _asked(subject: Subject) -> Iterator[tuple[World, list[Event], str, list[RecalledItem]]]:
    """World, visible events, query and items of each question."""
    for name in NAMES:
        world, recalled = subject.world(name), subject.replayed(name).recalled
        for question in world.questions:
            visible = world.events[: question.store_size]
            yield world, visible, question.query, recalled[question.id].items


def _difference(world: World, before: Texts, after: Texts) -> str | None:
    """The first difference in what is recalled, in words."""
    for question in world.questions:
        one, other = before[question.id], after[question.id]
        if one == other:
            continue
        asked = f"asked {quoted(question.query)}, it recalls"
        for text in other:
            if text not in one:
                return f"{asked} {quoted(text)}, which it does not otherwise"
        for text in one:
            if text not in other:
                return f"{asked} no {quoted(text)}, which it does otherwise"
        return f"{asked} {len(one)} texts in another order"
    return None


def _plain(text: str) -> str:
    return " ".join(text.split())
