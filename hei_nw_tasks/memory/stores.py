"""What a memory is told of a world, and what it is asked when: the stores of the loaded datasets.

Loading a dataset registers its worlds; the model looks them up by the rows that lm_eval sends:

    store_of(doc) -> Store(id="0f24…", events=[…], questions=[…])

A world has one store, which its questions find more or less full. In scenario D each size is a
store of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hei_nw_tasks.memory.protocol import Episode

if TYPE_CHECKING:
    from generators.datasets.tables import Tables
    from generators.records import Event, Question, World

_COLUMNS = ("scenario", "world_id", "store_size", "query", "evidence")


@dataclass(frozen=True)
class Store:
    """Events that are told in this order, and the questions that are asked in between.

    Attributes:
        id: Names it; also the scope under which a memory keeps it.
        events: In time order.
        questions: In the order of the events that precede them; `store_size` is their number.
    """

    id: str
    events: list[Event]
    questions: list[Question]

    def episodes(self) -> list[Episode]:
        """The events as a memory is told them."""
        told, seconds = [], 0
        for position, event in enumerate(self.events):
            first = not position or event.date != self.events[position - 1].date
            seconds = 0 if first else seconds + 1
            midnight = datetime.combine(event.date, time(), UTC)
            at = midnight + timedelta(seconds=seconds)
            told.append(Episode(event.event_id, event.text, at, self.id, event.pinned))
        return told


def told_digest(store: Store, size: int) -> str:
    """Tells what precedes a question from what precedes others: of the first events of a store."""
    told = [[event.event_id, event.text] for event in store.events[:size]]
    return hashlib.sha256(json.dumps([store.id, told]).encode()).hexdigest()


def moment(question: Question) -> datetime:
    """When a question is asked: at the end of its day."""
    return datetime.combine(date.fromisoformat(question.as_of), time.max, UTC)


# lm_eval loads the task and calls the model; this is the only place where the two meet. A dataset
# is its worlds in order; the one that was loaded last counts.
_DATASETS: dict[str, list[World]] = {}


def register(tables: Tables) -> None:
    """Keep the worlds of a dataset for the models of this process."""
    _DATASETS.update(dict.fromkeys((world.world_id for world in tables.worlds), tables.worlds))
    _store.cache_clear()


@contextmanager
def registered(worlds: Sequence[World]) -> Iterator[None]:
    """These worlds alone are registered, and afterwards those that were before."""
    before = dict(_DATASETS)
    try:
        _DATASETS.clear()
        _store.cache_clear()
        _DATASETS.update((world.world_id, [*worlds]) for world in worlds)
        yield
    finally:
        _DATASETS.clear()
        _DATASETS.update(before)
        _store.cache_clear()


@lru_cache(maxsize=1024)
def _store(world_id: str, size: int | None) -> Store:
    world = _world(world_id)
    questions = [q for q in world.questions if size in (None, q.store_size)]
    last = max((question.store_size for question in questions), default=0)
    return Store(
        world_id if size is None else f"{world_id}-{size}",
        world.store(last),
        sorted(questions, key=lambda question: question.store_size),
    )


def _world(world_id: str) -> World:
    return next(world for world in _DATASETS[world_id] if world.world_id == world_id)


def is_question(doc: object) -> bool:
    """Whether a document of lm_eval is one of ours."""
    return isinstance(doc, Mapping) and all(name in doc for name in _COLUMNS)


def store_of(doc: Mapping[str, Any]) -> Store:
    """The store that a question is about.

    Raises:
        ConfigError: It was not loaded in this process, or does not have the question.
    """
    from generators.errors import ConfigError

    if doc["world_id"] in _DATASETS:
        store = _store(doc["world_id"], _size(doc))
        if any((q.id, q.store_size) == (doc["id"], doc["store_size"]) for q in store.questions):
            return store
    raise ConfigError(
        f"question {doc.get('id')!r} is about the log {doc['world_id']!r}, which was not "
        "loaded: its request is from a cache that was made with other settings "
        "→ run again with --cache_requests refresh"
    )


def stores_with(doc: Mapping[str, Any], number: int) -> list[Store]:
    """The stores that share a folder with the one of a question, itself included.

    Args:
        doc: A dataset row.
        number: Of stores in a folder. They are neighbours in the dataset, so that it does not
            matter which questions are asked.

    Raises:
        ConfigError: See `store_of`.
    """
    own, size = store_of(doc), _size(doc)
    if number == 1:
        return [own]
    worlds = [world.world_id for world in _DATASETS[doc["world_id"]]]
    first = worlds.index(doc["world_id"]) // number * number
    stores = [_store(world_id, size) for world_id in worlds[first : first + number]]
    return [store for store in stores if store.questions]


def _size(doc: Mapping[str, Any]) -> int | None:
    """The size that tells the question's store from others of its world; None if there is one."""
    events = _world(doc["world_id"]).events
    return doc["store_size"] if events and events[0].rank is not None else None
