"""The file of `episodic`: erased for good, refused in one line, and never half written."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generators.errors import ConfigError
from hei_nw_tasks.memory.episodic import Episodic
from hei_nw_tasks.memory.episodic.memory import FILE
from hei_nw_tasks.memory.episodic.storing import EpisodeFile
from hei_nw_tasks.retrieval.bm25 import words
from tests.hei_nw_tasks.memory.episodic.model import episode
from tests.hei_nw_tasks.memory.episodic.test_memory import opened, recalled
from tests.hei_nw_tasks.test_cache_file import file_size_limit

LONG = "Quixotic Zephyrine whispered the passphrase vermilion-8812 to the quiet gardener."
EMBEDDER = "tests.hei_nw_tasks.retrieval.test_retrievers:WordEmbedder"


def held(folder: Path) -> bytes:
    """All bytes in a folder, and the names of its files."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return b"".join(path.name.encode() + path.read_bytes() for path in files)


def tokens(text: str) -> list[bytes]:
    """What the index of the first scope has for the words of a text, but for their beginnings.

    FTS5 writes out only what differs from the token before.
    """
    scope = SimpleNamespace(_scope=1)
    return [EpisodeFile._token(scope, word)[-11:].encode() for word in words(text)]  # type: ignore[arg-type]


def traces(folder: Path, text: str) -> list[bytes]:
    """What the files still hold of the words of a text; short words stand in names of tables."""
    content, long = held(folder).lower(), [word for word in words(text) if len(word) > 4]
    return [part for part in [*map(str.encode, long), *tokens(text)] if part in content]


@pytest.mark.parametrize("end", ["flush", "close"])
@pytest.mark.parametrize("count", [0, 40, 400])
@pytest.mark.parametrize("options", [{}, {"embedder": EMBEDDER}])
def test_of_what_was_deleted_no_word_is_left(
    tmp_path: Path, count: int, end: str, options: dict[str, Any]
):
    memory = opened(tmp_path, **options)
    for number in range(count):
        memory.write(episode(f"f{number}", f"Item {number} of {count} " + "is here " * 9, number))
        if number == count // 2:
            memory.write(episode("e1", LONG))
            memory.update("e1", episode("e2", LONG.upper(), 1))
    memory.write(episode("e1", LONG))
    memory.flush()
    assert traces(tmp_path, LONG)
    assert recalled(memory, LONG, k=1)[0][1].lower() == LONG.lower()
    vector = held(tmp_path)
    memory.delete("e1")
    getattr(memory, end)()
    assert traces(tmp_path, LONG) == []
    if options:
        numbers = memory._search._embedder.embed_passages([LONG])[0].tobytes()  # type: ignore[union-attr]
        assert numbers in vector
        assert numbers not in held(tmp_path)
    assert not (tmp_path / f"{FILE}-wal").exists() or not (tmp_path / f"{FILE}-wal").stat().st_size


# With these seeds SQLite leaves a word, and FTS5 a token, if nothing is done but to delete.
@pytest.mark.parametrize("seed", [1, 2])
def test_of_what_was_deleted_among_many_others_no_word_is_left(tmp_path: Path, seed: int):
    rng, memory = random.Random(seed), opened(tmp_path)
    kept, gone = list[tuple[str, str]](), list[str]()
    for number in range(600):
        word = f"q{rng.getrandbits(60):x}q"
        kept.append((f"e{number}", word))
        memory.write(episode(f"e{number}", f"{word} " * rng.choice([1, 2, 5, 40, 200]), number))
        if rng.random() < 0.4:
            id_, word = kept.pop(rng.randrange(len(kept)))
            memory.delete(id_)
            gone.append(word)
        if rng.random() < 0.02:
            memory.flush()
    memory.close()
    content = held(tmp_path)
    assert all(part in content for _, word in kept for part in (word.encode(), *tokens(word)))
    assert [w for w in gone if any(part in content for part in (w.encode(), *tokens(w)))] == []


def test_what_was_evicted_or_is_too_old_is_erased_too(tmp_path: Path):
    memory = opened(tmp_path, max_events=1)
    memory.write(episode("e1", LONG))
    memory.write(episode("e2", "x"))
    memory.close()
    assert traces(tmp_path, LONG) == []
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    memory = opened(tmp_path, ttl_days=1)
    memory.write(episode("e1", LONG))
    memory.write(episode("e2", "x", 25))
    memory.close()
    assert traces(tmp_path, LONG) == []


def test_a_delete_that_was_not_flushed_is_erased_by_the_next_flush(tmp_path: Path):
    """As after a kill."""
    memory = opened(tmp_path)
    memory.write(episode("e1", LONG))
    memory.flush()
    memory.delete("e1")
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in tmp_path.glob(f"{FILE}*"):
        shutil.copy(path, copy)
    assert traces(copy, LONG)
    again = opened(copy)
    assert list(again.refs()) == []
    again.flush()
    assert traces(copy, LONG) == []


