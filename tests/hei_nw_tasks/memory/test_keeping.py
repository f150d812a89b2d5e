"""Stores are written once, however many ask, and never half."""

from __future__ import annotations

import json
import multiprocessing
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from generators.errors import ConfigError
from hei_nw_tasks.memory.keeping import Keeper
from hei_nw_tasks.memory.replayed import Forgotten, RecalledItem, RecalledNow, Replay
from hei_nw_tasks.memory.stores import Store
from hei_nw_tasks.plugins import PluginError
from testing.faults import in_child, kill
from tests.hei_nw_tasks.memory.worlds import event, question

STORES = [
    Store(name, [event(n, f"{name} {n}.", name) for n in range(3)], [question(3, world_id=name)])
    for name in ("u", "v")
]


def replays(stores: Sequence[Store]) -> list[Replay]:
    item = RecalledItem(text="É → 1.", event_id=None, score=0.1 + 0.2)
    found = RecalledNow(items=[item], seconds=0.1, calls=None, tokens=3, flops=1e300)
    return [
        Replay(
            store=store.id, written=[], seconds=0.25, calls=None, tokens=1, flops=0.5, bytes=7,
            lost=None, forgotten=Forgotten(), recalled={"q": found}, capabilities={"ranked": True},
        )
        for store in stores
    ]  # fmt: skip


class Writer:
    """Writes stores, and counts how often."""

    def __init__(self, stores: Sequence[Store] = STORES) -> None:
        self.stores, self.folders = stores, list[Path]()

    def __call__(self, folder: Path) -> list[Replay]:
        assert list(folder.iterdir()) == [], "it begins with an empty folder"
        self.folders.append(folder)
        (folder / "notes").write_text("…")
        return replays(self.stores)


def keeper(folder: Path, **identity: Any) -> Keeper:
    return Keeper(str(folder), {"memory": "m"} | identity)


def test_what_is_kept_is_not_written_again_and_is_the_same(tmp_path: Path):
    write = Writer()
    for made in (keeper(tmp_path), keeper(tmp_path)):
        assert made.replays(STORES, write) == replays(STORES)
    (folder,) = write.folders
    assert (folder / "notes").exists(), "what the memory wrote stays for a look"
    assert folder.parent == tmp_path / "stores"


def other_event(event_: Any) -> Store:
    return Store("u", [event_, *STORES[0].events[1:]], STORES[0].questions)


first = STORES[0].events[0]


@pytest.mark.parametrize(
    "store",
    [
        other_event(first._replace(text="else")),
        other_event(first._replace(event_id="else")),
        other_event(first._replace(pinned=True)),
        other_event(first._replace(forgets=("u-e1",))),
        other_event(first._replace(date=STORES[0].events[1].date)),
        Store("else", STORES[0].events, STORES[0].questions),
        Store("u", STORES[0].events, [question(3, "Else?", "u")]),
        Store("u", STORES[0].events, [question(2, world_id="u")]),
    ],
)
def test_whatever_a_memory_is_told_or_asked_makes_another_store(tmp_path: Path, store: Store):
    write = Writer(STORES[:1])
    keeper(tmp_path).replays(STORES[:1], write)
    keeper(tmp_path).replays([store], write)
    assert len(set(write.folders)) == 2


def test_other_options_or_neighbours_are_other_stores(tmp_path: Path):
    write, alone = Writer(), Writer(STORES[:1])
    keeper(tmp_path).replays(STORES, write)
    keeper(tmp_path, memory_seed=1).replays(STORES, write)
    keeper(tmp_path).replays(STORES[:1], alone)
    assert len({*write.folders, *alone.folders}) == 3


def test_without_a_folder_nothing_is_kept():
    write, none = Writer(), Keeper(None, {})
    assert none.replays(STORES, write) == none.replays(STORES, write) == replays(STORES)
    assert len(set(write.folders)) == 2
    assert not any(folder.exists() for folder in write.folders)


def _ask(folder: Path, log: Path, barrier: Any) -> None:
    def write(inside: Path) -> list[Replay]:
        with log.open("a") as lines:
            lines.write(f"{os.getpid()}\n")
        return Writer()(inside)

    made = keeper(folder)
    barrier.wait(60)
    assert made.replays(STORES, write) == replays(STORES)


