"""BM25 (Robertson et al. 1994) in Lucene's variant, by bm25s: words alone, no model, no download.

>>> from hei_nw_tasks.retrieval.protocols import Log
>>> log = Log("0f24", ("On Monday it rained.", "On Tuesday Ada lost a key."))
>>> BM25Retriever().search("Who lost a key?", log, k=1)
[1]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hei_nw_tasks.retrieval.indexes import Indexes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hei_nw_tasks.retrieval.protocols import Log

K1, B = 1.5, 0.75
# Numbers, times and codes stay whole: 5433, 18:33, rht-4767.
_WORD = re.compile(r"\w+(?:[-:./']\w+)*")


class BM25Retriever:
    """Ranks events by BM25 (k1 = 1.5, b = 0.75) over lower-cased words."""

    def __init__(self) -> None:
        self._indexes = Indexes(_WordIndex)

    def search(self, query: str, log: Log, k: int) -> list[int]:
        """Positions of the best k events, ties by position."""
        return best(self._indexes.of(log).scores(words(query)), k)

    def query_flops(self, query: str) -> float | None:
        """Nothing is embedded."""
        return 0.0


class _WordIndex:
    """The words of a log; a longer log needs another one, as each event changes all weights."""

    def __init__(self) -> None:
        self._events, self._known = 0, set[str]()
        self._index: Any = None

    def grow(self, texts: Sequence[str]) -> None:
        if len(texts) == self._events:
            return
        import bm25s

        found = [words(text) for text in texts]
        self._events, self._known = len(texts), {word for event in found for word in event}
        self._index = None
        if self._known:  # bm25s cannot index nothing
            self._index = bm25s.BM25(k1=K1, b=B, method="lucene")
            self._index.index(found, show_progress=False)

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """BM25 of each event; a word counts as often as the query repeats it."""
        import numpy as np

        known = [word for word in query if word in self._known]
        if not known:
            return np.zeros(self._events, dtype=np.float32)
        scores: NDArray[np.float32] = self._index.get_scores(known)
        return scores


def best(scores: NDArray[np.float32], k: int) -> list[int]:
    """Positions of the k highest scores, highest first; ties by position.

    >>> import numpy as np
    >>> best(np.array([0.5, 2.0, 0.5, 1.0], dtype=np.float32), 3)
    [1, 3, 0]
    """
    import numpy as np

    places = np.arange(len(scores))
    if 0 < k < len(scores):
        least = np.partition(scores, -k)[-k]
        above = np.flatnonzero(scores > least)
        places = np.concatenate([above, np.flatnonzero(scores == least)[: k - len(above)]])
    order = np.argsort(-scores[places], kind="stable")[:k]
    found: list[int] = places[order].tolist()
    return found


def words(text: str) -> list[str]:
    """The words of a text, as BM25 counts them.

    >>> words("At 18:33, Ada picked up parcel RHT-4767.")
    ['at', '18:33', 'ada', 'picked', 'up', 'parcel', 'rht-4767']
    """
    return _WORD.findall(text.lower())
