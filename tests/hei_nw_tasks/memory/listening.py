"""Memories that write down what they are called with, and a replay of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.protocol import Budget, Episode, Item
from hei_nw_tasks.memory.replay import replay
from hei_nw_tasks.memory.replayed import Replay
from hei_nw_tasks.memory.stores import Store
from tests.hei_nw_tasks.memory.worlds import event, question

Heard = list[tuple[Any, ...]]


class Listening:
    """Writes down what it is called with, and recalls all that it was told."""

    def __init__(self, heard: Heard) -> None:
        self.heard, self.items, self.scope = heard, list[Item](), ""

    def write(self, event: Episode) -> None:
        self.heard.append(("write", event.id, event.at, event.scope))
        self.items.append(Item(event.text, event.id))

    def recall(self, query: str, as_of: datetime) -> list[Item]:
        self.heard.append(("recall", query, as_of))
        return self.items

    def flush(self) -> None:
        self.heard.append(("flush",))


class OnDisk(Listening):
    """Keeps a line for each event in a file of its scope, and finds it when it is opened again."""

    def open(self, scope: str, folder: Path, seed: int) -> None:
        self.heard.append(("open", scope, seed))
        self.path = folder / f"{scope}.txt"
        if self.path.exists():
            lines = (line.split("\t") for line in self.path.read_text().splitlines())
            self.items = [Item(text, id_) for id_, text in lines]

    def close(self) -> None:
        self.heard.append(("close", self.path.stem))
        self.path.write_text("".join(f"{item.event_id}\t{item.text}\n" for item in self.items))

    def delete(self, ref: str) -> None:
        self.heard.append(("delete", ref))
        self.items = [item for item in self.items if item.event_id != ref]

    def refs(self) -> list[str]:
        return [item.event_id or "" for item in self.items]


def store(
    moments: Sequence[int], events: int = 6, world_id: str = "w", **forgets: tuple[str, ...]
) -> Store:
    """Events `e0`, `e1`, … and a question after so many of them, `q0`, `q1`, …"""
    made = [
        event(n, f"{world_id} event {n}.", world_id, forgets=forgets.get(f"e{n}", ()))
        for n in range(events)
    ]
    asked = [
        question(size, f"after {size}?", world_id, f"{world_id}-q{n}")
        for n, size in enumerate(moments)
    ]
    return Store(world_id, made, asked)


def told(
    stores: Sequence[Store], kind: Any, folder: Path, **options: Any
) -> tuple[list[Replay], Heard]:
    heard: Heard = []
    budget = options.pop("budget", Budget(10))
    return replay(
        stores, lambda known: PluggedMemory("m", lambda: kind(heard), 60, known), folder, budget,
        **options,
    ), heard  # fmt: skip
