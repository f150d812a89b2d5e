"""How good a ranking of events is, given those that entail the answer.

    >>> ranking_metrics(["e7", "e2", "e9"], {"e2"})["recall_any@5"]
    1.0

Rankings are cut at ten; deeper ones change nothing.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

CUTS = (1, 5, 10)


def recall_any(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1.0 if any relevant event is among the first k, else 0.0 (also called success@k)."""
    _refuse_none(relevant)
    return float(not set(ranked[:k]).isdisjoint(relevant))


def recall_all(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1.0 if all relevant events are among the first k, else 0.0."""
    _refuse_none(relevant)
    return float(set(relevant) <= set(ranked[:k]))


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1 / rank of the first relevant event of the first k; 0.0 if there is none."""
    _refuse_none(relevant)
    return next((1 / rank for rank, one in enumerate(ranked[:k], 1) if one in relevant), 0.0)


def ndcg(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Normalised discounted cumulative gain over the first k, with gains of 0 and 1.

    Järvelin and Kekäläinen (2002), "Cumulated gain-based evaluation of IR techniques".
    """
    _refuse_none(relevant)
    gain = sum(1 / math.log2(rank + 1) for rank, one in enumerate(ranked[:k], 1) if one in relevant)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(relevant), k) + 1))
    return gain / ideal


def ranking_metrics(ranked: Sequence[str], relevant: Collection[str]) -> dict[str, float]:
    """All of them, at the cuts that are reported.

    Args:
        ranked: Ids of events, best first, at least ten if there are as many.
        relevant: Ids of the events that entail the answer.

    Raises:
        ValueError: No event is relevant, so that nothing can be recalled.
    """
    return {
        **{f"recall_any@{k}": recall_any(ranked, relevant, k) for k in CUTS},
        **{f"recall_all@{k}": recall_all(ranked, relevant, k) for k in CUTS},
        "mrr@10": reciprocal_rank(ranked, relevant, 10),
        "ndcg@10": ndcg(ranked, relevant, 10),
    }


def _refuse_none(relevant: Collection[str]) -> None:
    if not relevant:
        raise ValueError("no event is relevant: nothing can be recalled")
