"""Checks of what a memory keeps: its own alone, for as long as it should, and no longer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
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
from hei_nw_tasks.memory.conformance.words import marks, names, words
from hei_nw_tasks.memory.protocol import Episode, Written
from hei_nw_tasks.memory.stores import moment

# Events that are deleted, and that are looked for before and after.
_TRIED = 3
_NEW_NAME = "Zanthorpe"
_NO_FOLDER = not_applicable("it is not opened on a folder: `open(folder)`")
_NO_DELETE = not_applicable("it has no method delete")


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


def delete(subject: Subject) -> Outcome:
    """What is deleted does not come back, and nothing else goes with it."""
    if not subject.can["delete"]:
        return _NO_DELETE
    tried = 0
    for name in ("episodes", "look-alikes"):
        world = subject.world(name)
        with subject.session(world) as session:
            written = session.tell()
            found = _recalled_by_text(session, written)
            gone, others = found[:_TRIED], found[_TRIED : 2 * _TRIED]
            _delete(session, gone, written)
            for when in ("", ", after it was closed and opened again"):
                for episode in gone:
                    if back := _back(session, episode):
                        return fails(f"recalls {quoted(back)} after delete{when}")
                for episode in others:
                    if not _back(session, episode):
                        return fails(f"lost {quoted(episode.text)}, which was not deleted{when}")
                if not subject.can["reopen"]:
                    break
                session.again()
            tried += len(gone)
    if not tried:
        return not_applicable("it recalls no event that is asked for in its own words")
    return holds(f"{tried} deleted events do not come back")


def traces(subject: Subject) -> Outcome:
    """Files hold nothing of the text of what was deleted."""
    if not subject.can["delete"]:
        return _NO_DELETE
    world = subject.world("look-alikes")
    with folder_of_its_own() as folder:
        with subject.session(world, folder) as session:
            written = session.tell()
            kept = [e for e in session.episodes() if written[e.id].stored]
            if subject.can["reopen"]:
                session.again()
            if not (gone := [e for e in kept if _in_files(folder, e.text)][:_TRIED]):
                return not_applicable("its files hold no texts of events as they were told")
            _delete(session, gone, written)
        for episode in gone:
            if path := _in_files(folder, episode.text):
                return fails(
                    f"{path} still holds {quoted(episode.text)} after delete and close "
                    "→ overwrite it (SQLite: PRAGMA secure_delete, and a checkpoint of the WAL)"
                )
    return holds(f"{len(gone)} deleted events are in no file")


def requests(subject: Subject) -> Outcome:
    """What somebody asks to forget in scenario C does not come back."""
    if not subject.can["delete"]:
        return _NO_DELETE
    world, made = subject.world("settings"), subject.replayed("settings")
    asked = {id_ for event in world.events for id_ in event.forgets}
    own = marks({event.event_id: event.text for event in world.events})
    events = {event.event_id: event for event in world.events}
    for question in (q for q in world.questions if q.store_size == len(world.events)):
        for item in made.recalled[question.id].items:
            for id_ in asked:
                if _shows(item, id_, events[id_].text, own[id_]):
                    return fails(f"recalls {quoted(item.text)}, which was to be forgotten")
    return holds(f"{len(asked)} events that were to be forgotten do not come back")


def update(subject: Subject) -> Outcome:
    """What is updated is recalled as it is now."""
    if not subject.can["update"]:
        return not_applicable("it has no method update")
    world = subject.world("look-alikes")
    with subject.session(world) as session:
        written = session.tell()
        found = [one for one in _recalled_by_text(session, written) if session.marks[one.id]]
        if not found:
            return not_applicable("it recalls no event that is asked for in its own words")
        for number, episode in enumerate(found[:_TRIED]):
            old = max(session.marks[episode.id], key=lambda name: (len(name), name))
            new = f"{_NEW_NAME}-{number}7"
            text = " ".join(new if old in words(word) else word for word in episode.text.split())
            changed = replace(episode, text=text, at=session.episodes()[-1].at)
            for ref in written[episode.id].refs:
                session.memory.update(ref, changed)
            session.memory.flush()
            shown = [item.text for item in session.ask(text)]
            if not any(new.casefold() in words(one) for one in shown):
                return fails(f"does not recall {quoted(text)} after update")
            for one in shown:
                if old in words(one):
                    return fails(f"still recalls {quoted(one)} after update")
    return holds(f"{min(_TRIED, len(found))} updated events are recalled as they are now")


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


def _recalled_by_text(session: Session, written: dict[str, Written]) -> list[Episode]:
    """Stored events that are recalled when they are asked for in their own words."""
    return [
        episode
        for episode in session.episodes()
        if written[episode.id].stored and _back(session, episode)
    ]


def _back(session: Session, episode: Episode) -> str | None:
    """What is recalled of an event that is asked for in its own words."""
    for item in session.ask(episode.text):
        if _shows(item, episode.id, episode.text, session.marks[episode.id]):
            return str(item.text)
    return None


def _shows(item: Any, id_: str, text: str, own: set[str]) -> bool:
    if item.event_id is not None:
        return bool(item.event_id == id_)
    return text in item.text or bool(own & words(item.text))


def _is_of(item: Any, other: World, own: World) -> bool:
    """Whether an item is of another world, and not of its own."""
    if item.event_id is not None:
        return item.event_id in {event.event_id for event in other.events}
    told = {name for event in own.events for name in words(event.text)}
    foreign = {name for event in other.events for name in names(event.text)} - told
    return bool(foreign & words(item.text))


def _delete(session: Session, episodes: list[Episode], written: dict[str, Written]) -> None:
    for ref in dict.fromkeys(ref for one in episodes for ref in written[one.id].refs):
        session.memory.delete(ref)
    session.memory.flush()


def _in_files(folder: Path, text: str) -> str | None:
    """The file of a folder that holds a text."""
    for path in _files(folder):
        if text.encode() in path.read_bytes():
            return path.relative_to(folder).as_posix()
    return None


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())
