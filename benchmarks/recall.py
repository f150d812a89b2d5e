"""How well the retrievers of the `rag` arm find the evidence, against chance.

    python -m benchmarks.recall --scenarios A,C,D --embedder PATH

prints a table over all questions with evidence, those that share words with it and those that do
not (column `cue_overlap`) apart. The random floor is the expectation for five events drawn from the
visible ones.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from benchmarks.measuring import Cell, Tables, parser, run
from generators.datasets.source import config_from
from generators.datasets.tables import build
from generators.world.overlap import OVERLAPS
from hei_nw_tasks.retrieval.protocols import Log
from hei_nw_tasks.retrieval.ranking import ranking_metrics
from hei_nw_tasks.retrieval.registry import make_retriever

SHOWN = ("recall_any@1", "recall_any@5", "recall_all@5", "mrr@10")


def questions(letter: str, n: int) -> Iterator[tuple[Any, Log, tuple[str, ...]]]:
    """Yield questions with evidence, each with what it may see, and the ids of these events."""
    for world in build(letter, config_from(letter, {"n": n})).worlds:
        for question in world.questions:
            if question.evidence:
                events = world.store(question.store_size)
                name = f"{world.world_id}:{question.store_size}"
                log = Log(name, tuple(event.text for event in events))
                yield question, log, tuple(event.event_id for event in events)


def chance(visible: int, relevant: int, k: int = 5) -> float:
    """Return the probability that k events drawn at random include a relevant one.

    >>> chance(visible=10, relevant=1, k=5)
    0.5
    """
    k = min(k, visible)
    return 1 - math.comb(visible - relevant, k) / math.comb(visible, k)


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill the table."""

    def add(retriever: str, found: Sequence[tuple[Any, Mapping[str, float]]]) -> None:
        for overlap in OVERLAPS:
            scores = [score for question, score in found if question.cue_overlap == overlap]
            if scores:
                row: dict[str, Cell] = {"scenario": letter, "cue_overlap": overlap}
                row |= {"retriever": retriever, "questions": len(scores)}
                known = [key for key in SHOWN if key in scores[0]]
                means = {key: fmean(score[key] for score in scores) for key in known}
                tables.add("Recall", row | {key: means.get(key) for key in SHOWN})

    for letter in options.scenarios:
        asked = list(questions(letter, options.n))
        floor = [(q, {"recall_any@5": chance(q.store_size, len(q.evidence))}) for q, _, _ in asked]
        add("random", floor)
        for name in options.retrievers:
            retriever = make_retriever(name, embedder=options.embedder)
            found = []
            for question, log, ids in asked:
                ranked = retriever.search(question.query, log, 10)
                scores = ranking_metrics([ids[i] for i in ranked], question.evidence)
                found.append((question, scores))
            add(name, found)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the check; return its exit code."""
    made = parser(__doc__)
    made.add_argument("--scenarios", default="A,C,D", type=lambda text: text.split(","))
    made.add_argument("--retrievers", default="bm25,dense,hybrid", type=lambda t: t.split(","))
    made.add_argument("--n", type=int, default=625)
    made.add_argument("--embedder", help="of dense and hybrid; default: e5-small-v2 of the Hub")
    options = made.parse_args(argv)
    if options.quick:
        options.n, options.retrievers = 10, ["bm25"]
    return run(measure, options)


if __name__ == "__main__":
    sys.exit(main())
