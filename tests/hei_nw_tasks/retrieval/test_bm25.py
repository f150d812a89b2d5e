"""BM25 by its formula, and what it does with ties and growing logs."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hei_nw_tasks.retrieval.bm25 import BM25Retriever, best, words
from hei_nw_tasks.retrieval.protocols import Log

# Few words, so that they come again and events tie.
WORDS = st.sampled_from(["ada", "boat", "key", "lost", "mill", "on", "the", "5433", "rht-47"])
TEXTS = st.lists(st.lists(WORDS, max_size=8).map(" ".join), max_size=30)
QUERIES = st.lists(WORDS | st.just("nowhere"), max_size=6).map(" ".join)


def scores_by_formula(query: str, texts: list[str]) -> list[float]:
    """Lucene's BM25, k1 = 1.5 and b = 0.75, event by event."""
    corpus = [words(text) for text in texts]
    average = sum(map(len, corpus)) / len(corpus) if corpus else 0.0
    scores = []
    for event in corpus:
        score = 0.0
        for word in words(query):
            holders = sum(word in other for other in corpus)
            if word in event:
                rarity = math.log(1 + (len(corpus) - holders + 0.5) / (holders + 0.5))
                norm = 1.5 * (0.25 + 0.75 * len(event) / average)
                score += rarity * event.count(word) / (norm + event.count(word))
        scores.append(score)
    return scores


@settings(max_examples=100, deadline=None)
@given(TEXTS, QUERIES, st.integers(1, 40))
def test_the_ranking_is_that_of_the_formula_and_ties_stay_in_order(
    texts: list[str], query: str, k: int
):
    found = BM25Retriever().search(query, Log("log", tuple(texts)), k)
    expected = scores_by_formula(query, texts)
    assert len(set(found)) == len(found) == min(k, len(texts))
    given_back = [expected[place] for place in found]
    np.testing.assert_allclose(given_back, sorted(expected, reverse=True)[:k], rtol=1e-5)
    equal = [place for place in found if texts[place] == texts[found[0]]]
    assert equal == sorted(equal)


@given(st.lists(st.integers(0, 3), max_size=20), st.integers(0, 25))
def test_the_best_are_the_first_of_a_stable_sort(scores: list[int], k: int):
    given_scores = np.array(scores, dtype=np.float32)
    assert best(given_scores, k) == np.argsort(-given_scores, kind="stable")[:k].tolist()


def test_what_one_log_holds_has_no_influence_on_another():
    retriever = BM25Retriever()
    for number in range(20):
        log = Log(str(number), ("one", "two", f"three {number}"))
        assert retriever.search(f"{number}", log, 1) == [2]
    assert retriever.search("3", Log("3", ("3", "two")), 1) == [0], "the same name, other events"
