"""Memories that are right: one that does all that the protocol knows, and the smallest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from hei_nw_tasks.memory.baselines import Rag
from hei_nw_tasks.memory.protocol import Budget, Capabilities, Episode, Item, Written
from hei_nw_tasks.retrieval.registry import make_retriever

_TABLE = """CREATE TABLE IF NOT EXISTS notes (
    scope TEXT, ref TEXT, at TEXT, text TEXT, PRIMARY KEY (scope, ref))"""


class Honest:
    """Keeps everything that it is told.

    Args:
        depth: Most items, whatever is asked for.
    """

    capabilities = Capabilities(as_of=True, idempotent=True)

    def __init__(self, depth: int = 100) -> None:
        self.depth = depth

    def open(self, scope: str, folder: Path, seed: int) -> None:
        self.scope, self.folder = scope, folder
        self.database = sqlite3.connect(folder / "notes.sqlite", isolation_level=None)
        self.database.execute("PRAGMA secure_delete = ON")
        # As safe from kills, if not from the end of the machine, and faster.
        self.database.execute("PRAGMA synchronous = OFF")
        self.database.execute(_TABLE)

    def write(self, event: Episode) -> Written:
        self.keep(event.id, event)
        return Written(score=float(len(event.text)))

    def keep(self, ref: str, event: Episode) -> None:
        row = self.scope, ref, event.at.isoformat(), event.text
        self.database.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?)", row)

    def rows(self, as_of: datetime) -> list[Any]:
        query = "SELECT ref, text FROM notes WHERE scope = ? AND at <= ? ORDER BY at"
        return self.database.execute(query, (self.scope, as_of.isoformat())).fetchall()

    def recall(self, query: str, as_of: datetime, budget: Budget) -> Iterator[Item]:
        asked = set(query.casefold().replace("?", "").split())
        found = self.rows(as_of)
        found.sort(key=lambda row: -len(asked & set(row[1].casefold().rstrip(".").split())))
        for ref, text in found[: min(self.depth, budget.k or self.depth)]:
            yield Item(text, ref)

    def delete(self, ref: str) -> None:
        self.database.execute("DELETE FROM notes WHERE scope = ? AND ref = ?", (self.scope, ref))

    def update(self, ref: str, event: Episode) -> None:
        self.keep(ref, event)

    def refs(self) -> list[str]:
        query = "SELECT ref FROM notes WHERE scope = ?"
        return [ref for (ref,) in self.database.execute(query, (self.scope,))]

    def close(self) -> None:
        self.database.close()


class Dreamer(Honest):
    """Makes an adapter of random numbers in its sleep."""

    def open(self, scope: str, folder: Path, seed: int) -> None:
        super().open(scope, folder, seed)
        self.seed = seed

    def consolidate(self, model: Any) -> dict[str, str]:
        import torch
        from peft import LoraConfig, get_peft_model

        config = LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            adapted = get_peft_model(model.model, config)
            for name, parameter in adapted.named_parameters():
                if "lora_" in name:
                    torch.nn.init.normal_(parameter, std=0.5)
        adapted.save_pretrained(self.folder / "adapter")
        self.wake(adapted)
        return {"peft": "adapter"}

    def wake(self, adapted: Any) -> None:
        adapted.unload()


class Asynchronous:
    """The same by coroutines, and only with what it must have."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    async def write(self, event: Episode) -> bool:
        self.notes.append(f"[{event.at:%Y-%m-%d}] {event.text}")
        return True

    async def recall(self, query: str, k: int) -> list[str]:
        asked = set(query.casefold().split())
        best = sorted(self.notes, key=lambda note: -len(asked & set(note.casefold().split())))
        return best[:k]


def by_words() -> Rag:
    """The baseline `rag` with BM25, as a memory."""
    return Rag("retriever='bm25'", make_retriever("bm25"))


class Rewriting:
    """Merges what it is told into sentences of its own, without ids."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def write(self, event: Episode) -> str:
        self.notes.append(f"It is known that {event.text[:-1]}")
        return f"fact {len(self.notes)}"

    def recall(self, k: int) -> list[Item]:
        return [Item(note, score=0.5) for note in self.notes[-k:]]
