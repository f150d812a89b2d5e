"""Dense retrieval: the events whose vectors are nearest to the question's.

A log is embedded once; every part of it that a question may see is the beginning of one index:

    >>> index = FaissIndex(vectors)  # doctest: +SKIP
    >>> index.search(query, visible=100, k=2), index.search(query, visible=300, k=2)
    ([17, 4], [205, 17])
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hei_nw_tasks.retrieval.protocols import Embedder, Log

_INDEXES_KEPT = 16


class FaissIndex:
    """Exact search by inner product.

    Args:
        vectors: One a row, (events, dimensions), float32.
    """

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        import faiss

        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)

    def search(self, query: NDArray[np.float32], visible: int, k: int) -> list[int]:
        """Positions of the best k of the first `visible` rows, best first, ties by position."""
        import faiss
        import numpy as np

        visible = min(visible, self._index.ntotal)
        k = min(k, visible)
        if not k:
            return []
        made: Any = faiss.SearchParameters
        only = made(sel=faiss.IDSelectorRange(0, visible))
        # faiss does not say which of several equal scores it cuts, so it has to show all of them.
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
    """One query is bound by memory: threads of faiss would only wait for each other."""
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
        self._indexes: OrderedDict[str, FaissIndex] = OrderedDict()

    def search(self, query: str, log: Log, visible: int, k: int) -> list[int]:
        """Positions of the best k visible events."""
        if not visible:
            return []
        if log.log_id not in self._indexes:
            self._indexes[log.log_id] = FaissIndex(self._embedder.embed_passages(log.texts))
            if len(self._indexes) > _INDEXES_KEPT:
                self._indexes.popitem(last=False)
        self._indexes.move_to_end(log.log_id)
        vector = self._embedder.embed_queries([query])[0]
        return self._indexes[log.log_id].search(vector, visible, k)

    def query_flops(self, query: str) -> float | None:
        """Operations to embed a query."""
        return self._embedder.query_flops(query)