WRITER = """
import os, sys
from pathlib import Path
from hei_nw_tasks.memory.episodic import Episodic
from tests.hei_nw_tasks.memory.episodic.model import episode
memory = Episodic()
memory.open("ada", Path(sys.argv[1]))
for number in range(30):
    memory.write(episode(f"e{number}", f"x {number}"))
os.kill(os.getpid(), 9)
"""


def test_an_event_outlives_the_process_when_write_returns(tmp_path: Path):
    done = subprocess.run([sys.executable, "-c", WRITER, str(tmp_path)], check=False)
    assert done.returncode == -9
    assert {f"e{number}" for number in range(30)} == set(opened(tmp_path).refs())


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE episode(id)")


def later(path: Path) -> None:
    opened(path.parent).close()
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 2")


def with_options(path: Path) -> None:
    opened(path.parent, beta=1).close()


def cut(path: Path) -> None:
    memory = opened(path.parent)
    for number in range(200):
        memory.write(episode(f"e{number}", LONG))
    memory.close()
    os.truncate(path, path.stat().st_size // 2)


def scribbled(path: Path) -> None:
    cut(path)
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(7 for _ in content[4096:])
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (foreign, "it is another program's"),
        (later, "it was written by another version"),
        (with_options, r'it was made with .*"beta": 1.0.*, not .*"beta": 0.0'),
        (cut, "malformed|not a database"),
        (scribbled, "malformed|invalid|Tree|not a database"),
        (lambda path: path.write_bytes(b"no database" * 500), "file is not a database"),
        (Path.mkdir, "not a regular file"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line_and_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], Any], message: str
):
    make(tmp_path / FILE)
    before = held(tmp_path)
    with pytest.raises(ConfigError, match=rf"{FILE}: cannot be used as a store .*({message})"):
        opened(tmp_path)
    assert held(tmp_path) == before


def test_a_locked_file_is_one_line(tmp_path: Path):
    path = tmp_path / FILE
    file = EpisodeFile(path, "ada", {}, wait_s=0)
    file.add("e1", "x", 0, pinned=False, score=None)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for use in (
            lambda: file.add("e2", "x", 0, pinned=False, score=None),
            lambda: file.remove("e1"),
            lambda: EpisodeFile(path, "bo", {}, wait_s=0),
        ):
            with pytest.raises(ConfigError, match=r"locked.*wait until the process that uses it"):
                use()
    assert file.refs() == ["e1"]


def test_a_reader_that_keeps_what_was_deleted_is_said(tmp_path: Path):
    path = tmp_path / FILE
    file = EpisodeFile(path, "ada", {}, wait_s=0)
    file.add("e1", LONG, 0, pinned=False, score=None)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM episode").fetchall()
        file.remove("e1")
        with pytest.raises(ConfigError, match="another process still reads what was removed"):
            file.flush()
    file.flush()
    assert traces(tmp_path, LONG) == []


@pytest.mark.parametrize("size", [0, 4_096, 40_000, 90_000, 130_000, 170_000])
def test_a_full_disk_is_one_line_and_loses_nothing_that_was_stored(tmp_path: Path, size: int):
    opened(tmp_path)
    memory, stored = opened(tmp_path), []

    def write_on() -> None:
        for number in range(1_000):
            memory.write(episode(f"e{number}", LONG))
            stored.append(f"e{number}")

    with file_size_limit(size), pytest.raises(ConfigError, match=r"make room.*are kept") as refused:
        write_on()
    assert "\n" not in str(refused.value)
    assert sorted(memory.refs()) == sorted(opened(tmp_path).refs()) == sorted(stored)
    memory.write(episode("more", "x"))
    memory.close()
    again = opened(tmp_path)
    assert sorted(again.refs()) == sorted([*stored, "more"])
    assert [id_ for id_, _ in recalled(again, LONG, k=None)] == [*stored, "more"]


def test_a_text_that_is_none_is_refused_whole(tmp_path: Path):
    memory = opened(tmp_path)
    for text in ("\ud800", "x \ud800"):
        with pytest.raises(ValueError, match="surrogates"):
            memory.write(episode("e1", text))
    assert list(memory.refs()) == []
    memory.write(episode("e1", "nul \0 and 'quotes' \" OR * NEAR(x)"))
    assert len(recalled(memory, "' \" * OR NEAR(x \0")) == 1


def test_it_is_opened_by_its_options_whatever_their_order(tmp_path: Path):
    opened(tmp_path, beta=1, tau=0.25).close()
    memory = Episodic(tau=0.25, beta=1.0)
    memory.open("ada", tmp_path)  # a folder of other options is refused
    assert recalled(memory, "boat") == []
    memory.close()
