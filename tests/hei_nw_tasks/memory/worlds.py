"""Small worlds made by hand, for tests of memories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from generators.datasets.source import config_from
from generators.datasets.tables import build
from generators.records import Event, Question, World

FIRST_DAY = date(2024, 5, 1)


def event(number: int, text: str, world_id: str = "w", **fields: Any) -> Event:
    """An event a day, `e0`, `e1`, …"""
    known: dict[str, Any] = {"slots": {}, "role": "distractor", "should_remember": True} | fields
    day = FIRST_DAY + timedelta(days=number)
    return Event(f"{world_id}-e{number}", world_id, number, day, text, **known)


def question(
    visible: int, query: str = "event", world_id: str = "w", id_: str = "q", **fields: Any
) -> Question:
    """A question about the first events of a world."""
    (world,) = build("A", config_from("A", {"n": 1})).worlds
    base = {name: getattr(world.questions[0], name) for name in Question.__slots__}
    as_of = (FIRST_DAY + timedelta(days=max(0, visible - 1))).isoformat()
    own = {"id": id_, "world_id": world_id, "query": query, "store_size": visible, "as_of": as_of}
    return Question(**{**base, **own, "evidence": [], **fields})


def made_world(texts: Sequence[str], visible: int, world_id: str = "w") -> World:
    """A world with these events, and one question about the first of them."""
    events = [event(number, text, world_id) for number, text in enumerate(texts)]
    return World(world_id, events, [question(visible, world_id=world_id)])


def tables_of(worlds: Sequence[World]) -> Any:
    """What `hei_nw_tasks.memory.stores.register` needs of a dataset."""
    return SimpleNamespace(worlds=list(worlds))
