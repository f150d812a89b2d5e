"""One index of a log gives what bm25s gives with an index for every beginning of it."""

from __future__ import annotations

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hei_nw_tasks.retrieval.bm25 import BM25Retriever, Postings, best, words
from hei_nw_tasks.retrieval.protocols import Log

# Few words, so that they come again and events tie.
WORDS = st.sampled_from(["ada", "boat", "key", "lost", "mill", "on", "the", "5433", "rht-47"])
TEXTS = st.lists(st.lists(WORDS, max_size=8).map(" ".join), max_size=30)
QUERIES = st.lists(WORDS | st.just("nowhere"), max_size=6).map(" ".join)


def by_bm25s(query: str, visible: list[str]) -> NDArray[np.float32]:
    corpus = [words(text) for text in visible]
    known = [word for word in words(query) if any(word in event for event in corpus)]
    if not known:
        return np.zeros(len(visible), dtype=np.float32)
    index = bm25s.BM25()
    index.index(corpus, show_progress=False)
    scores: NDArray[np.float32] = index.get_scores(known)
    return scores


@settings(max_examples=150, deadline=None)
@given(TEXTS, QUERIES, st.data())
def test_scores_are_those_of_bm25s_to_the_bit_and_ties_stay_in_order(
    texts: list[str], query: str, data: st.DataObject
):
    visible, k = data.draw(st.integers(0, len(texts))), data.draw(st.integers(1, 40))
    expected = by_bm25s(query, texts[:visible])
    assert Postings(texts).scores(words(query), visible).tobytes() == expected.tobytes()
    found = BM25Retriever().search(query, Log("log", tuple(texts)), visible, k)
    assert found == np.argsort(-expected, kind="stable")[:k].tolist()


@given(st.lists(st.integers(0, 3), max_size=20), st.integers(0, 25))
def test_the_best_are_the_first_of_a_stable_sort(scores: list[int], k: int):
    given_scores = np.array(scores, dtype=np.float32)
    assert best(given_scores, k) == np.argsort(-given_scores, kind="stable")[:k].tolist()


def test_a_log_is_indexed_once_and_the_oldest_index_of_many_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
):
    made = []

    class Counted(Postings):
        def __init__(self, texts: tuple[str, ...]) -> None:
            made.append(texts)
            super().__init__(texts)

    monkeypatch.setattr("hei_nw_tasks.retrieval.bm25.Postings", Counted)
    retriever, texts = BM25Retriever(), ("one", "two", "one three")
    for visible in (1, 3, 2):
        retriever.search("one", Log("log", texts), visible, 1)
    assert len(made) == 1
    for number in range(16):
        retriever.search("one", Log(str(number), texts), 3, 1)
    retriever.search("one", Log("log", texts), 3, 1)
    assert len(made) == 18
