"""Which episodes of a scope can be seen at a moment, and how well their words match a query.

BM25 is that of `hei_nw_tasks.retrieval.bm25` number by number. Its words come from the file's
full-text index, so that only the words of a query are read, and nothing is built to open a store.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hei_nw_tasks.retrieval.bm25 import K1, B, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hei_nw_tasks.memory.episodic.storing import EpisodeFile


class WordRanking:
    """What is read of a scope to rank its episodes by their words; it follows the file.

    Args:
        file: Of the scope.
    """

    def __init__(self, file: EpisodeFile) -> None:
        import numpy as np

        self._file = file
        self._state: tuple[int, int] | None = None
        self._columns = np.empty((0, 5), dtype=np.int64)
        self._with_word: dict[str, tuple[NDArray[np.int64], NDArray[np.float32]]] = {}

    def follow(self) -> None:
        """Read what has changed since the last time."""
        import numpy as np

        state = self._file.state
        if state != self._state:
            self._columns, self._state = self._columns[:0], state
            self._with_word.clear()
        last = int(self._columns[-1, 0]) if len(self._columns) else 0
        new = self._file.columns(last)
        if len(new):
            self._columns = np.concatenate([self._columns, new])
            self._with_word.clear()

    def visible(self, at: int, oldest: int | None) -> NDArray[np.bool_]:
        """Which episodes can be seen at a moment.

        Args:
            at: The moment, in microseconds.
            oldest: Those from before cannot be seen any more unless they are pinned; None for no
                such limit.
        """
        _, told, until, pinned, _ = self._columns.T
        seen: NDArray[np.bool_] = (told <= at) & (at < until)
        return seen if oldest is None else seen & ((told >= oldest) | (pinned > 0))

    @property
    def seqs(self) -> NDArray[np.int64]:
        """Of each episode, ascending."""
        return self._columns[:, 0]

    def bm25(self, query: str, visible: NDArray[np.bool_]) -> NDArray[np.float32]:
        """BM25 of each episode over those that are visible; 0 for the others."""
        import numpy as np

        scores, lengths = np.zeros(len(visible), np.float32), self._columns[:, 4]
        count = int(visible.sum())
        mean = lengths[visible].mean() if count else 0.0
        for word in words(query):
            places, times = self._places(word)
            seen = visible[places]
            places, times = places[seen], times[seen]
            if len(places):
                idf = np.float32(math.log(1 + (count - len(places) + 0.5) / (len(places) + 0.5)))
                # Rounded where bm25s rounds: equal scores stay equal, and unequal ones in order.
                saturated = times / (K1 * ((1 - B) + B * lengths[places] / mean) + times)
                scores[places] += (np.float64(idf) * saturated).astype(np.float32)
        return scores

    def _places(self, word: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Positions of the episodes that have a word, and how many times."""
        import numpy as np

        if word not in self._with_word:
            seqs, places = self._columns[:, 0], np.empty(0, np.int64)
            times = np.empty(0, np.float32)
            for number, found in enumerate(self._file.with_word(word), 1):
                if number == 1:
                    places, times = np.searchsorted(seqs, found), np.ones(len(found), np.float32)
                else:
                    times[np.searchsorted(seqs[places], found)] = number
            self._with_word[word] = places, times
        return self._with_word[word]
