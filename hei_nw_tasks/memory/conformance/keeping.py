"""Checks of what a memory keeps: its own alone, all of it, and when it is closed or killed."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from generators.records import World
from hei_nw_tasks.memory.conformance.outcome import (
    UNSTEADY,
    Outcome,
    fails,
    holds,
    not_applicable,
    quoted,
)
from hei_nw_tasks.memory.conformance.subject import (
    BUDGET,
    Session,
    Subject,
    Texts,
    folder_of_its_own,
    texts_of,
)
from hei_nw_tasks.memory.conformance.words import names, words
from hei_nw_tasks.memory.stores import moment

_NO_FOLDER = not_applicable("it is not opened on a folder: `open(folder)`")


def claims(subject: Subject) -> Outcome:
    """It has what its capabilities claim."""
    with subject.session(subject.world("episodes")) as session:
        stated, has = session.memory.stated, session.memory.found
    lacks = {
        "delete": "there is no method delete",
        "update": "there is no method update",
        "scopes": "open takes no scope",
        "reopen": "open takes no folder",
    }
    for name, problem in lacks.items():
        if getattr(stated, name) and not has[name]:
            return fails(f"claims {name}, but {problem}")
    made = subject.replays()
    items = [item for one in made for found in one.recalled.values() for item in found.items]
    if stated.provenance and items and all(i.event_id is None for i in items):
        return fails("claims provenance, but its items have no event ids")
    if stated.gate and all(e.score is None for one in made for e in one.written):
        return fails("claims a gate, but tells no score")
    able = [name for name, can in subject.can.items() if can]
    return holds(f"by what it claims or shows: {', '.join(able) or 'write and recall alone'}")


def apart(subject: Subject) -> Outcome:
    """Two memories in folders of their own know nothing of each other."""
    worlds = [subject.world("episodes"), subject.world("other episodes")]
    with ExitStack() as stack:
        sessions = [stack.enter_context(subject.session(world)) for world in worlds]
        for session in sessions:
            session.tell()
        for session, other in zip(sessions, reversed(worlds), strict=True):
            for question in other.questions[::2] + session.world.questions[::2]:
                for item in session.ask(question.query):
                    if _is_of(item, other, session.world):
                        return fails(
                            f"recalls {quoted(item.text)}, told to the memory of another world "
                            "→ keep nothing in the class or its module"
                        )
    return holds("memories of two worlds recall their own only")


def scopes(subject: Subject) -> Outcome:
    """Scopes that share a folder recall nothing of each other."""
    worlds = [subject.world("episodes"), subject.world("other episodes")]
    if not (subject.can["scopes"] and subject.can["reopen"]):
        return not_applicable("it has no scopes that share a folder: `open(scope, folder)`")
    for world, other, made in zip(worlds, reversed(worlds), subject.replay(worlds), strict=True):
        for found in made.recalled.values():
            for item in found.items:
                if _is_of(item, other, world):
                    return fails(f"recalls {quoted(item.text)}, which is of another scope")
    return holds("two scopes in a folder recall their own only")


def reopen(subject: Subject) -> Outcome:
    """Closed and opened again, it recalls the same."""
    if not subject.can["reopen"]:
        return _NO_FOLDER
    if not subject.is_steady:
        return UNSTEADY
    world = subject.world("episodes")
    before = texts_of(subject.replayed("episodes"))
    return _same(world, before, subject.recalled(world, reopen=True), "after it was closed")


def durable(subject: Subject) -> Outcome:
    """What was flushed is there for another process when the one that wrote it is killed."""
    if not subject.can["reopen"]:
        return _NO_FOLDER
    if not subject.is_steady:
        return UNSTEADY
    world = subject.world("episodes")
    with folder_of_its_own() as folder:
        subject.elsewhere(_tell, world, folder)
        with subject.session(world, folder) as session:
            after = _answers(session)
    with subject.session(world) as session:
        session.tell()
        before = _answers(session)
    return _same(world, before, after, "after the process that wrote was killed")


def idempotence(subject: Subject) -> Outcome:
    """An event that is written twice is stored once."""
    if not subject.can["idempotent"]:
        return not_applicable("its capabilities do not claim idempotent")
    world = subject.world("episodes")
    with subject.session(world) as session:
        session.tell()
        once = _answers(session)
    with subject.session(world) as session:
        session.tell(times=2)
        twice = _answers(session)
    return _same(world, once, twice, "when each event is written twice")


def refs(subject: Subject) -> Outcome:
    """All that it acknowledged is there."""
    lost = [made.lost for made in subject.replays() if made.lost is not None]
    if not lost:
        return not_applicable("it has no method refs")
    stored = sum(event.stored for made in subject.replays() for event in made.written)
    if sum(lost):
        return fails(f"{sum(lost)} of {stored} acknowledged events are not in refs()")
    return holds(f"refs() has all {stored} acknowledged events")


def _tell(subject: Subject, world: World, folder: Path) -> None:
    """Write a world, and leave the memory as it is, unclosed."""
    memory = subject.memory({event.event_id for event in world.events})
    _UNCLOSED.append(memory)
    memory.open(world.world_id, folder, 0)
    Session(world, memory, folder).tell()


# An object that goes might write what it still holds.
_UNCLOSED: list[Any] = []


def _answers(session: Session) -> Texts:
    """What is recalled for the questions at the end of the world."""
    return {
        question.id: [
            item.text
            for item in session.memory.recall(question.query, moment(question), BUDGET).items
        ]
        for question in session.world.questions
        if question.store_size == len(session.world.events)
    }


def _same(world: World, before: Texts, after: Texts, when: str) -> Outcome:
    queries = {question.id: question.query for question in world.questions}
    for id_, texts in before.items():
        if texts != after[id_]:
            missing = [text for text in texts if text not in after[id_]]
            example = f"not {quoted(missing[0])}" if missing else "something else"
            return fails(f"{when}, it recalls {example} for {quoted(queries[id_])}")
    return holds(f"{when}, it recalls the same for {len(before)} questions")


def _is_of(item: Any, other: World, own: World) -> bool:
    """Whether an item is of another world, and not of its own."""
    if item.event_id is not None:
        return item.event_id in {event.event_id for event in other.events}
    told = {name for event in own.events for name in words(event.text)}
    foreign = {name for event in other.events for name in names(event.text)} - told
    return bool(foreign & words(item.text))
