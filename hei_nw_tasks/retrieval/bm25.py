"""BM25 (Robertson et al. 1994) in Lucene's variant: words alone, no model and no download.

>>> from hei_nw_tasks.retrieval.protocols import Log
>>> log = Log("0f24", ("On Monday it rained.", "On Tuesday Ada lost a key."))
>>> BM25Retriever().search("Who lost a key?", log, visible=2, k=1)
[1]

The index of a library weighs words by all that it holds, so that each part of a log that a question
may see would need an index of its own. This one weighs them by what the question may see.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hei_nw_tasks.retrieval.indexes import Indexes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hei_nw_tasks.retrieval.protocols import Log

K1, B = 1.5, 0.75
# Numbers, times and codes stay whole: 5433, 18:33, rht-4767.
_WORD = re.compile(r"\w+(?:[-:./']\w+)*")


class BM25Retriever:
    """Ranks events by BM25 (k1 = 1.5, b = 0.75) over lower-cased words.

    How rare a word is counts among the visible events alone: the whole log would let the future in.
    """

    def __init__(self) -> None:
        self._indexes = Indexes(lambda log: Postings(log.texts))

    def search(self, query: str, log: Log, visible: int, k: int) -> list[int]:
        """Positions of the best k visible events, ties by position."""
        return best(self._indexes.of(log).scores(words(query), visible), k)

    def query_flops(self, query: str) -> float | None:
        """Nothing is embedded."""
        return 0.0


class Postings:
    """For each word of a log, the events that hold it and how often.

    The events of a word are in the order of the log, so the visible ones come first. What depends
    on their number, such as rarity and average length, is computed for each query.

    Args:
        texts: Texts of the events.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        import numpy as np

        found = [words(text) for text in texts]
        self._numbers: dict[str, int] = {}
        number = self._numbers.setdefault
        numbers = [number(word, len(self._numbers)) for event in found for word in event]
        self._lengths = np.array([len(event) for event in found], dtype=np.int64)
        self._totals = np.cumsum(self._lengths)
        places = np.repeat(np.arange(len(found)), self._lengths)
        # Sorted by word, then by place.
        pairs, self._counts = np.unique(
            np.array(numbers, dtype=np.int64) * len(found) + places, return_counts=True
        )
        of_word, self._places = np.divmod(pairs, max(1, len(found)))
        self._starts = np.searchsorted(of_word, np.arange(len(self._numbers) + 1))

    def scores(self, query: Sequence[str], visible: int) -> NDArray[np.float32]:
        """BM25 of the first `visible` events; a word counts as often as the query repeats it."""
        import numpy as np

        visible = min(visible, len(self._lengths))
        scores = np.zeros(visible, dtype=np.float32)
        if not visible:
            return scores
        lengths, average = self._lengths[:visible], self._totals[visible - 1] / visible
        for word in query:
            number = self._numbers.get(word)
            if number is None:
                continue
            start, end = self._starts[number : number + 2]
            places = self._places[start:end]
            events = int(np.searchsorted(places, visible))
            if not events:
                continue
            places, counts = places[:events], self._counts[start : start + events]
            norms = K1 * ((1 - B) + B * lengths[places] / average)
            rarity = np.float32(math.log(1 + (visible - events + 0.5) / (events + 0.5)))
            scores[places] += (rarity * (counts / (norms + counts))).astype(np.float32)
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
