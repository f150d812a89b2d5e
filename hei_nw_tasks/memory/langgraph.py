"""LangGraph's store (MIT) as a memory, in SQLite or in the process's own memory.

    --model_args "mode=B1,memory=langgraph,memory_args=embedder=intfloat/e5-small-v2"

An event is a value under the namespace ("memories", scope), its id the key. It has seconds since
1970 as its date: `$lte` takes numbers only. A vector of its text finds it; a store without an
embedder ranks nothing, so that there is always one.
"""

from __future__ import annotations

import importlib
import sqlite3
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.memory.embedders import Vectors, vectors_of
from hei_nw_tasks.memory.protocol import (
    Budget,
    Capabilities,
    Episode,
    Item,
    Recalled,
    Usage,
    Written,
)

try:
    from langchain_core.embeddings import Embeddings
    from langgraph.store.base import BaseStore
    from langgraph.store.memory import InMemoryStore
    from langgraph.store.sqlite import SqliteStore
except ImportError as error:
    raise ConfigError(
        f"memory='langgraph': cannot be imported ({error}) → "
        "python -m pip install 'hei-nw-tasks[langgraph]'"
    ) from None

_STORES = ("sqlite", "memory")
_EVERYTHING = 1_000_000


class LangGraph:
    """A user's namespace in a LangGraph store.

    Args:
        store: `sqlite`, a file in the memory's folder, or `memory`, which is gone when it closes.
        embedder: Id or folder of an encoder, or module:Class; None for the default of `rag`.
        query_prefix: Before a question; None for what the encoder was trained with. The SQLite
            store embeds questions as if they were events.
        passage_prefix: Before an event, likewise.

    Raises:
        ConfigError: There is no such store or embedder.
    """

    version = " ".join(
        f"{name} {version(name)}"
        for name in ("langgraph-checkpoint", "langgraph-checkpoint-sqlite")
    )

    def __init__(
        self,
        store: str = "sqlite",
        embedder: str | None = None,
        query_prefix: str | None = None,
        passage_prefix: str | None = None,
    ) -> None:
        if store not in _STORES:
            raise ConfigError(f"memory_args: store={store!r} → use one of {', '.join(_STORES)}")
        in_folder = store == "sqlite"
        self.capabilities = Capabilities(
            as_of=True, idempotent=True, provenance=True, scopes=in_folder, reopen=in_folder
        )
        self._in_folder = in_folder
        self._vectors = vectors_of(embedder, query_prefix, passage_prefix)

    def open(self, scope: str, folder: Path) -> None:
        """Open the folder's file; the scope is a namespace."""
        self._namespace = ("memories", scope)
        embedded: Any = {"dims": self._vectors.dimensions, "embed": _Embeddings(self._vectors)}
        self._store: BaseStore
        if self._in_folder:
            self._connection = _connect(folder / "store.sqlite")
            self._store = SqliteStore(self._connection, index=embedded)
        else:
            self._store = InMemoryStore(index=embedded)

    def write(self, event: Episode) -> Written:
        """Put an event."""
        return self.update(event.id, event)

    def recall(self, query: str, as_of: datetime, budget: Budget) -> Recalled:
        """What the store's search finds of the time up to `as_of`."""
        found = self._store.search(
            self._namespace,
            query=query,
            filter={"at": {"$lte": as_of.timestamp()}},
            limit=budget.k or _EVERYTHING,
        )
        items = [Item(item.value["text"], item.value["event_id"], item.score) for item in found]
        return Recalled(items, Usage(0, 0, self._vectors.query_flops(query)))

    def delete(self, ref: str) -> None:
        """Delete the value."""
        self._store.delete(self._namespace, ref)

    def update(self, ref: str, event: Episode) -> Written:
        """Put another event under the key."""
        value = {"text": event.text, "at": event.at.timestamp(), "event_id": event.id}
        # The two stores name the fields to embed differently when they are made.
        self._store.put(self._namespace, ref, value, index=["text"])
        return Written(refs=(ref,), usage=Usage(0, 0))

    def refs(self) -> list[str]:
        """The keys of the namespace."""
        return [item.key for item in self._store.search(self._namespace, limit=_EVERYTHING)]

    def close(self) -> None:
        """Close the file."""
        if self._in_folder:
            self._connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    """A connection as LangGraph opens it, that can load the extension for vectors.

    Raises:
        ConfigError: No SQLite here can.
    """
    module: Any = sqlite3
    if not hasattr(sqlite3.Connection, "enable_load_extension"):  # as Python was compiled
        try:
            module = importlib.import_module("pysqlite3.dbapi2")
        except ImportError:
            raise ConfigError(
                "memory='langgraph': the SQLite of this Python loads no extensions → "
                "python -m pip install pysqlite3, or use store=memory"
            ) from None
    opened: sqlite3.Connection = module.connect(
        str(path), check_same_thread=False, isolation_level=None
    )
    return opened


class _Embeddings(Embeddings):
    """An embedder as LangChain calls it."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._vectors.passages(texts)

    def embed_query(self, text: str) -> list[float]:
        return self._vectors.query(text)
