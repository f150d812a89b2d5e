"""Rankings: the events of a log decide, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG
from numpy.typing import NDArray

from generators.errors import ConfigError
from hei_nw_tasks.retrieval.bm25 import BM25Retriever, words
from hei_nw_tasks.retrieval.dense import DenseRetriever, VectorIndex
from hei_nw_tasks.retrieval.hybrid import HybridRetriever, fuse
from hei_nw_tasks.retrieval.protocols import Log
from hei_nw_tasks.retrieval.ranking import RANKING, ranking_metrics
from hei_nw_tasks.retrieval.registry import make_retriever


class WordEmbedder:
    """A vector with one direction for each of some words; counts what it is asked."""

    name = "words"

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded += texts
        vectors = np.full((len(texts), 64), 1e-3, dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in words(text):
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % 64] += 1
        normed: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normed.astype(np.float32)

    def query_flops(self, text: str) -> float | None:
        return 2.0 * len(text)


def retrievers() -> dict[str, Any]:
    dense = DenseRetriever(WordEmbedder())
    return {"bm25": BM25Retriever(), "dense": dense, "hybrid": HybridRetriever([dense])}


texts = st.lists(
    st.lists(
        st.sampled_from(["ada", "boat", "key", "lost", "mill", "5433", "18:33", "rht-47"]),
        max_size=5,
    ).map(" ".join),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("name", ["bm25", "dense", "hybrid"])
@settings(max_examples=40)
@given(texts, st.data())
def test_a_log_that_grows_is_ranked_as_if_it_were_new(name: str, log: list[str], data: Any):
    retriever, k = retrievers()[name], data.draw(st.integers(1, 15))
    query = data.draw(st.sampled_from(["ada lost key", "5433", "nothing known", ""]))
    # Grown, asked twice at one size, and begun again with fewer events.
    for events in [*sorted(data.draw(st.lists(st.integers(0, len(log)), max_size=4))), 1]:
        found = retriever.search(query, Log("log", tuple(log[:events])), k)
        assert found == retrievers()[name].search(query, Log("other", tuple(log[:events])), k)
        assert len(found) == len(set(found)) == min(k, events)
        assert all(0 <= place < events for place in found)


@pytest.mark.parametrize("name", ["bm25", "dense", "hybrid"])
def test_the_event_with_the_words_of_the_question_comes_first(name: str):
    log = Log("log", ("It rained.", "Ada lost a key.", "The boat left at 18:33.", "It rained."))
    assert retrievers()[name].search("Who lost a key?", log, 2)[0] == 1
    assert retrievers()[name].search("What left at 18:33?", log, 2)[0] == 2


def test_each_event_of_a_log_is_embedded_once():
    embedder, texts = WordEmbedder(), ("one", "two", "three")
    dense = DenseRetriever(embedder)
    for events in (1, 2, 3, 3):
        dense.search("two", Log("log", texts[:events]), 2)
    assert sorted(embedder.embedded) == sorted([*texts, *["two"] * 4])


small_vectors = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=60)


@given(small_vectors, st.integers(1, 20))
def test_events_that_are_equally_near_stay_in_order(vectors: list[tuple[int, int]], k: int):
    rows, query = np.array(vectors, dtype=np.float32), np.array([1, 2], dtype=np.float32)
    index = VectorIndex(lambda texts: rows[[int(text) for text in texts]])
    index.grow([str(number) for number in range(len(rows))])
    assert index.search(query, k) == np.argsort(-(rows @ query), kind="stable")[:k].tolist()


rankings = st.lists(st.permutations(range(8)).map(lambda order: order[:5]), max_size=4)


@given(rankings, st.integers(1, 9))
def test_fusion_adds_the_reciprocals_of_sixty_and_the_rank(given_rankings: list[list[int]], k: int):
    scores = {
        position: sum(
            Fraction(1, 60 + rank)
            for ranking in given_rankings
            for rank, found in enumerate(ranking, 1)
            if found == position
        )
        for position in sorted({position for ranking in given_rankings for position in ranking})
    }
    # Ties by position, unless the last digit of a float decides.
    fused = fuse(given_rankings, k)
    assert len(fused) == min(k, len(scores))
    assert [float(scores[i]) for i in fused] == pytest.approx(
        sorted(map(float, scores.values()), reverse=True)[:k], abs=1e-12
    )


@pytest.mark.parametrize(("rank", "first"), [(61, 9), (62, 0)])
def test_the_sixty_decides_between_one_first_place_and_two_low_ones(rank: int, first: int):
    # 1/61 for event 0, 2/(60 + rank) for event 9, which is equal at rank 62.
    twice = [[*range(100, 99 + rank), 9], [*range(300, 299 + rank), 9]]
    fused = fuse([[0], *twice], 1000)
    assert next(position for position in fused if position in (0, 9)) == first


def test_equal_scores_go_by_position_and_the_best_come_first():
    assert fuse([[3, 1, 2], [1, 3, 5]], 4) == [1, 3, 2, 5]
    assert fuse([[7], [4]], 2) == [4, 7]
    assert fuse([], 3) == []


class Recorded:
    """Ranks the positions in order; keeps how deep it was asked to."""

    def __init__(self, flops: float | None) -> None:
        self._flops = flops
        self.depths: list[int] = []

    def search(self, query: str, log: Log, k: int) -> list[int]:
        self.depths.append(k)
        return list(range(len(log.texts)))[:k]

    def query_flops(self, query: str) -> float | None:
        return self._flops


def test_a_hybrid_asks_deep_enough_and_adds_up_what_it_costs():
    first, second = Recorded(2.0), Recorded(5.0)
    hybrid, log = HybridRetriever([first, second]), Log("log", ("x",) * 200)
    assert hybrid.search("x", log, 3) == [0, 1, 2]
    assert len(hybrid.search("x", log, 150)) == 150
    assert first.depths == second.depths == [100, 150]
    assert hybrid.query_flops("x") == 7.0
    assert HybridRetriever([first, Recorded(None)]).query_flops("x") is None
    assert HybridRetriever([Recorded(0.0)]).query_flops("x") == 0.0


ids = st.integers(0, 15).map("e{}".format)


@given(st.lists(ids, unique=True, max_size=15), st.sets(ids, min_size=1, max_size=4))
def test_metrics_are_those_of_ir_measures(ranked: list[str], relevant: set[str]):
    run = {"q": {name: float(-place) for place, name in enumerate(ranked[:10])} or {"none": 0.0}}
    judged = {"q": dict.fromkeys(relevant, 1)}
    measures = [Success @ 1, Success @ 5, Success @ 10, R @ 1, R @ 5, R @ 10, RR @ 10, nDCG @ 10]
    theirs = ir_measures.calc_aggregate(measures, judged, run)
    ours = ranking_metrics(ranked, relevant)
    for k in (1, 5, 10):
        assert ours[f"recall_any@{k}"] == theirs[Success @ k]
        assert ours[f"recall_all@{k}"] == float(theirs[R @ k] == 1)
    assert ours["mrr@10"] == pytest.approx(theirs[RR @ 10])
    assert ours["ndcg@10"] == pytest.approx(theirs[nDCG @ 10])


@pytest.mark.parametrize("name", RANKING)
def test_without_evidence_there_is_nothing_to_recall(name: str):
    with pytest.raises(ValueError, match="no event is relevant"):
        RANKING[name].of(["e1"], [])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("densee", "did you mean 'dense'"),
        ("magic", "module:Class"),
        ("nowhere:Class", "cannot be imported"),
        ("json:Nothing", "cannot be imported"),
    ],
)
def test_retrievers_that_do_not_exist(name: str, message: str):
    with pytest.raises(ConfigError, match=message):
        make_retriever(name)


def test_a_cache_in_the_home_of_nobody():
    with pytest.raises(ConfigError, match="embed_cache='~nouser/x': there is no such user"):
        make_retriever("dense", embed_cache="~nouser/x")


def test_a_retriever_of_ones_own():
    made = make_retriever("hei_nw_tasks.retrieval.bm25:BM25Retriever")
    log = Log("log", ("It rained.", "Ada lost a key.", "Ada lost a boat."))
    assert made.search("Who lost a key?", log, 2) == [1, 2]
    assert made.search("Who lost a boat?", Log("log", log.texts[:2]), 2) == [1, 0]
    assert made.query_flops("any") == 0.0
