"""LangGraph's store as a memory: real, with vectors of a real encoder, and no network."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from generators.errors import ConfigError
from hei_nw_tasks.memory.protocol import Budget
from hei_nw_tasks.memory.replayed import Forgotten
from hei_nw_tasks.memory.systems import made_with, memory_class
from hei_nw_tasks.plugins import PluginError
from tests.hei_nw_tasks.memory.outside import (
    SETTINGS,
    K,
    check_recalled,
    end_of_day,
    items_of,
    no_network,
    opened,
    replayed,
    small_store,
    texts_of,
)

__all__ = ["no_network"]
pytestmark = pytest.mark.usefixtures("no_network")


@pytest.mark.parametrize("scenario", sorted(SETTINGS))
def test_recalls_the_nearest_of_the_events_that_were_told_and_not_forgotten(
    tmp_path: Path, scenario: str
) -> None:
    store = small_store(scenario)
    (made,) = replayed("langgraph", [store], tmp_path / "m")
    assert all(event.stored for event in made.written)
    assert (made.calls, made.tokens, made.lost) == (0, 0, 0)
    assert made.bytes
    assert made.forgotten.model_copy(update={"on_disk": None}) == Forgotten(asked=1, deleted=1)
    (forgotten,) = store.events[4].forgets
    for question in store.questions:
        told = store.events[: question.store_size]
        left = [event for event in told if event.event_id != forgotten]
        check_recalled(items_of(made)[question.id], question.query, left)


@pytest.mark.parametrize("where", ["sqlite", "memory"])
def test_asked_about_the_past_it_says_nothing_of_the_time_after(tmp_path: Path, where: str) -> None:
    store = small_store("A")
    with opened("langgraph", tmp_path, store=where) as memory:
        assert memory.capabilities.as_of
        for episode in store.episodes():
            memory.write(episode)
        for size in (1, 7, 16):
            last, query = store.events[size - 1], store.questions[0].query
            past = [event for event in store.events if event.date <= last.date]
            found = memory.recall(query, end_of_day(last), Budget(K)).items
            check_recalled(found, query, past)


def test_an_event_that_is_written_twice_is_there_once_and_can_be_replaced(tmp_path: Path) -> None:
    store = small_store("A")
    first, second = store.episodes()[:2]
    with opened("langgraph", tmp_path) as memory:
        assert memory.capabilities.idempotent
        assert memory.write(first).refs == memory.write(first).refs == (first.id,)
        assert memory.refs() == [first.id]
        assert memory.update(first.id, second).refs == (first.id,)
        (found,) = memory.recall("?", end_of_day(store.events[1]), Budget(K)).items
        assert (found.text, found.event_id) == (second.text, second.id)
        assert memory.recall("?", end_of_day(store.events[1]), Budget(K)).usage.flops > 0
        memory.delete(first.id)
        assert memory.refs() == []


def test_two_users_of_a_file_do_not_see_each_other(tmp_path: Path) -> None:
    stores = [small_store("A"), small_store("A", world=1)]
    together = replayed("langgraph", stores, tmp_path / "both")
    for number, store in enumerate(stores):
        (alone,) = replayed("langgraph", [store], tmp_path / str(number))
        assert texts_of(together[number]) == texts_of(alone)
        assert all(not found.foreign for found in together[number].recalled.values())


def test_what_is_recalled_is_the_same_again_and_when_reopened(tmp_path: Path) -> None:
    store = small_store("D")
    (once,) = replayed("langgraph", [store], tmp_path / "1")
    (again,) = replayed("langgraph", [store], tmp_path / "2")
    (reopened,) = replayed("langgraph", [store], tmp_path / "3", reopen=True)
    assert texts_of(once) == texts_of(again) == texts_of(reopened)


def test_in_memory_it_recalls_the_same_and_cannot_be_reopened(tmp_path: Path) -> None:
    store = small_store("A")
    (on_disk,) = replayed("langgraph", [store], tmp_path / "1")
    (in_memory,) = replayed("langgraph", [store], tmp_path / "2", store="memory")
    assert in_memory.bytes is None
    assert texts_of(in_memory) == texts_of(on_disk)
    with pytest.raises(PluginError, match="cannot be opened again"):
        replayed("langgraph", [store], tmp_path / "3", store="memory", reopen=True)


def test_unknown_store() -> None:
    with pytest.raises(ConfigError, match="store='redis' → use one of sqlite, memory"):
        made_with("langgraph", {"store": "redis"})()


def test_without_the_extra_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "hei_nw_tasks.memory.langgraph")
    monkeypatch.setitem(sys.modules, "langgraph.store.sqlite", None)
    with pytest.raises(ConfigError, match=r"pip install 'hei-nw-tasks\[langgraph\]'"):
        memory_class("langgraph")


def test_sqlite_that_loads_no_extensions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = SimpleNamespace(Connection=object, connect=sqlite3.connect)
    monkeypatch.setattr("hei_nw_tasks.memory.langgraph.sqlite3", bare)
    monkeypatch.setitem(sys.modules, "pysqlite3.dbapi2", None)
    with pytest.raises(ConfigError, match="pip install pysqlite3, or use store=memory"):
        replayed("langgraph", [small_store("A")], tmp_path / "m")
