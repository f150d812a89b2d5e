"""Merges several rankings into one, by reciprocal rank fusion.

>>> fuse([[3, 1, 2], [1, 3, 5]], 2)
[1, 3]

Cormack, Clarke and Büttcher (2009), "Reciprocal rank fusion outperforms Condorcet and individual
rank learning methods".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hei_nw_tasks.retrieval.protocols import Log, Retriever

_CONSTANT = 60
# Least number of events that each ranking contributes.
DEPTH = 100


class HybridRetriever:
    """Ranks events by the sum of 1 / (60 + rank) over several retrievers.

    Args:
        retrievers: Their rankings are merged.
    """

    def __init__(self, retrievers: Sequence[Retriever]) -> None:
        self._retrievers = retrievers

    def search(self, query: str, log: Log, k: int) -> list[int]:
        """Positions of the best k events."""
        depth = max(DEPTH, k)
        return fuse([each.search(query, log, depth) for each in self._retrievers], k)

    def query_flops(self, query: str) -> float | None:
        """FLOPs of all retrievers to embed a query; None if one does not know."""
        flops = [each.query_flops(query) for each in self._retrievers]
        known = [value for value in flops if value is not None]
        return sum(known) if len(known) == len(flops) else None


def fuse(rankings: Sequence[Sequence[int]], k: int) -> list[int]:
    """The best k of several rankings; ties by position."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, position in enumerate(ranking, 1):
            scores[position] = scores.get(position, 0.0) + 1 / (_CONSTANT + rank)
    return sorted(scores, key=lambda position: (-scores[position], position))[:k]
