"""The registry of retrieval measures: how well a ranking finds the events that entail the answer.

>>> RANKING["recall_any@5"].of(["e7", "e2", "e9"], {"e2"})
1.0

A new measure is an entry here; lm_eval's table, the report and its exports follow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

# Recall is reported at these cuts. Rankings are recorded down to the last one.
CUTS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class RankingMeasure:
    """A score of one ranking, in [0, 1]; more is better.

    Attributes:
        name: Key in lm_eval's table, in samples and in reports.
        label: What reports call it.
        of: Scores ids of events, best first, by the ids of the relevant ones. It raises ValueError
            if no event is relevant.
    """

    name: str
    label: str
    of: Callable[[Sequence[str], Collection[str]], float]


def recall_any(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1.0 if any relevant event is among the first k, else 0.0 (also called success@k).

    Raises:
        ValueError: No event is relevant.
    """
    _require_any(relevant)
    return float(not set(ranked[:k]).isdisjoint(relevant))


def recall_all(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1.0 if all relevant events are among the first k, else 0.0.

    Raises:
        ValueError: No event is relevant.
    """
    _require_any(relevant)
    return float(set(relevant) <= set(ranked[:k]))


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1 / rank of the first relevant event among the first k; 0.0 if there is none.

    Raises:
        ValueError: No event is relevant.
    """
    _require_any(relevant)
    return next((1 / rank for rank, event in enumerate(ranked[:k], 1) if event in relevant), 0.0)


def ndcg(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Normalised discounted cumulative gain over the first k, with gains of 0 and 1.

    Järvelin and Kekäläinen (2002), "Cumulated gain-based evaluation of IR techniques".

    Raises:
        ValueError: No event is relevant.
    """
    _require_any(relevant)
    found = (rank for rank, event in enumerate(ranked[:k], 1) if event in relevant)
    ideal = range(1, min(len(relevant), k) + 1)
    return sum(map(_discount, found)) / sum(map(_discount, ideal))


def _at(k: int, name: str, label: str, of: Callable[..., float]) -> RankingMeasure:
    return RankingMeasure(f"{name}@{k}", f"{label}@{k}", partial(of, k=k))


RANKING: dict[str, RankingMeasure] = {
    measure.name: measure
    for measure in (
        *(_at(k, "recall_any", "recall (any)", recall_any) for k in CUTS),
        *(_at(k, "recall_all", "recall (all)", recall_all) for k in CUTS),
        _at(10, "mrr", "MRR", reciprocal_rank),
        _at(10, "ndcg", "nDCG", ndcg),
    )
}


def ranking_metrics(ranked: Sequence[str], relevant: Collection[str]) -> dict[str, float]:
    """All measures of one ranking.

    Args:
        ranked: Ids of events, best first, at least ten if there are as many.
        relevant: Ids of the events that entail the answer.

    Raises:
        ValueError: No event is relevant, so that nothing can be recalled.
    """
    return {name: measure.of(ranked, relevant) for name, measure in RANKING.items()}


def _discount(rank: int) -> float:
    return 1 / math.log2(rank + 1)


def _require_any(relevant: Collection[str]) -> None:
    if not relevant:
        raise ValueError("no event is relevant: nothing can be recalled")
