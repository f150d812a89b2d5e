"""The baselines, told events and asked for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.records import to_row
from hei_nw_tasks.memory.baselines import LongContext, NoMemory, Recent
from hei_nw_tasks.memory.blocks import block
from hei_nw_tasks.memory.options import RANKING_DEPTH, Options, RagOptions, RecentOptions
from hei_nw_tasks.memory.protocol import Budget, Episode
from hei_nw_tasks.memory.recallers import by_baseline
from hei_nw_tasks.memory.recalling import Recall
from hei_nw_tasks.memory.registry import ARMS
from hei_nw_tasks.memory.stores import moment, register
from hei_nw_tasks.retrieval.protocols import Log
from tests.hei_nw_tasks.memory.worlds import made_world, question, tables_of

TEXTS = tuple(f"event number {'x' * n}" for n in range(20))


def recalled(
    name: str,
    visible: int,
    options: Options | None = None,
    texts: Sequence[str] = TEXTS,
    evidence: Sequence[int] = (9, 2, 15),
    count: Callable[[str], int] = len,
) -> Recall:
    """What an arm recalls for a question about the first events."""
    world = made_world(texts, visible)
    world.questions[0].evidence = [f"w-e{number}" for number in evidence]
    register(tables_of([world]))
    arm = by_baseline(ARMS[name], options or ARMS[name].options(), count)
    ((position, found),) = arm.recalls([to_row(world.questions[0])], quiet=True)
    assert position == 0
    return found


def test_arms_without_options():
    assert recalled("none", 7).texts == []
    assert recalled("long-context", 7).texts == list(TEXTS[:7])
    assert recalled("oracle", 12).texts == [TEXTS[2], TEXTS[9]], "in time order, and visible"
    for name in ("none", "long-context", "oracle"):
        found = recalled(name, 7)
        assert (found.ranked, found.retrieval_s) == (None, None)


def told(memory: Any, texts: Sequence[str]) -> Any:
    for number, text in enumerate(texts):
        memory.write(Episode(str(number), text, moment(question(1)), "w"))
    return memory


@given(st.lists(st.integers(0, 30), max_size=20), st.integers(1, 120))
def test_recent_shows_the_longest_end_that_fits(lengths: list[int], budget: int):
    texts = ["x" * length for length in lengths]
    shown = [item.text for item in told(Recent(len), texts).recall(Budget(tokens=budget))]
    assert shown == texts[len(texts) - len(shown) :]
    assert len(block(shown)) <= budget
    more = texts[len(texts) - len(shown) - 1 :]
    if len(shown) < len(texts):
        # The line end after the block is not among the lengths that were added up.
        assert len(block(more)) > budget or sum(len(text) + 1 for text in more) > budget - 1


def test_recent_counts_the_block_as_a_whole_too():
    """A tokeniser may need more tokens for lines together than for each on its own."""

    def count(text: str) -> int:
        return max(1, 10 * (text.count("\n") - 1))  # 1 for a line, and 10 per line of a block

    shown = recalled("recent", 20, RecentOptions(memory_tokens=35), count=count)
    assert shown.texts == list(TEXTS[17:])
    assert recalled("recent", 20, RecentOptions(memory_tokens=9), count=count).texts == []


@pytest.mark.parametrize("budget", [1, 3, 20, 21])
def test_recent_may_use_all_of_its_budget(budget: int):
    def count(text: str) -> int:
        return len(text.split("\n")) - 1 - text.endswith("\n\n")  # lines of events

    options = RecentOptions(memory_tokens=budget)
    assert len(recalled("recent", 20, options, count=count).texts) == min(budget, 20)


def test_a_budget_that_not_even_an_empty_block_fits_shows_nothing():
    shown = recalled("recent", 5, RecentOptions(memory_tokens=1), count=lambda text: 2)
    assert shown.texts == []


class Backwards:
    """Ranks the latest event first, and remembers what it was asked."""

    asked: tuple[str, tuple[str, ...], int]

    def search(self, query: str, log: Log, k: int) -> list[int]:
        Backwards.asked = (query, log.texts, k)
        return list(range(len(log.texts)))[::-1][:k]

    def query_flops(self, query: str) -> float:
        return 7.0 * len(query)


class WithoutFlops:
    def search(self, query: str, log: Log, k: int) -> list[int]:
        return [0]


@pytest.mark.parametrize("k", [1, 3, 12])
def test_rag_shows_the_best_k_in_time_order_and_records_ten(k: int):
    found = recalled("rag", 15, RagOptions(k=k, retriever=f"{__name__}:Backwards"))
    assert Backwards.asked == ("event", TEXTS[:15], max(k, RANKING_DEPTH))
    assert found.texts == list(TEXTS[15 - k : 15])
    assert found.ranked == [f"w-e{n}" for n in range(14, 14 - max(k, RANKING_DEPTH), -1)]
    assert found.flops == 35.0
    assert found.retrieval_s is not None
    assert 0 <= found.retrieval_s < 60


def test_rag_hands_its_options_to_the_embedder(tmp_path: Path):
    options = RagOptions(
        embedder="org/encoder", query_prefix="q: ", passage_prefix="p: ", embed_cache=str(tmp_path)
    )
    make = ARMS["rag"].make
    assert make is not None
    embedder = make(options, len)()._retriever._embedder
    assert embedder.name == "org/encoder@main ('q: ', 'p: ', None)"
    assert (tmp_path / "embeddings.sqlite").exists()


def test_a_retriever_of_ones_own_need_not_know_its_flops():
    found = recalled("rag", 5, RagOptions(retriever=f"{__name__}:WithoutFlops"))
    assert (found.texts, found.flops) == ([TEXTS[0]], None)


def test_the_report_can_tell_all_arms_apart():
    assert [name for name, arm in ARMS.items() if arm.role == "alone"] == ["none"]
    assert [name for name, arm in ARMS.items() if arm.role == "ceiling"] == ["oracle"]
    assert [name for name, arm in ARMS.items() if arm.make is None] == ["oracle"]
    assert [name for name, arm in ARMS.items() if arm.shared_block] == ["recent", "long-context"]
    for looks in ("colour", "marker"):
        assert len({getattr(arm, looks) for arm in ARMS.values()}) == len(ARMS)


def test_memories_that_keep_all_or_nothing():
    assert told(NoMemory(), TEXTS).recall() == []
    assert [item.text for item in told(LongContext(), TEXTS).recall()] == list(TEXTS)
