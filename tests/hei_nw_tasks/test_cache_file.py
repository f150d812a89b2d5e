"""Rows on disk: whole, checked, and kept whatever happens to the next ones."""

from __future__ import annotations

import os
import resource
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.errors import ConfigError
from hei_nw_tasks.cache_file import CacheFile

ROWS = {bytes([number]) * 32: bytes([number]) * 3_000 for number in range(40)}


def opened(path: Path, wait_s: float = 0.0) -> CacheFile:
    return CacheFile(path, "kept", "--option", wait_s)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file of this process may grow beyond a size: the kernel refuses the write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_rows_are_there_for_another_process_when_keep_returns(tmp_path: Path):
    path = tmp_path / "new" / "cache.sqlite"
    opened(path).keep(ROWS)
    assert opened(path).find([*ROWS, b"other"], bytes) == ROWS
    opened(path).keep({b"key": b"first"})
    opened(path).keep({b"key": b"second", b"empty": b""})
    assert opened(path).find([b"key", b"empty"], bytes) == {b"key": b"second", b"empty": b""}


@settings(max_examples=40)
@given(st.data())
def test_a_damaged_row_is_missing_said_once_and_can_be_written_again(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    path = tmp_path_factory.getbasetemp() / "damaged.sqlite"
    cache = opened(path)
    cache.keep(ROWS)
    key = data.draw(st.sampled_from([*ROWS]))
    column = data.draw(st.sampled_from(["value", "sha256"]))
    odd = (
        st.none()
        | st.integers(-5, 5)
        | st.floats(allow_nan=False)
        | st.text(max_size=9)
        | st.binary()
    )
    planted = data.draw(odd)
    with closing(sqlite3.connect(path)) as database:
        if planted is None:
            # Half of it is gone.
            planted = (ROWS[key] if column == "value" else b"x" * 32)[:16]
        database.execute(f"UPDATE kept SET {column} = ? WHERE key = ?", (planted, key))
        database.commit()
    left = {name: value for name, value in ROWS.items() if name != key}
    assert cache.find(ROWS, bytes) == left
    cache.keep({key: ROWS[key]})
    assert cache.find(ROWS, bytes) == ROWS


def test_the_value_of_another_key_is_damage(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    path = tmp_path / "cache.sqlite"
    cache = opened(path)
    cache.keep({b"a": b"1", b"b": b"2"})
    with closing(sqlite3.connect(path)) as database:
        planted = database.execute("SELECT value, sha256 FROM kept WHERE key = ?", (b"a",))
        database.execute(
            "UPDATE kept SET value = ?, sha256 = ? WHERE key = ?", (*planted.fetchone(), b"b")
        )
        database.commit()
    for _ in range(2):
        assert cache.find([b"a", b"b"], bytes) == {b"a": b"1"}
    (line,) = caplog.messages
    assert line == f"heinw: {path}: has damaged rows → they are computed again"


def test_what_cannot_be_decoded_is_damage(tmp_path: Path):
    cache = opened(tmp_path / "cache.sqlite")
    cache.keep({b"a": b"17", b"b": b"no number"})
    assert cache.find([b"a", b"b"], int) == {b"a": 17}


def garbage(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)


def halved(path: Path) -> None:
    opened(path).keep(ROWS)
    os.truncate(path, path.stat().st_size // 2)


def blanked(path: Path) -> None:
    opened(path).keep(ROWS)
    raw = path.read_bytes()
    path.write_bytes(raw[:4096] + bytes(len(raw) - 4096))


def view(path: Path) -> None:
    endless = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x FROM r) SELECT x, x, x FROM r"
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"CREATE VIEW kept(key, value, sha256) AS {endless}")


def trigger(path: Path) -> None:
    opened(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TRIGGER t AFTER INSERT ON kept BEGIN DELETE FROM kept; END")


def other_columns(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE kept (key TEXT, value TEXT)")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (garbage, "file is not a database.*delete the file, or name another"),
        (halved, "malformed.*delete the file, or name another"),
        (blanked, "malformed.*delete the file, or name another"),
        (view, "kept is not one of ours.*name another"),
        (trigger, "kept is not one of ours.*name another"),
        (other_columns, "kept is not one of ours.*name another"),
        (Path.mkdir, "not a regular file.*name another"),
        (os.mkfifo, "not a regular file.*name another"),
        (lambda path: path.symlink_to("/dev/zero"), "not a regular file.*name another"),
    ],
)
def test_a_file_that_is_no_cache_is_one_line(
    tmp_path: Path, make: Callable[[Path], object], message: str
):
    path = tmp_path / "cache.sqlite"
    make(path)
    with pytest.raises(ConfigError, match=f"{message}.*--option") as refused:
        opened(path).find(ROWS, bytes)
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith(f"{path}: ")


@pytest.mark.parametrize("name", ["file/cache.sqlite", "x" * 5_000, "a\0b"])
def test_a_path_that_is_none_is_one_line(tmp_path: Path, name: str):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"cannot be used as a cache.*name another"):
        opened(tmp_path / name)


def test_a_locked_file_is_one_line(tmp_path: Path):
    path = tmp_path / "cache.sqlite"
    cache = opened(path)
    cache.keep({b"a": b"1"})
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for use in (lambda: cache.find([b"a"], bytes), lambda: cache.keep(ROWS)):
            with pytest.raises(ConfigError, match=r"locked.*wait until the process that uses it"):
                use()
        with pytest.raises(ConfigError, match="locked"):
            opened(path)
    assert cache.find([b"a"], bytes) == {b"a": b"1"}


def test_writers_at_the_same_time_wait_for_each_other(tmp_path: Path):
    path = tmp_path / "cache.sqlite"

    def write(writer: int) -> None:
        cache = opened(path, wait_s=30)
        for number in range(10):
            cache.keep({bytes([writer, number]): b"x"})

    with ThreadPoolExecutor(3) as writers:
        list(writers.map(write, range(3)))
    keys = [bytes([writer, number]) for writer in range(3) for number in range(10)]
    assert opened(path).find(keys, bytes) == dict.fromkeys(keys, b"x")


@pytest.mark.parametrize("size", [0, 100, 4_096, 8_192, 30_000, 60_000])
def test_a_full_disk_is_one_line_and_loses_no_row_that_was_kept(tmp_path: Path, size: int):
    path = tmp_path / "cache.sqlite"
    opened(path)
    cache, kept = opened(path), {}

    def keep_one_by_one() -> None:
        for key, value in ROWS.items():
            cache.keep({key: value})
            kept[key] = value

    with file_size_limit(size), pytest.raises(ConfigError, match=r"make room.*are kept") as refused:
        keep_one_by_one()
    assert "\n" not in str(refused.value)
    assert opened(path).find(ROWS, bytes) == kept
    cache.keep(ROWS)
    assert opened(path).find(ROWS, bytes) == ROWS
