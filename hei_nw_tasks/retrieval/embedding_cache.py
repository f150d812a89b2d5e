"""Embeddings kept on disk from run to run, by weights, side (query or passage) and text.

They are in one SQLite file in the folder that `embed_cache=` names:

    embeddings.sqlite, table embeddings: sha256 -> float32 numbers
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hei_nw_tasks.cache_file import CacheFile
from hei_nw_tasks.retrieval.vectors import flaw

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hei_nw_tasks.retrieval.protocols import Embedder

_PROBE = "On 7 October 2017, Ada mislaid the keys of the old mill."
# Of the vectors of one text from the same weights: batches and devices round differently.
_SAME_COSINE = 0.9999


class CachedEmbedder:
    """An embedder that embeds no text twice.

    Vectors belong to the weights that made them. An embedder that does not say what tells its
    weights apart is known by its vectors of a probe, which are kept and compared.

    Args:
        embedder: Embeds texts that are not in the cache, or damaged there.
        folder: Created if missing; several processes may share it.

    Raises:
        ConfigError: The folder cannot be used, or its file is damaged; all methods raise it.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self.name = embedder.name
        self._file = CacheFile(folder / "embeddings.sqlite", "embeddings", "embed_cache")

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors: (texts, dimensions)."""
        return self._embed("query", texts, self._embedder.embed_queries)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors: (texts, dimensions)."""
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

        by_key = {_key(self.name, self._weights, side, text): text for text in texts}
        vectors = self._file.find(by_key, _vector)
        missing = {key: text for key, text in by_key.items() if key not in vectors}
        vectors |= self._computed(missing, compute)
        if len({vector.size for vector in vectors.values()}) > 1:
            self._file.note_damage()
            vectors = self._computed(by_key, compute)
        rows = [vectors[_key(self.name, self._weights, side, text)] for text in texts]
        return np.stack(rows)

    def _computed(
        self,
        texts: dict[bytes, str],
        compute: Callable[[Sequence[str]], NDArray[np.float32]],
    ) -> dict[bytes, NDArray[np.float32]]:
        """Embed texts, and keep their vectors."""
        if not texts:
            return {}
        made = dict(zip(texts, compute(list(texts.values())), strict=True))
        self._file.keep({key: vector.tobytes() for key, vector in made.items()})
        return made

    @cached_property
    def _weights(self) -> str:
        """What tells the weights from others under the same name."""
        import numpy as np

        stated = getattr(self._embedder, "weights", None)
        if stated is not None:
            return str(stated)
        sides = self._embedder.embed_passages([_PROBE]), self._embedder.embed_queries([_PROBE])
        probe = np.concatenate([side[0] for side in sides])
        number = 0
        while True:
            key = _key(self.name, "probe", str(number))
            kept = self._file.find([key], _vector).get(key)
            if kept is None:
                self._file.keep({key: probe.tobytes()})
                kept = probe
            if kept.size == probe.size and _cosine(kept, probe) >= _SAME_COSINE:
                return hashlib.sha256(kept.tobytes()).hexdigest()
            number += 1


def _key(*parts: str) -> bytes:
    """The sha256 of texts, and of where each begins."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode(errors="surrogatepass")
        digest.update(len(data).to_bytes(8) + data)
    return digest.digest()


def _vector(value: bytes) -> NDArray[np.float32]:
    """The vector of a row.

    Raises:
        ValueError: It is none that an embedder may give.
    """
    import numpy as np

    vector = np.frombuffer(value, dtype=np.float32)
    reason = flaw(vector[None, :])
    if reason is not None:
        raise ValueError(reason)
    return vector


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    import numpy as np

    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
