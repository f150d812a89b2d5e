"""Embeddings kept on disk from run to run, by model, side (query or passage) and text.

They are in one SQLite file in the folder that `embed_cache=` names:

    embeddings.sqlite: vectors(key BLOB PRIMARY KEY, vector BLOB)   sha256 -> float32 numbers
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generators.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hei_nw_tasks.retrieval.protocols import Embedder

_SECONDS_TO_WAIT = 60.0


class CachedEmbedder:
    """An embedder that embeds no text twice.

    Args:
        embedder: Embeds texts that are not in the cache.
        folder: Created if missing; several processes may share it.

    Raises:
        ConfigError: The folder cannot be used, or its file is damaged.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder, self._file = embedder, folder / "embeddings.sqlite"
        self.name = embedder.name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(self._file, timeout=_SECONDS_TO_WAIT)
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"
            )
        except (OSError, sqlite3.Error) as error:
            raise self._damaged(error) from None

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors: (texts, dimensions)."""
        return self._embed("query", texts, self._embedder.embed_queries)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors: (texts, dimensions)."""
        return self._embed("passage", texts, self._embedder.embed_passages)

    def query_flops(self, text: str) -> float | None:
        """FLOPs to embed the query if it is not in the cache."""
        return self._embedder.query_flops(text)

    def _embed(
        self,
        side: str,
        texts: Sequence[str],
        compute: Callable[[Sequence[str]], NDArray[np.float32]],
    ) -> NDArray[np.float32]:
        import numpy as np

        keys = [self._key(side, text) for text in texts]
        try:
            found = {key: self._find(key) for key in keys}
            missing = {key: text for key, text in zip(keys, texts, strict=True) if not found[key]}
            if missing:
                vectors = compute(list(missing.values()))
                new = {key: row.tobytes() for key, row in zip(missing, vectors, strict=True)}
                with self._database:
                    self._database.executemany(
                        "INSERT OR REPLACE INTO vectors VALUES (?, ?)", new.items()
                    )
                found |= new
        except sqlite3.Error as error:
            raise self._damaged(error) from None
        return np.stack([np.frombuffer(found[key] or b"", dtype=np.float32) for key in keys])

    def _find(self, key: bytes) -> bytes | None:
        row = self._database.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def _key(self, side: str, text: str) -> bytes:
        return hashlib.sha256("\0".join((self.name, side, text)).encode()).digest()

    def _damaged(self, error: Exception) -> ConfigError:
        return ConfigError(
            f"{self._file}: cannot be used as a cache of embeddings ({error}) → delete the file, "
            "or name another folder with embed_cache=…"
        )
