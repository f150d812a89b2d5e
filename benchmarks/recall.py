"""How well the retrievers of the `rag` arm find the evidence, against chance.

    python benchmarks/retrieval.py --scenarios A,D --embedder PATH

prints a table over all questions with evidence. The random floor is what drawing five of the
visible events gives on average, computed from the numbers of events.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from statistics import fmean
from typing import Any

from generators.dataset import build
from generators.source import config_from
from hei_nw_tasks.retrieval.protocols import Log
from hei_nw_tasks.retrieval.ranking import ranking_metrics
from hei_nw_tasks.retrieval.registry import make_retriever

SHOWN = ("recall_any@1", "recall_any@5", "recall_all@5", "mrr@10")


def questions(letter: str, n: int) -> Iterator[tuple[Any, Log, tuple[str, ...]]]:
    """Questions with evidence, each with its log and the ids of its events."""
    for world in build(letter, config_from(letter, {"n": n})).worlds:
        log = Log(world.world_id, tuple(event.text for event in world.events))
        ids = tuple(event.event_id for event in world.events)
        for question in world.questions:
            if question.evidence:
                yield question, log, ids


def chance(visible: int, relevant: int, k: int = 5) -> float:
    """Probability that k events drawn from the visible ones hold a relevant one."""
    k = min(k, visible)
    return 1 - math.comb(visible - relevant, k) / math.comb(visible, k)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Recall of the retrievers.")
    parser.add_argument("--scenarios", default="A,D", type=lambda text: text.split(","))
    parser.add_argument("--retrievers", default="bm25,dense,hybrid", type=lambda t: t.split(","))
    parser.add_argument("--n", type=int, default=625)
    parser.add_argument("--embedder", help="of dense and hybrid; default: e5-small-v2 of the Hub")
    options = parser.parse_args()
    print(f"| scenario | retriever | questions | {' | '.join(SHOWN)} |")
    print(f"|---|---|---:|{'---:|' * len(SHOWN)}")
    for letter in options.scenarios:
        asked = list(questions(letter, options.n))
        floor = fmean(chance(q.store_size, len(q.evidence)) for q, _, _ in asked)
        print(f"| {letter} | random | {len(asked)} | – | {floor:.3f} | – | – |")
        for name in options.retrievers:
            retriever = make_retriever(name, embedder=options.embedder)
            scores = []
            for question, log, ids in asked:
                ranked = retriever.search(question.query, log, question.store_size, 10)
                scores.append(ranking_metrics([ids[i] for i in ranked], question.evidence))
            means = " | ".join(f"{fmean(score[key] for score in scores):.3f}" for key in SHOWN)
            print(f"| {letter} | {name} | {len(asked)} | {means} |")


if __name__ == "__main__":
    main()
