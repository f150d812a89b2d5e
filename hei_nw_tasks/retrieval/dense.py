"""Dense retrieval: the events whose vectors are nearest to the question's.

Each event of a growing log is embedded once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hei_nw_tasks.plugins import PluginError
from hei_nw_tasks.retrieval.indexes import Indexes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hei_nw_tasks.retrieval.protocols import Embedder, Log


class ExactIndex:
    """Exact search by inner product."""

    def __init__(self) -> None:
        self._index: Any = None

    @property
    def dimensions(self) -> int:
        """Length of the vectors; 0 before there are any."""
        return self._index.d if self._index else 0

    @property
    def size(self) -> int:
        """Number of vectors."""
        return self._index.ntotal if self._index else 0

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Add vectors: (vectors, dimensions).

        Raises:
            PluginError: They have another length than those before.
        """
        import faiss

        self._index = self._index or faiss.IndexFlatIP(vectors.shape[1])
        if vectors.shape[1] != self.dimensions:
            raise PluginError(
                f"an embedder gives {self.dimensions} numbers for an event and "
                f"{vectors.shape[1]} for a later one → return vectors of one length"
            )
        self._index.add(vectors)

    def rows(self, positions: Sequence[int] | None = None) -> NDArray[np.float32]:
        """The vectors at positions, or all."""
        found: NDArray[np.float32] = (
            self._index.reconstruct_n(0, self.size)
            if positions is None
            else self._index.reconstruct_batch(positions)
        )
        return found

    def search(self, query: NDArray[np.float32], k: int) -> list[int]:
        """Positions of the best k vectors, best first; ties by position."""
        import numpy as np

        events = self._index.ntotal
        k = min(k, events)
        # faiss may cut among equal scores in any order, so search until all of them are found.
        depth = min(k + 1, events)
        while True:
            with _one_thread():
                scores, places = self._index.search(query[None, :], depth)
            if depth == events or scores[0][-1] < scores[0][k - 1]:
                break
            depth = min(2 * depth, events)
        best: list[int] = places[0][np.lexsort((places[0], -scores[0]))][:k].tolist()
        return best


@contextmanager
def _one_thread() -> Iterator[None]:
    """Search with one thread: one query is bound by memory, and more threads only wait."""
    import faiss

    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


class VectorIndex(ExactIndex):
    """Exact search over embeddings of texts.

    Args:
        embed: Turns texts into vectors, (texts, dimensions).
    """

    def __init__(self, embed: Callable[[Sequence[str]], NDArray[np.float32]]) -> None:
        super().__init__()
        self._embed = embed

    def grow(self, texts: Sequence[str]) -> None:
        """Embed the texts that are new."""
        if new := texts[self.size :]:
            self.add(self._embed(new))


class DenseRetriever:
    """Ranks events by the inner product of embeddings.

    Args:
        embedder: Turns questions and events into vectors.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._indexes = Indexes(lambda: VectorIndex(embedder.embed_passages))

    def search(self, query: str, log: Log, k: int) -> list[int]:
        """Positions of the best k events.

        Raises:
            PluginError: Vectors of queries and of events differ in length.
        """
        if not log.texts:
            return []
        index, vector = self._indexes.of(log), self._embedder.embed_queries([query])[0]
        if len(vector) != index.dimensions:
            raise PluginError(
                f"embedder={self._embedder.name!r} gives {len(vector)} numbers for a query and "
                f"{index.dimensions} for an event → return vectors of one length"
            )
        return index.search(vector, k)

    def query_flops(self, query: str) -> float | None:
        """FLOPs to embed a query."""
        return self._embedder.query_flops(query)
