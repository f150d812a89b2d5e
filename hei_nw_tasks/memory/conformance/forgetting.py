"""Checks of how a memory forgets and corrects: what is deleted is gone, and all else stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from hei_nw_tasks.memory.conformance.outcome import (
    Outcome,
    fails,
    holds,
    not_applicable,
    quoted,
)
from hei_nw_tasks.memory.conformance.subject import Session, Subject, folder_of_its_own
from hei_nw_tasks.memory.conformance.words import marks, words
from hei_nw_tasks.memory.protocol import Episode, Written

# Events that are deleted, and that are looked for before and after.
_TRIED = 3
_NEW_NAME = "Zanthorpe"
_NO_DELETE = not_applicable("it has no method delete")


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
