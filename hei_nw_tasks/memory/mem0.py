"""mem0 (Apache-2.0) as a memory: mem0ai 2.x with a local Qdrant in the memory's folder.

    --model_args "mode=B1,memory=mem0,memory_args=embedder=sentence-transformers/all-MiniLM-L6-v2"

An event is added as it is (`infer=False`), its date as metadata that `search` filters by: mem0's
own `timestamp` is for its platform alone. With `infer=True` a language model takes facts out of
each event, and these are recalled. `delete` takes a text out of what is searched; mem0's history
database keeps it.
"""

from __future__ import annotations

import logging
import os
import tempfile
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

# mem0 reads these when it is imported. It would report each call to its authors, and makes a folder
# for what it reports.
os.environ["MEM0_TELEMETRY"] = "False"
os.environ.setdefault("MEM0_DIR", str(Path(tempfile.gettempdir()) / "mem0"))

try:
    import mem0
except ImportError as error:
    raise ConfigError(
        f"memory='mem0': cannot be imported ({error}) → python -m pip install 'hei-nw-tasks[mem0]'"
    ) from None

# mem0 asks for a key even where it sends nothing.
_NO_KEY = "none"
_EVERYTHING = 1_000_000


class _Once(logging.Filter):
    """Lets each message through once."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        is_new = (message := record.getMessage()) not in self._seen
        self._seen.add(message)
        return is_new


# Without fastembed, keyword search is off: said once, not for each world.
logging.getLogger("mem0.vector_stores.qdrant").addFilter(_Once())


class Mem0:
    """A user's memories in mem0.

    Args:
        embedder: Id or folder of an encoder, or module:Class; None for the default of `rag`.
        query_prefix: Before a question; None for what the encoder was trained with.
        passage_prefix: Before an event, likewise.
        threshold: Least similarity of what is recalled, as mem0 has it.
        infer: Whether a language model takes facts out of events. Its key is OPENAI_API_KEY.
        base_url: Of an OpenAI-compatible server that has the model: "http://localhost:8000/v1".
        model: The model's name there.

    Raises:
        ConfigError: `infer` without a server and a model, or there is no such embedder.
    """

    version = f"mem0ai {version('mem0ai')} qdrant-client {version('qdrant-client')}"

    def __init__(
        self,
        embedder: str | None = None,
        query_prefix: str | None = None,
        passage_prefix: str | None = None,
        threshold: float = 0.1,
        infer: bool = False,
        base_url: str | None = None,
        model: str | None = None,
    ) -> None:
        if infer and not (base_url and model):
            raise ConfigError(
                "memory_args: infer=True needs a language model → add "
                "base_url=http://localhost:8000/v1;model=NAME"
            )
        if infer and os.environ.get("OPENROUTER_API_KEY"):
            raise ConfigError(
                "OPENROUTER_API_KEY is set: mem0 would send the events there, not to "
                f"base_url={base_url!r} → unset it"
            )
        self.capabilities = Capabilities(
            as_of=not infer, update=not infer, provenance=not infer, scopes=True, reopen=True
        )
        self._vectors = vectors_of(embedder, query_prefix, passage_prefix)
        self._threshold, self._infer = threshold, infer
        self._base_url, self._model = base_url, model
        self._responses: list[Any] = []

    def open(self, scope: str, folder: Path) -> None:
        """Open the folder's Qdrant and history; the scope is mem0's user."""
        self._user = scope
        self._memory = mem0.Memory.from_config(
            {
                "vector_store": {
                    "provider": "qdrant",
                    "config": {
                        "collection_name": "events",
                        "path": str(folder / "qdrant"),
                        "on_disk": True,
                        "embedding_model_dims": self._vectors.dimensions,
                    },
                },
                "history_db_path": str(folder / "history.db"),
                "llm": {"provider": "openai", "config": self._language_model()},
                "embedder": {"provider": "openai", "config": {"api_key": _NO_KEY}},
            }
        )
        # None of mem0's providers takes an object without LangChain, or tells queries from events.
        self._memory.embedding_model = _Embedding(self._vectors)

    def write(self, event: Episode) -> Written:
        """Add an event, or what the model takes out of it."""
        self._responses.clear()
        added = self._memory.add(
            event.text,
            user_id=self._user,
            metadata=_metadata(event),
            infer=self._infer,
            # Else the model dates what it takes out by today.
            prompt=f"Observation Date: {event.at:%Y-%m-%d}. Date memories by it, not by today.",
        )
        refs = tuple(result["id"] for result in added["results"])
        return Written(stored=bool(refs), refs=refs, usage=self._usage())

    def recall(self, query: str, as_of: datetime, budget: Budget) -> Recalled:
        """What mem0's search finds of the time up to `as_of`."""
        found = self._memory.search(
            query,
            filters={"user_id": self._user, "event_at": {"lte": as_of.isoformat()}},
            top_k=budget.k or _EVERYTHING,
            threshold=self._threshold,
        )
        items = [
            Item(
                result["memory"],
                None if self._infer else result["metadata"]["event_id"],
                result["score"],
            )
            for result in found["results"]
        ]
        return Recalled(items, Usage(0, 0, self._vectors.query_flops(query)))

    def delete(self, ref: str) -> None:
        """Take it out of what is searched."""
        self._memory.delete(ref)

    def update(self, ref: str, event: Episode) -> Written:
        """Replace text and date."""
        self._memory.update(ref, text=event.text, metadata=_metadata(event))
        return Written(refs=(ref,), usage=Usage(0, 0))

    def refs(self) -> list[str]:
        """Ids of all memories of the user."""
        found = self._memory.get_all(
            filters={"user_id": self._user}, top_k=_EVERYTHING, show_expired=True
        )
        return [result["id"] for result in found["results"]]

    def close(self) -> None:
        """Let go of the history and of Qdrant, which one process may have open."""
        self._memory.close()
        self._memory.vector_store.client.close()

    def _language_model(self) -> dict[str, Any]:
        if not self._infer:
            return {"api_key": _NO_KEY}
        return {
            "model": self._model,
            "openai_base_url": self._base_url,
            "api_key": os.environ.get("OPENAI_API_KEY", _NO_KEY),
            "response_callback": lambda model, response, sent: self._responses.append(response),
        }

    def _usage(self) -> Usage:
        stated = [response.usage for response in self._responses]
        tokens = None if None in stated else sum(usage.total_tokens for usage in stated)
        return Usage(len(stated), tokens)


def _metadata(event: Episode) -> dict[str, str]:
    return {"event_at": event.at.isoformat(), "event_id": event.id}


class _Embedding:
    """An embedder as mem0 calls it."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def embed(self, text: str, memory_action: str | None = None) -> list[float]:
        if memory_action == "search":
            return self._vectors.query(text)
        return self._vectors.passages([text])[0]

    def embed_batch(self, texts: list[str], memory_action: str | None = None) -> list[list[float]]:
        return [self.embed(text, memory_action) for text in texts]