def test_processes_that_ask_at_once_write_once(tmp_path: Path):
    context, log, folder = multiprocessing.get_context("fork"), tmp_path / "log", tmp_path / "kept"
    barrier = context.Barrier(3)
    children = [context.Process(target=_ask, args=(folder, log, barrier)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0, 0]
    assert len(log.read_text().splitlines()) == 1


def test_a_writer_that_is_killed_leaves_nothing_that_counts(tmp_path: Path):
    def die(folder: Path) -> list[Replay]:
        Writer()(folder)
        kill()
        raise AssertionError

    assert in_child(lambda: keeper(tmp_path).replays(STORES, die)) == -9
    (left,) = (tmp_path / "stores").glob("*/notes")
    left.write_text("half of it")
    write = Writer()
    assert keeper(tmp_path).replays(STORES, write) == replays(STORES)
    assert write.folders == [left.parent]


def test_a_memory_that_fails_is_told_anew_next_time(tmp_path: Path):
    def fail(folder: Path) -> list[Replay]:
        (folder / "half").touch()
        raise PluginError("m recalls None")

    with pytest.raises(PluginError, match="recalls None"):
        keeper(tmp_path).replays(STORES, fail)
    write = Writer()
    keeper(tmp_path).replays(STORES, write)
    assert len(write.folders) == 1


def _damage(change: Callable[[bytes], bytes]) -> Callable[[sqlite3.Connection], None]:
    def damage(database: sqlite3.Connection) -> None:
        (key, value), *_ = database.execute("SELECT key, value FROM replays_1").fetchall()
        database.execute("UPDATE replays_1 SET value = ? WHERE key = ?", (change(value), key))

    return damage


@pytest.mark.parametrize(
    "damage", [_damage(lambda value: value[:-1]), _damage(lambda value: b"{}")]
)
def test_a_damaged_row_is_written_anew(
    tmp_path: Path, damage: Any, caplog: pytest.LogCaptureFixture
):
    write = Writer()
    keeper(tmp_path).replays(STORES, write)
    with closing(sqlite3.connect(tmp_path / "replays.sqlite")) as database, database:
        damage(database)
    assert keeper(tmp_path).replays(STORES, write) == replays(STORES)
    assert len(write.folders) == 2
    assert ["has damaged rows" in line for line in caplog.messages] == [True]


def test_many_large_stores_in_a_folder_are_kept_too(tmp_path: Path):
    """Each has a row of its own: a row has a limit of 16 MiB."""

    def write(folder: Path) -> list[Replay]:
        item = RecalledItem(text="x" * 9_000_000, event_id=None, score=None)
        return [
            made.model_copy(
                update={"recalled": {"q": made.recalled["q"].model_copy(update={"items": [item]})}}
            )
            for made in replays(STORES)
        ]

    def never(folder: Path) -> list[Replay]:
        raise AssertionError

    keeper(tmp_path).replays(STORES, write)
    assert len(keeper(tmp_path).replays(STORES, never)) == 2


def test_a_folder_of_others_is_refused_and_left_alone(tmp_path: Path):
    (tmp_path / "thesis.tex").write_text("…")
    with pytest.raises(ConfigError, match=r"memory_folder=.*holds files that are not ours → name"):
        keeper(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_folder_of_another_version_is_refused_and_still_that_versions(tmp_path: Path):
    path = tmp_path / "replays.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE replays_17 (key)")
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=r"was written by another version.*name another one with"):
        keeper(tmp_path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["file", "file/below", "null\0"])
def test_a_folder_that_cannot_be_is_refused_in_one_line(tmp_path: Path, name: str):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"memory_folder|cannot be used") as caught:
        Keeper(str(tmp_path / name), {})
    assert len(str(caught.value).splitlines()) == 1


def test_a_disk_that_is_full_while_writing_is_one_line(tmp_path: Path):
    def fail(folder: Path) -> list[Replay]:
        raise OSError(28, "No space left on device")

    with pytest.raises(ConfigError, match=r"No space left.*→ make room, or name another memory_f"):
        keeper(tmp_path).replays(STORES, fail)


def test_what_is_kept_is_json(tmp_path: Path):
    keeper(tmp_path).replays(STORES, Writer())
    with closing(sqlite3.connect(tmp_path / "replays.sqlite")) as database:
        rows = [json.loads(row) for (row,) in database.execute("SELECT value FROM replays_1")]
    assert {row["store"] for row in rows} == {"u", "v"}
