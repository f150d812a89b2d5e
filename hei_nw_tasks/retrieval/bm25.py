"""BM25 (Robertson et al. 1994) by bm25s: words alone, no model and no download.

>>> BM25Retriever().search("Who lost a key?", log, visible=2, k=1)  # doctest: +SKIP
[1]
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hei_nw_tasks.retrieval.protocols import Log

# Numbers, times and codes stay whole: 5433, 18:33, rht-4767.
_WORD = re.compile(r"\w+(?:[-:./']\w+)*")
_INDEXES_KEPT = 16


class BM25Retriever:
    """Ranks events by BM25 (k1 = 1.5, b = 0.75) over lower-cased words.

    What is rare and what is not is counted among the visible events alone, so there is one index
    for each visible part of a log. An index of the whole log would let the future weigh words.
    """

    def __init__(self) -> None:
        self._indexes: OrderedDict[tuple[str, int], Any] = OrderedDict()

    def search(self, query: str, log: Log, visible: int, k: int) -> list[int]:
        """Positions of the best k visible events; by position where no word is known."""
        if not visible:
            return []
        import numpy as np

        index, vocabulary = self._index(log, visible)
        known = [word for word in words(query) if word in vocabulary]
        scores = index.get_scores(known) if known else np.zeros(visible, dtype=np.float32)
        # Stable, so that ties stay in the order of the log.
        best: list[int] = np.argsort(-scores, kind="stable")[:k].tolist()
        return best

    def query_flops(self, query: str) -> float | None:
        """Nothing is embedded."""
        return 0.0

    def _index(self, log: Log, visible: int) -> tuple[Any, set[str]]:
        key = log.log_id, visible
        if key not in self._indexes:
            import bm25s

            corpus = [words(text) for text in log.texts[:visible]]
            vocabulary = {word for text in corpus for word in text}
            index = bm25s.BM25()
            if vocabulary:
                index.index(corpus, show_progress=False)
            self._indexes[key] = index, vocabulary
            if len(self._indexes) > _INDEXES_KEPT:
                self._indexes.popitem(last=False)
        self._indexes.move_to_end(key)
        entry: tuple[Any, set[str]] = self._indexes[key]
        return entry


def words(text: str) -> list[str]:
    """The words that BM25 sees.

    >>> words("At 18:33, Ada picked up parcel RHT-4767.")
    ['at', '18:33', 'ada', 'picked', 'up', 'parcel', 'rht-4767']
    """
    return _WORD.findall(text.lower())
