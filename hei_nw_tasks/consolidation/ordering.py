"""Which rows are replayed, and in which order: by priority, or shuffled as a control.

Both draw from the same rows. Prioritised replay chooses an event again and again, the one with the
greatest

    priority · (1 - 0.9 · likeness to what was just replayed) / (1 + times it was replayed)

where priority = score + recency, each between 0 and 1. Without scores of a write gate, the score is
how rare the words of the event are among those that are stored (mean inverse document frequency):
small talk says what much else says. Recency halves with each third of the stored time. Likeness is
the share of words in common, and counts less the longer ago the other event was replayed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from hei_nw_tasks.consolidation.rows import Row, rows_of
from hei_nw_tasks.retrieval.bm25 import words

ORDERS = ("prioritised", "shuffled")
# What is left of the likeness to an event with each replay after it.
_FADING = 0.7


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as a memory has it.

    Attributes:
        id: Of the event.
        text: What happened.
        at: When.
        score: Of the write gate; None without one.
    """

    id: str
    text: str
    at: datetime
    score: float | None = None


def replayed(stored: Sequence[Stored], order: str, rng: Random) -> Iterator[Row]:
    """Rows without end.

    Args:
        stored: At least one.
        order: Of `ORDERS`.
        rng: Makes the rows, and shuffles them.
    """
    rows = {item.id: rows_of(item.id, item.text, rng) for item in stored}
    return _shuffled(rows, rng) if order == "shuffled" else _prioritised(stored, rows, rng)


def _shuffled(rows: Mapping[str, Sequence[Row]], rng: Random) -> Iterator[Row]:
    every = [row for own in rows.values() for row in own]
    while True:
        rng.shuffle(every)
        yield from every


def _prioritised(
    stored: Sequence[Stored], rows: Mapping[str, list[Row]], rng: Random
) -> Iterator[Row]:
    import numpy as np

    said = [frozenset(words(item.text)) for item in stored]
    priority, times = np.array(_priorities(stored)), np.zeros(len(stored), int)
    likeness = np.zeros(len(stored))
    while True:
        chosen = int(np.argmax(priority * (1 - 0.9 * likeness) / (1 + times)))
        own = rows[stored[chosen].id]
        if times[chosen] % len(own) == 0:
            rng.shuffle(own)
        yield own[times[chosen] % len(own)]
        times[chosen] += 1
        now = np.array([_likeness(said[chosen], other) for other in said])
        likeness = np.maximum(_FADING * likeness, now)


def _priorities(stored: Sequence[Stored]) -> list[float]:
    """Score and recency of each event."""
    if all(item.score is not None for item in stored):
        scores = [float(item.score or 0.0) for item in stored]
    else:
        holders = Counter(word for item in stored for word in set(words(item.text)))
        scores = [
            sum(math.log(len(stored) / holders[word]) for word in set(words(item.text)))
            / max(1, len(set(words(item.text))))
            for item in stored
        ]
    low, high = min(scores), max(scores)
    last, first = max(item.at for item in stored), min(item.at for item in stored)
    third = (last - first) / 3
    return [
        ((score - low) / (high - low) if high > low else 1.0)
        + (0.5 ** ((last - item.at) / third) if third else 1.0)
        for item, score in zip(stored, scores, strict=True)
    ]


def _likeness(first: frozenset[str], second: frozenset[str]) -> float:
    """Share of words that two texts have in common (Jaccard)."""
    return len(first & second) / max(1, len(first | second))
