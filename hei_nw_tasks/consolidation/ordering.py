"""Which rows are replayed, and in which order: by priority, or shuffled as a control.

A fact that is trained on once is not learnt. So a cycle takes on a few events and replays each of
them many times; a part of its rows is about what earlier cycles took on, which is lost otherwise.
By priority, these are the events with the greatest

    priority = score + recency, each between 0 and 1

and the next one to be replayed is always that with the greatest

    priority · (1 - 0.9 · likeness to what was just replayed) / (1 + times it was replayed)

Without scores of a write gate, the score is how rare the words of the event are among those that
are stored (mean inverse document frequency): small talk says what much else says. Recency halves
with each third of the stored time. Likeness is the share of words in common, and counts less the
longer ago the other event was replayed. Shuffled, events and their order are drawn at random.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from hei_nw_tasks.consolidation.rows import Row, rows_of
from hei_nw_tasks.retrieval.bm25 import words

ORDERS = ("prioritised", "shuffled")
# What is left of the likeness to an event with each replay after it.
_FADING = 0.7
# Share of a cycle's rows that are about what earlier ones took on.
_REHEARSED = 1 / 3


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


def replayed(
    stored: Sequence[Stored],
    order: str,
    rng: Random,
    most: int | None = None,
    known: Collection[str] = (),
) -> Iterator[Row]:
    """Rows without end.

    Args:
        stored: At least one.
        order: Of `ORDERS`.
        rng: Makes the rows, and draws what is random.
        most: Events that can be replayed often enough; None for all.
        known: Ids of the events that earlier cycles took on.
    """
    priority = dict(zip((item.id for item in stored), _priorities(stored), strict=True))
    by_priority = sorted(stored, key=lambda item: -priority[item.id])
    ranked = rng.sample(stored, len(stored)) if order == "shuffled" else by_priority

    def rows(chosen: Sequence[Stored]) -> Iterator[Row]:
        if order == "shuffled":
            return _shuffled(chosen, rng)
        return _prioritised(chosen, [priority[item.id] for item in chosen], rng)

    old = [item for item in ranked if item.id in known]
    new = [item for item in ranked if item.id not in known]
    if most is not None:
        new = new[: max(1, round(most * (1 - _REHEARSED)) if old else most)]
    if not old or not new:
        yield from rows(old or new)
    again, first = rows(old), rows(new)
    while True:
        yield next(again if rng.random() < _REHEARSED else first)


def _shuffled(stored: Sequence[Stored], rng: Random) -> Iterator[Row]:
    while True:
        every = [row for item in stored for row in rows_of(item.id, item.text, rng)]
        rng.shuffle(every)
        yield from every


def _prioritised(
    stored: Sequence[Stored], priorities: Sequence[float], rng: Random
) -> Iterator[Row]:
    import numpy as np

    said = [frozenset(words(item.text)) for item in stored]
    priority, times = np.array(priorities), np.zeros(len(stored), int)
    left: list[list[Row]] = [[] for _ in stored]
    likeness = np.zeros(len(stored))
    while True:
        chosen = int(np.argmax(priority * (1 - 0.9 * likeness) / (1 + times)))
        if not left[chosen]:
            left[chosen] = rows_of(stored[chosen].id, stored[chosen].text, rng)
            rng.shuffle(left[chosen])
        yield left[chosen].pop()
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
