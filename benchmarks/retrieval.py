"""Time to index a log and to search it, by number of events; and what an index a question costs.

    python -m benchmarks.retrieval --events 1000,10000,100000

The log is one of scenario D, whose events are near-collisions, and the queries are its questions.
All of it is visible to them, the most that there is to search; the best ten are asked for.

- BM25 is ours against bm25s, whose index is of one part of a log. "Index a question" builds a new
  one of ours for each query, which is what a retriever does that does not know the log again.
- Dense retrieval starts from vectors: what an encoder takes is the encoder's. They are sums of
  random vectors of an event's words (384 numbers, as of e5-small-v2), or those of `--embedder`.
  HNSW (32 links, 80 candidates when built, 64 when searched) is what the suite does not use: it
  forgets some of the nearest, and cannot be cut to the visible events.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Callable, Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring import (
    Cell,
    Spread,
    Tables,
    goal,
    parser,
    ratio,
    run,
    sizes,
    time_alternating,
)
from generators.datasets.source import config_from
from generators.scenarios import scenario
from hei_nw_tasks.retrieval.bm25 import BM25Retriever, words
from hei_nw_tasks.retrieval.dense import VectorIndex
from hei_nw_tasks.retrieval.protocols import Log

Vectors = NDArray[np.float32]
K, DIMENSIONS = 10, 384
# The size that the goals are for.
LARGE = 100_000


def log_and_queries(events: int) -> tuple[Log, list[str]]:
    """Make a log of `events` events, and the questions about it."""
    settings = {"n": 1, "store_sizes": [events], "collision_groups": [1, 4, 16, 64]}
    world = scenario("D").world(config_from("D", settings), 0)
    log = Log(world.world_id, tuple(event.text for event in world.events))
    return log, [question.query for question in world.questions]


def vectors_of(texts: Sequence[str]) -> Vectors:
    """Embed texts as the normalised sums of random vectors of their words."""
    known: dict[str, Vectors] = {}
    rows = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        found = words(text)
        for word in found:
            if word not in known:
                seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
                known[word] = np.random.default_rng(seed).standard_normal(DIMENSIONS, np.float32)
        row[:] = np.sum([known[word] for word in found], axis=0)
    made: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return made


def latency(search: Callable[[int], object], queries: int) -> tuple[float, float]:
    """Time each query's search twice; return the median and 95th percentile, in ms."""
    taken = np.empty(2 * queries)
    for number in range(2 * queries):
        begun = time.perf_counter()
        search(number % queries)
        taken[number] = 1e3 * (time.perf_counter() - begun)
    p50, p95 = np.percentile(taken, [50, 95])
    return float(p50), float(p95)


def times_as_long(rebuilt: Callable[[], object], kept: Callable[[], object], rounds: int) -> Spread:
    """Compare a search that builds its index with one that reuses it."""

    def hundred() -> None:
        for _ in range(100):
            kept()

    seconds = time_alternating({"rebuilt": rebuilt, "kept": hundred}, rounds)
    return ratio(seconds["rebuilt"], [taken / 100 for taken in seconds["kept"]])


def bm25(log: Log, queries: list[str], rounds: int) -> dict[str, Cell]:
    """Measure one row for BM25."""
    events, kept = len(log.texts), BM25Retriever()

    def anew() -> None:
        BM25Retriever().search(queries[0], log, K)

    built = time_alternating({"anew": anew}, rounds)
    p50, p95 = latency(lambda number: kept.search(queries[number], log, K), len(queries))
    rebuilt = times_as_long(anew, lambda: kept.search(queries[0], log, K), rounds)
    build = float(np.median(built["anew"]))
    large = events >= LARGE
    return {
        "events": events,
        "index (s)": build,
        "query p50 (ms)": p50,
        "p95 (ms)": p95,
        "index a question ÷ index kept": rebuilt,
        "goal: index (s)": goal(build, at_most=10) if large else None,
        "goal: p95 (ms)": goal(p95, at_most=20) if large else None,
    }


def dense(passages: Vectors, queries: Vectors, rounds: int) -> dict[str, Cell]:
    """Measure one row for dense retrieval."""
    events = len(passages)
    approximate = faiss.IndexHNSWFlat(passages.shape[1], 32, faiss.METRIC_INNER_PRODUCT)
    approximate.hnsw.efConstruction, approximate.hnsw.efSearch = 80, 64
    (graph_build,) = time_alternating({"graph": lambda: approximate.add(passages)}, 1)["graph"]

    def indexed() -> VectorIndex:
        made = VectorIndex(lambda texts: passages)
        made.grow([""] * events)
        return made

    kept = indexed()
    rebuilt = times_as_long(
        lambda: indexed().search(queries[0], K), lambda: kept.search(queries[0], K), rounds
    )
    p50, p95 = latency(lambda number: kept.search(queries[number], K), len(queries))
    graph_p50, graph_p95 = latency(
        lambda number: approximate.search(queries[number : number + 1], K), len(queries)
    )
    _, found = approximate.search(queries, K)
    shared = [
        len({*kept.search(query, K)} & {*row.tolist()}) / min(K, events)
        for query, row in zip(queries, found, strict=True)
    ]
    return {
        "events": events,
        "flat p50 (ms)": p50,
        "p95 (ms)": p95,
        "index a question ÷ index kept": rebuilt,
        "HNSW index (s)": graph_build,
        "HNSW p50 (ms)": graph_p50,
        "HNSW p95 (ms)": graph_p95,
        f"HNSW recall@{K}": float(np.mean(shared)),
        "goal: p95 (ms)": goal(p95, at_most=20) if events >= LARGE else None,
    }


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill both tables."""
    for events in options.events:
        log, queries = log_and_queries(events)
        tables.add("BM25", bm25(log, queries, options.rounds))
    for events in options.events:
        log, queries = log_and_queries(events)
        if options.embedder:
            from hei_nw_tasks.retrieval.embedding import HFEmbedder

            made = HFEmbedder(options.embedder)
            both = made.embed_passages(log.texts), made.embed_queries(queries)
        else:
            both = vectors_of(log.texts), vectors_of(queries)
        tables.add("Dense", dense(*both, options.rounds))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; return its exit code."""
    made = parser(__doc__)
    made.add_argument("--events", type=sizes, default=[1_000, 10_000, LARGE])
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--embedder", help="folder or id of an encoder (default: random vectors)")
    options = made.parse_args(argv)
    if options.quick:
        options.events, options.rounds = [100], 1
    return run(measure, options)


if __name__ == "__main__":
    sys.exit(main())
