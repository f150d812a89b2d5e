"""Embeddings on disk: never another weights', never a damaged one."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from generators.errors import ConfigError
from hei_nw_tasks.cache_file import CacheFile
from hei_nw_tasks.plugins import PluginError
from hei_nw_tasks.retrieval.dense import DenseRetriever
from hei_nw_tasks.retrieval.embedding import HFEmbedder
from hei_nw_tasks.retrieval.embedding_cache import CachedEmbedder
from hei_nw_tasks.retrieval.protocols import Log
from tests.hei_nw_tasks.retrieval.encoder import encoder_folder

TEXTS = ["one", "two", "three", "four"]


class Seeded:
    """Random vectors that depend on a text and a seed; counts what it is asked."""

    name = "seeded"

    def __init__(self, seed: int = 0, size: int = 8, noise: float = 0.0) -> None:
        self.seed, self.size, self.noise = seed, size, noise
        self.embedded: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._vectors([f"query: {text}" for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._vectors(texts)

    def query_flops(self, text: str) -> float | None:
        return None

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded += texts
        made = []
        for text in texts:
            drawn = np.random.default_rng([self.seed, *text.encode()])
            made.append(drawn.standard_normal(self.size, np.float32))
        vectors: NDArray[np.float32] = np.stack(made) + np.float32(self.noise)
        return vectors


class Stated(Seeded):
    """Says what tells its weights apart."""

    @property
    def weights(self) -> str:
        return str(self.seed)


def file_of(folder: Path) -> Path:
    return folder / "embeddings.sqlite"


def change(folder: Path, sql: str, *values: Any) -> None:
    with closing(sqlite3.connect(file_of(folder))) as database:
        database.execute(sql, values)
        database.commit()


def test_kept_embeddings_are_not_computed_again(tmp_path: Path):
    first, second = Stated(), Stated()
    made = CachedEmbedder(first, tmp_path / "cache").embed_passages(["one", "two", "one"])
    again = CachedEmbedder(second, tmp_path / "cache").embed_passages(["two", "one", "four"])
    assert first.embedded == ["one", "two"]
    assert second.embedded == ["four"]
    assert np.array_equal(again[:2], made[[1, 0]])
    CachedEmbedder(second, tmp_path / "cache").embed_queries(["one"])
    assert second.embedded == ["four", "query: one"], "a query is not a passage"


def test_an_embedder_that_states_no_weights_is_known_by_its_vectors_of_a_probe(tmp_path: Path):
    def computed(embedder: Seeded) -> int:
        """Texts that were embedded besides the probe."""
        before = Seeded(embedder.seed, embedder.size, embedder.noise).embed_passages(TEXTS)
        found = CachedEmbedder(embedder, tmp_path).embed_passages(TEXTS)
        assert np.abs(found - before).max() < 1e-2
        return len(set(embedder.embedded) & set(TEXTS))

    assert computed(Seeded(1)) == 4
    assert computed(Seeded(1)) == 0
    assert computed(Seeded(1, noise=1e-3)) == 0, "rounds differently"
    assert computed(Seeded(2)) == 4, "other weights under the same name"
    assert computed(Seeded(1, size=9)) == 4
    assert [computed(Seeded(1)), computed(Seeded(2))] == [0, 0], "each keeps its own"


def halved(vector: bytes) -> bytes:
    return vector[: len(vector) // 2]


def zeroed(vector: bytes) -> bytes:
    return bytes(len(vector))


def flipped(vector: bytes) -> bytes:
    return bytes([vector[0] ^ 0x40]) + vector[1:]


@pytest.mark.parametrize("damage", [halved, zeroed, flipped, lambda vector: b"", lambda vector: 7])
@pytest.mark.parametrize("of", ["every row", "one row"])
def test_damaged_vectors_are_computed_again_and_said_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[bytes], Any], of: str
):
    whole = CachedEmbedder(Stated(), tmp_path).embed_passages(TEXTS)
    with closing(sqlite3.connect(file_of(tmp_path))) as database:
        rows = database.execute("SELECT key, value FROM embeddings").fetchall()
    for key, value in rows if of == "every row" else rows[1:2]:
        change(tmp_path, "UPDATE embeddings SET value = ? WHERE key = ?", damage(value), key)
    embedder = Stated()
    cached = CachedEmbedder(embedder, tmp_path)
    with caplog.at_level(logging.WARNING):
        assert np.array_equal(cached.embed_passages(TEXTS), whole)
    assert len(embedder.embedded) == (4 if of == "every row" else 1)
    assert [message.count("damaged rows") for message in caplog.messages] == [1]
    again = Stated()
    assert np.array_equal(CachedEmbedder(again, tmp_path).embed_passages(TEXTS), whole)
    assert again.embedded == []


@settings(max_examples=40)
@given(st.lists(st.floats(width=32), min_size=0, max_size=9), st.integers(0, 3), st.booleans())
def test_a_forged_vector_with_a_right_checksum_is_used_only_if_an_embedder_could_give_it(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[float], row: int, ragged: bool
):
    folder = tmp_path_factory.getbasetemp() / "forged"
    shutil.rmtree(folder, ignore_errors=True)
    whole = CachedEmbedder(Stated(), folder).embed_passages(TEXTS)
    forged = np.array(numbers, dtype=np.float32).tobytes() + b"x" * ragged
    with closing(sqlite3.connect(file_of(folder))) as database:
        keys = [key for (key,) in database.execute("SELECT key FROM embeddings ORDER BY rowid")]
    CacheFile(file_of(folder), "embeddings", "embed_cache").keep({keys[row]: forged})
    found = CachedEmbedder(Stated(), folder).embed_passages(TEXTS)
    assert found.shape == whole.shape
    same = [np.array_equal(*pair) for pair in zip(found, whole, strict=True)]
    assert same.count(False) <= 1
    if len(numbers) != 8 or ragged or not 1e-37 < sum(x * x for x in numbers) < 1e38:
        assert all(same)


def test_forged_vectors_of_another_length_are_one_line(tmp_path: Path):
    embedder = Stated()
    CachedEmbedder(embedder, tmp_path).embed_passages(TEXTS)
    with closing(sqlite3.connect(file_of(tmp_path))) as database:
        keys = [key for (key,) in database.execute("SELECT key FROM embeddings")]
    forged = np.ones(5, dtype=np.float32).tobytes()
    CacheFile(file_of(tmp_path), "embeddings", "embed_cache").keep(dict.fromkeys(keys, forged))
    retriever = DenseRetriever(CachedEmbedder(embedder, tmp_path))
    with pytest.raises(PluginError, match="gives 8 numbers for a query and 5 for an event"):
        retriever.search("one", Log("log", tuple(TEXTS)), 2)


def test_vectors_of_an_earlier_version_are_left_alone(tmp_path: Path):
    with closing(sqlite3.connect(file_of(tmp_path))) as database:
        database.execute("CREATE TABLE vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)")
    assert CachedEmbedder(Stated(), tmp_path).embed_passages(TEXTS).shape == (4, 8)


def test_a_damaged_file_is_one_line(tmp_path: Path):
    file_of(tmp_path).write_bytes(b"not a database" * 100)
    with pytest.raises(ConfigError, match="delete the file, or name another one with embed_cache"):
        CachedEmbedder(Seeded(), tmp_path)


class Escaped(Stated):
    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return super()._vectors([ascii(text) for text in texts])


def test_texts_are_told_apart_whatever_they_hold(tmp_path: Path):
    texts = ["a\0b", "a", "a\ud800", "passage\0a", ""]
    vectors = CachedEmbedder(Escaped(), tmp_path).embed_passages(texts)
    assert np.array_equal(vectors, Escaped().embed_passages(texts))


def test_other_weights_in_the_same_folder_get_vectors_of_their_own(tmp_path: Path):
    """The checkpoint of an embedder is trained on, under the same name."""
    folder, cache = tmp_path / "encoder", tmp_path / "cache"
    shutil.copytree(encoder_folder(), folder)
    before = HFEmbedder(str(folder), device="cpu")
    first = CachedEmbedder(before, cache).embed_passages(TEXTS)
    known = before.weights
    assert HFEmbedder(str(folder), device="cpu").weights == known
    del before.weights  # `cached_property` computes it again, now after tokenising
    assert before.weights == known
    _, model = before._loaded
    with torch.no_grad():
        # A single number, which neither the texts nor a probe would show.
        model.get_input_embeddings().weight[-1, -1] += 1
    model.save_pretrained(folder)
    after = HFEmbedder(str(folder), device="cpu")
    assert after.weights != known
    again = CachedEmbedder(after, cache).embed_passages(TEXTS)
    assert np.allclose(again, first, atol=1e-6)
    with closing(sqlite3.connect(file_of(cache))) as database:
        assert database.execute("SELECT COUNT(*) FROM embeddings").fetchone() == (8,)
