"""What `episodic` finds: the same as the `rag` arm, question by question."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.datasets.source import config_from
from generators.datasets.tables import build
from generators.records import to_row
from hei_nw_tasks.memory import stores
from hei_nw_tasks.memory.episodic import Episodic
from hei_nw_tasks.memory.episodic.searching import overlap
from hei_nw_tasks.memory.options import MemoryOptions, RagOptions
from hei_nw_tasks.memory.protocol import Budget
from hei_nw_tasks.memory.recallers import by_baseline, by_memory
from hei_nw_tasks.memory.recalling import Recaller
from hei_nw_tasks.memory.registry import ARMS
from hei_nw_tasks.plugins import PluginError
from hei_nw_tasks.retrieval.bm25 import BM25Retriever
from hei_nw_tasks.retrieval.protocols import Log
from tests.hei_nw_tasks.memory.episodic.model import START, episode
from tests.hei_nw_tasks.memory.episodic.test_memory import opened, recalled
from tests.hei_nw_tasks.retrieval.test_retrievers import WordEmbedder

SIZES: dict[str, dict[str, Any]] = {
    "A": {"n": 20},
    "B": {"n": 20},
    "C": {"n": 20},
    "D": {"n": 8, "store_sizes": [100, 300]},
    "E": {"n": 4, "lengths": [1000]},
}
EMBEDDER = f"{WordEmbedder.__module__}:WordEmbedder"


def rag(**options: Any) -> Recaller:
    return by_baseline(ARMS["rag"], RagOptions(**options), len)


class KeepsAll(Episodic):
    def __init__(self) -> None:
        super().__init__()
        self.capabilities = replace(self.capabilities, delete=False)


def episodic(
    name: str | None = None, *, reopen: str = "never", scopes: int = 1, **arguments: Any
) -> Recaller:
    options = MemoryOptions(
        memory=f"{__name__}:{name}" if name else "episodic",
        memory_args=arguments,
        reopen=reopen,
        scopes=scopes,  # type: ignore[arg-type]
    )
    return by_memory(options, len, None, "none")


def rankings(recaller: Recaller, rows: list[dict[str, Any]]) -> list[Any]:
    found = dict(recaller.recalls(rows, quiet=True))
    return [(found[i].ranked, found[i].texts, found[i].event_ids) for i in range(len(rows))]


@pytest.fixture
def _no_worlds(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(stores, "_DATASETS", {})
    yield
    stores._store.cache_clear()


def rows_of(letter: str) -> list[dict[str, Any]]:
    tables = build(letter, config_from(letter, SIZES[letter]))
    stores.register(tables)
    return [to_row(question) for world in tables.worlds for question in world.questions]


@pytest.mark.usefixtures("_no_worlds")
@pytest.mark.parametrize("letter", SIZES)
def test_words_find_what_the_rag_arm_finds(letter: str):
    rows = rows_of(letter)
    expected = rankings(rag(retriever="bm25"), rows)
    assert len(rows) >= 4
    assert all(len(ranked) == 10 for ranked, _, _ in expected)
    # Scenario C wants events to be forgotten, which the arm cannot do.
    assert rankings(episodic("KeepsAll"), rows) == expected
    if letter == "A":
        assert rankings(episodic(reopen="always", scopes=3), rows) == expected


@pytest.mark.usefixtures("_no_worlds")
@pytest.mark.parametrize("retriever", ["dense", "hybrid"])
def test_vectors_find_what_the_rag_arm_finds(retriever: str):
    rows = rows_of("A")
    options = {"retriever": retriever, "embedder": EMBEDDER}
    assert rankings(episodic(**options), rows) == rankings(rag(**options), rows)


WORDS = ["ada", "key", "lost", "5433", "18:33", "rht-47", "x", "y", "z"]
texts = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)


@settings(max_examples=25)
@given(st.lists(texts, min_size=1, max_size=12), texts, st.data())
def test_bm25_is_that_of_what_can_be_seen(
    tmp_path_factory: pytest.TempPathFactory, told: list[str], query: str, data: Any
):
    """Also the numbers, so that equal scores stay equal."""
    memory = opened(tmp_path_factory.mktemp("episodic"))
    for number, text in enumerate(told):
        memory.write(episode(f"e{number}", text, number))
    seen = data.draw(st.integers(0, len(told)))
    found = memory.recall(query, episode("", "", seen - 1).at, Budget(5)).items
    log = Log("log", tuple(told[:seen]))
    assert [item.event_id for item in found] == [
        f"e{i}" for i in BM25Retriever().search(query, log, 5)
    ]
    index = BM25Retriever()._indexes.of(log)
    scores = index.scores(query.split()) if seen else np.zeros(0)
    assert [item.score for item in found] == sorted(scores.tolist(), reverse=True)[:5]
    memory.close()


def test_other_scopes_have_no_say_in_how_rare_a_word_is(tmp_path: Path):
    ada, bo = (opened(tmp_path, scope) for scope in ("ada", "bo"))
    for number, text in enumerate(["key", "key lost", "lost x", "mill"]):
        ada.write(episode(f"e{number}", text))
    before = ada.recall("lost key", START, Budget(9))
    for number in range(20):
        bo.write(episode(f"f{number}", "key x y z"))
    assert ada.recall("lost key", START, Budget(9)) == before
    assert recalled(bo, "lost", k=1)[0][0] == "f0"


def test_what_others_write_and_remove_is_found_at_once(tmp_path: Path):
    """Another process, say: two memories of one scope."""
    one, other = opened(tmp_path), opened(tmp_path)
    assert recalled(one, "key") == []
    other.write(episode("e1", "key"))
    other.write(episode("e2", "key lost"))
    assert [id_ for id_, _ in recalled(one, "key")] == ["e1", "e2"]
    other.delete("e1")
    other.write(episode("e3", "lost"))
    assert [id_ for id_, _ in recalled(one, "key")] == ["e2", "e3"]


class Growing(WordEmbedder):
    """Longer vectors after the first call."""

    def embed_queries(self, texts: Any) -> Any:
        return np.ones((len(texts), 7), dtype=np.float32)


def test_vectors_of_unequal_length_are_one_line(tmp_path: Path):
    memory = opened(tmp_path, embedder=f"{__name__}:Growing")
    memory.write(episode("e1", "key"))
    with pytest.raises(PluginError, match=r"gives 7 numbers for a text and 64 for"):
        memory.recall("key", START, Budget(1))


def test_a_text_is_embedded_once_and_kept(tmp_path: Path):
    memory = opened(tmp_path, retriever="dense", embedder=EMBEDDER, beta=1)
    embedder: Any = memory._embedder
    embedder._made.embedded.clear()
    for number, text in enumerate(["key", "lost key", "mill"]):
        usage = memory.write(episode(f"e{number}", text)).usage
        assert usage.flops == 2.0 * len(text)
    recalled(memory, "key")
    memory.close()
    done = list(embedder._made.embedded)
    memory = opened(tmp_path, retriever="dense", embedder=EMBEDDER, beta=1)
    assert recalled(memory, "mill", k=1) == [("e2", "mill")]
    assert sorted(done) == ["key", "key", "lost key", "mill"], "the query, and each text"
    assert embedder._made.embedded == [*done, "mill"]
    assert memory.recall("mill", START, Budget(1)).usage.flops == 8.0


def test_similar_words():
    assert overlap("a b c", "B c d") == 0.5
    assert overlap("", "") == 1
    assert overlap("a", "") == 0
