"""The vectors of the episodes that can be seen: which are nearest to a query's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hei_nw_tasks.plugins import PluginError
from hei_nw_tasks.retrieval.dense import ExactIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hei_nw_tasks.memory.episodic.storing import EpisodeFile


class VectorRanking:
    """An index over vectors that a file holds.

    Args:
        file: Of the scope.
    """

    def __init__(self, file: EpisodeFile) -> None:
        import numpy as np

        self._file, self._index = file, ExactIndex()
        self._seqs = np.empty(0, np.int64)

    def show(self, seqs: NDArray[np.int64]) -> None:
        """Have these episodes in the index, in this order; only what is new is read."""
        import numpy as np

        if not np.array_equal(self._seqs, seqs[: len(self._seqs)]):
            self._index, self._seqs = ExactIndex(), self._seqs[:0]
        vectors = self._file.vectors(seqs[len(self._seqs) :].tolist())
        for length in {len(vector) for vector in vectors}:
            self._index.add(np.stack([vector for vector in vectors if len(vector) == length]))
        self._seqs = seqs

    def nearest(self, vector: NDArray[np.float32], k: int) -> tuple[list[int], list[float]]:
        """The best k by inner product, and it; ties by position.

        Raises:
            PluginError: The vectors have another length.
        """
        if not len(self._seqs):
            return [], []
        self._check(vector)
        found = self._index.search(vector, k)
        return found, (self._index.rows(found) @ vector).tolist()

    def cosine(self, vector: NDArray[np.float32]) -> float:
        """Greatest cosine with a vector; 0 if there are none."""
        import numpy as np

        if not len(self._seqs):
            return 0.0
        self._check(vector)
        rows = self._index.rows()
        lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(vector)
        return float((rows @ vector / lengths).max())

    def _check(self, vector: NDArray[np.float32]) -> None:
        if len(vector) != self._index.dimensions:
            raise PluginError(
                f"an embedder gives {len(vector)} numbers for a text and {self._index.dimensions} "
                "for another one → return vectors of one length"
            )
