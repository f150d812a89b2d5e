"""The arms on a log of a few events."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hei_nw_tasks.memory.logs import VisibleLog
from hypothesis import given
from hypothesis import strategies as st

from hei_nw_tasks.memory.protocol import block
from hei_nw_tasks.memory.registry import (
    ARMS,
    RANKING_DEPTH,
    LongContext,
    NoMemory,
    Oracle,
    Rag,
    RagOptions,
    Recent,
)
from hei_nw_tasks.retrieval.protocols import Log

TEXTS = tuple(f"event number {'x' * n}" for n in range(20))
IDS = tuple(f"e{n}" for n in range(20))
DOC = {"query": "event", "evidence": ["e9", "e2", "e15"]}


def visible(events: int, texts: Sequence[str] = TEXTS, log_id: str = "log") -> VisibleLog:
    return VisibleLog(Log(log_id, tuple(texts)), IDS[: len(texts)], events)


def test_arms_without_options():
    assert NoMemory().recall(DOC, visible(7)).shown == []
    assert LongContext().recall(DOC, visible(7)).shown == list(range(7))
    assert Oracle().recall(DOC, visible(12)).shown == [2, 9], "in time order, and visible"
    for arm in (NoMemory(), LongContext(), Oracle()):
        recall = arm.recall(DOC, visible(7))
        assert (recall.ranked, recall.retrieval_s, recall.embed_flops) == (None, None, None)


@given(st.lists(st.integers(0, 30), max_size=20), st.integers(1, 120), st.data())
def test_recent_shows_the_longest_end_of_the_log_that_fits(
    lengths: list[int], budget: int, data: Any
):
    texts = ["x" * length for length in lengths]
    events = data.draw(st.integers(0, len(texts)))
    shown = Recent(budget, len).recall(DOC, visible(events, texts)).shown
    assert shown == list(range(events - len(shown), events))
    assert len(block([texts[i] for i in shown])) <= budget
    more = texts[events - len(shown) - 1 : events]
    if len(shown) < events:
        # The line end after the block is not among the lengths that were added up.
        assert len(block(more)) > budget or sum(len(text) + 1 for text in more) > budget - 1


def test_recent_counts_the_block_as_a_whole_too():
    """A tokeniser may need more tokens for lines together than for each on its own."""

    def count(text: str) -> int:
        return max(1, 10 * (text.count("\n") - 1))  # 1 for a line, and 10 per line of a block

    shown = Recent(35, count).recall(DOC, visible(20)).shown
    assert shown == [17, 18, 19]
    assert Recent(9, count).recall(DOC, visible(20)).shown == []


@pytest.mark.parametrize("budget", [1, 3, 20, 21])
def test_recent_may_use_all_of_its_budget(budget: int):
    def count(text: str) -> int:
        return len(text.split("\n")) - 1 - text.endswith("\n\n")  # lines of events

    assert len(Recent(budget, count).recall(DOC, visible(20)).shown) == min(budget, 20)


def test_a_budget_that_not_even_an_empty_block_fits_shows_nothing():
    assert Recent(1, lambda text: 2).recall(DOC, visible(5)).shown == []


def test_recent_counts_each_event_of_a_log_once():
    counted: list[str] = []

    def count(text: str) -> int:
        counted.append(text)
        return len(text)

    arm = Recent(60, count)
    for events in (20, 10):
        arm.recall(DOC, visible(events))
    lines = [text for text in counted if text.count("\n") == 1]
    assert lines == [f"{text}\n" for text in TEXTS]
    assert len(counted) - len(lines) <= 4, "a block is counted as a whole at most twice a question"
    arm.recall(DOC, visible(3, ["a", "b", "c"], "another log"))
    assert "c\n" in counted


class Backwards:
    """Ranks the latest event first, and remembers what it was asked."""

    asked: tuple[str, tuple[str, ...], int, int]

    def search(self, query: str, log: Log, visible: int, k: int) -> list[int]:
        Backwards.asked = (query, log.texts, visible, k)
        return list(range(visible))[::-1][:k]

    def query_flops(self, query: str) -> float:
        return 7.0 * len(query)


class WithoutFlops:
    def search(self, query: str, log: Log, visible: int, k: int) -> list[int]:
        return [0]


@pytest.mark.parametrize("k", [1, 3, 12])
def test_rag_shows_the_best_k_in_time_order_and_records_ten(k: int):
    arm = Rag(RagOptions(k=k, retriever=f"{__name__}:Backwards"))
    recall = arm.recall(DOC, visible(15))
    assert Backwards.asked == ("event", TEXTS[:15], 15, max(k, RANKING_DEPTH))
    assert recall.shown == list(range(15 - k, 15))
    assert recall.ranked == list(range(14, 4, -1))
    assert recall.embed_flops == 35.0
    assert recall.retrieval_s is not None
    assert 0 <= recall.retrieval_s < 60


def test_rag_hands_its_options_to_the_embedder(tmp_path: Path):
    options = RagOptions(
        embedder="org/encoder", query_prefix="q: ", passage_prefix="p: ", embed_cache=str(tmp_path)
    )
    embedder = Rag(options)._retriever._embedder  # type: ignore[attr-defined]
    assert embedder.name == "org/encoder@main ('q: ', 'p: ', None)"
    assert (tmp_path / "embeddings.sqlite").exists()


def test_a_retriever_of_ones_own_need_not_know_its_flops():
    recall = Rag(RagOptions(retriever=f"{__name__}:WithoutFlops")).recall(DOC, visible(5))
    assert (recall.shown, recall.embed_flops) == ([0], None)


def test_the_report_can_tell_all_arms_apart():
    assert [name for name, arm in ARMS.items() if arm.role == "alone"] == ["none"]
    assert [name for name, arm in ARMS.items() if arm.role == "ceiling"] == ["oracle"]
    assert [name for name, arm in ARMS.items() if arm.shared_block] == ["recent", "long-context"]
    for looks in ("colour", "marker"):
        assert len({getattr(arm, looks) for arm in ARMS.values()}) == len(ARMS)
