"""Dense retrieval: the events whose vectors are nearest to the question's.

A log is embedded once, and one index serves every part of it that a question may see:

>>> import numpy as np
>>> index = FaissIndex(np.array([[1, 0], [0, 1], [1, 1]], dtype=np.float32))
>>> query = np.array([1, 2], dtype=np.float32)
>>> index.search(query, visible=2, k=1), index.search(query, visible=3, k=2)
([1], [2, 1])
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hei_nw_tasks.retrieval.indexes import Indexes
from hei_nw_tasks.retrieval.plugins import PluginError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hei_nw_tasks.retrieval.protocols import Embedder, Log


class FaissIndex:
    """Exact search by inner product.

    Args:
        vectors: One a row, (events, dimensions), float32.
    """

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        import faiss

        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)
        self.dimensions = vectors.shape[1]

    def search(self, query: NDArray[np.float32], visible: int, k: int) -> list[int]:
        """Positions of the best k of the first `visible` rows, best first; ties by position."""
        import faiss
        import numpy as np

        visible = min(visible, self._index.ntotal)
        k = min(k, visible)
        if not k:
            return []
        made: Any = faiss.SearchParameters
        only = made(sel=faiss.IDSelectorRange(0, visible))
        # faiss may cut among equal scores in any order, so search until all of them are found.
        depth = min(k + 1, visible)
        while True:
            with _one_thread():
                scores, places = self._index.search(query[None, :], depth, params=only)
            if depth == visible or scores[0][-1] < scores[0][k - 1]:
                break
            depth = min(2 * depth, visible)
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


class DenseRetriever:
    """Ranks events by the inner product of embeddings.

    Args:
        embedder: Turns questions and events into vectors.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._indexes = Indexes(lambda log: FaissIndex(embedder.embed_passages(log.texts)))

    def search(self, query: str, log: Log, visible: int, k: int) -> list[int]:
        """Positions of the best k visible events.

        Raises:
            PluginError: Vectors of queries and of events differ in length.
        """
        if not visible:
            return []
        index, vector = self._indexes.of(log), self._embedder.embed_queries([query])[0]
        if len(vector) != index.dimensions:
            raise PluginError(
                f"embedder={self._embedder.name!r} gives {len(vector)} numbers for a query and "
                f"{index.dimensions} for an event → return vectors of one length"
            )
        return index.search(vector, visible, k)

    def query_flops(self, query: str) -> float | None:
        """FLOPs to embed a query."""
        return self._embedder.query_flops(query)
