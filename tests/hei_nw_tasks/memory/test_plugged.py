"""Whatever a memory gives is what the protocol asks for, or one line that names it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.protocol import (
    Budget,
    Capabilities,
    Episode,
    Item,
    Recalled,
    Usage,
    Written,
)
from hei_nw_tasks.plugins import PluginError

NOW = datetime(2024, 5, 1, tzinfo=UTC)
EVENT = Episode("e1", "It rained.", NOW, "w")


class Giving:
    """A memory that gives what a test wants."""

    def __init__(self, written: Any = None, recalled: Any = (), refs: Any = ()) -> None:
        self.written, self.recalled, self.names = written, recalled, refs

    def write(self, event: Episode) -> Any:
        return self.written

    def recall(self, query: str) -> Any:
        return self.recalled

    def refs(self) -> Any:
        return self.names


def plugged(memory: Any, **options: Any) -> PluggedMemory:
    return PluggedMemory("memory='m'", lambda: memory, **options)


def recalled(gave: Any, k: int | None = 3) -> Recalled:
    memory = plugged(Giving(recalled=gave))
    memory.write(EVENT)
    return memory.recall("weather?", NOW, Budget(k))


@pytest.mark.parametrize(
    ("gave", "written"),
    [
        (None, Written(True, refs=("e1",))),
        (True, Written(True, refs=("e1",))),
        (False, Written(False, refs=("e1",))),
        ("row 7", Written(True, refs=("row 7",))),
        (["a", "b"], Written(True, refs=("a", "b"))),
        ([], Written(False, refs=("e1",))),
        (Written(True, 0.5, usage=Usage(1, 20)), Written(True, 0.5, ("e1",), Usage(1, 20))),
        (Written(True, refs=["a"]), Written(True, refs=("a",))),  # type: ignore[arg-type]
    ],
)
def test_what_write_and_update_may_give(gave: Any, written: Written):
    assert plugged(Giving(gave)).write(EVENT) == written

    class Updating(Giving):
        def update(self, ref: str, event: Episode) -> Any:
            return (ref, event) == ("e1", EVENT) and self.written

    if gave is not None:
        assert plugged(Updating(gave)).update("e1", EVENT) == written


@pytest.mark.parametrize(
    "gave",
    [
        *(7, 1.0, b"ref", ["a", 7], {"id": "a"}, object()),
        *(Written(refs="abc"), Written(refs=(7,)), Written(refs=None)),  # type: ignore[arg-type]
        *(Written("yes"), Written(score=float("nan")), Written(score="high")),  # type: ignore[arg-type]
    ],
)
def test_what_write_must_not_give(gave: Any):
    with pytest.raises(PluginError, match=r"memory='m' gives .* → return None, a bool, the mem"):
        plugged(Giving(gave)).write(EVENT)


@pytest.mark.parametrize("usage", [None, Usage(-1), Usage(tokens=float("inf")), Usage(True)])  # type: ignore[arg-type]
def test_a_usage_is_counts(usage: Any):
    with pytest.raises(PluginError, match="as its usage → give counts, or None"):
        plugged(Giving(Written(usage=usage))).write(EVENT)
    with pytest.raises(PluginError, match="as its usage → give counts, or None"):
        recalled(Recalled([], usage))


def test_what_recall_may_give():
    def texts() -> Iterator[str]:
        yield from ("a", "b")

    for gave in (["a", "b"], ("a", "b"), texts(), [Item("a"), "b"], Recalled([Item("a"), "b"])):  # type: ignore[list-item]
        assert recalled(gave).items == [Item("a"), Item("b")]
    assert recalled([]) == Recalled([])
    assert recalled([Item("two\nlines\r\n", "e1", 0.5), ""]).items == [Item("two lines", "e1", 0.5)]
    assert recalled(["x"] * 50, None).items == [Item("x")] * 50


@pytest.mark.parametrize(
    ("gave", "message"),
    [
        (None, "recalls None → return texts, Items, or a Recalled"),
        ("text", "recalls 'text' → return texts"),
        (b"text", "recalls b'text' → return texts"),
        ({"results": []}, r"recalls \{'results': \[\]\} → return texts"),
        ({"a"}, r"recalls \{'a'\} → return texts"),
        ([7], "recalls 7, no text → return texts"),
        ([None], "recalls None, no text"),
        ([Item(None)], "no text"),  # type: ignore[arg-type]
        (Recalled(None), "recalls None → return texts"),  # type: ignore[arg-type]
        (list("abcd"), "recalls 4 items where 3 were asked for → return at most k"),
        ([Item("a", "e2")], "recalls event 'e2', which it was not told → give the id of the event"),
        ([Item("a", "e1", "x")], "gives 'x' as a score → give a number, or None"),  # type: ignore[arg-type]
        ([Item("a", "e1", float("nan"))], "gives nan as a score"),
        (["half \ud83d"], "with half of a surrogate pair → give whole characters"),
    ],
)
def test_what_recall_must_not_give(gave: Any, message: str):
    with pytest.raises(PluginError, match=f"^memory='m' {message}|^memory='m' .*{message}"):
        recalled(gave)


def test_ids_that_the_memories_of_a_folder_were_told_are_known():
    known: set[str] = set()
    one = plugged(Giving(recalled=[Item("a", "e2")]), known=known)
    other = plugged(Giving(), known=known)
    one.write(EVENT)
    with pytest.raises(PluginError, match="not told"):
        one.recall("?", NOW, Budget(1))
    other.write(replace(EVENT, id="e2"))
    assert one.recall("?", NOW, Budget(1)).items == [Item("a", "e2")]


@pytest.mark.parametrize(
    ("memory", "message"),
    [
        (object(), "has no method write → see hei_nw_tasks/memory/protocol.py"),
        (type("OnlyWrites", (), {"write": None})(), "has no method write"),
    ],
)
def test_a_memory_has_to_write_and_recall(memory: Any, message: str):
    with pytest.raises(PluginError, match=message):
        plugged(memory)


def test_a_memory_that_cannot_be_made_is_named():
    def make() -> Any:
        raise OSError("no disk")

    with pytest.raises(PluginError, match=r"^m raised OSError: no disk \(.*test_plugged\.py:\d+\)"):
        PluggedMemory("m", make)


@pytest.mark.parametrize("method", ["write", "recall", "flush", "refs", "open", "close"])
def test_whatever_a_method_raises_names_its_line(method: str, tmp_path: Path):
    def fail(*args: Any) -> Any:
        raise KeyError("text")

    memory = Giving()
    setattr(memory, method, fail)
    wrapped = plugged(memory)
    calls: dict[str, Callable[[], Any]] = {
        "write": lambda: wrapped.write(EVENT),
        "recall": lambda: wrapped.recall("?", NOW, Budget(1)),
        "flush": wrapped.flush,
        "refs": wrapped.refs,
        "open": lambda: wrapped.open("w", tmp_path, 0),
        "close": wrapped.close,
    }
    with pytest.raises(PluginError, match=r"memory='m' raised KeyError: 'text' \(.*plugged\.py:"):
        calls[method]()


def test_a_memory_that_hangs_is_named_with_the_option():
    go = threading.Event()
    memory = Giving()
    memory.write = lambda event: go.wait(60)  # type: ignore[method-assign, assignment]
    with pytest.raises(PluginError, match=r"has not answered in memory_timeout=0.05 seconds → men"):
        plugged(memory, timeout_s=0.05).write(EVENT)
    go.set()


def test_capabilities_are_what_it_states_else_what_it_has_and_gives(tmp_path: Path):
    class Able(Giving):
        def open(self, scope: str, folder: Path) -> None:
            self.opened = (scope, folder)

        def delete(self, ref: str) -> None:
            self.deleted = ref

    memory = Able(Written(score=0.1), [Item("It rained.", "e1")])
    wrapped = plugged(memory)
    found = Capabilities(delete=True, update=False, scopes=True, reopen=True, consolidate=False)
    assert wrapped.capabilities == replace(found, provenance=False, gate=False)
    wrapped.open("w", tmp_path, 0)
    assert memory.opened == ("w", tmp_path)
    wrapped.write(EVENT)
    wrapped.recall("?", NOW, Budget(1))
    assert wrapped.capabilities == replace(found, provenance=True, gate=True)
    memory.capabilities = Capabilities(as_of=True, delete=False)  # type: ignore[attr-defined]
    assert (wrapped.capabilities.as_of, wrapped.capabilities.delete) == (True, False)


@pytest.mark.parametrize("stated", [{"delete": True}, Capabilities(as_of="yes"), 7])  # type: ignore[arg-type]
def test_capabilities_of_another_kind_are_refused(stated: Any):
    memory = Giving()
    memory.capabilities = stated  # type: ignore[attr-defined]
    with pytest.raises(PluginError, match=r"memory='m': its capabilities are .* → use Capabilit"):
        _ = plugged(memory).capabilities


def test_a_memory_without_more_methods_is_asked_for_no_more(tmp_path: Path):
    class Smallest:
        def write(self, event: Episode) -> None:
            with pytest.raises(FrozenInstanceError):
                event.text = "changed"  # type: ignore[misc]

        def recall(self) -> list[str]:
            return []

    memory = plugged(Smallest())
    memory.use_model(object())
    memory.open("w", tmp_path, 0)
    memory.write(EVENT)
    memory.flush()
    assert memory.refs() is None
    memory.close()
    memory.end()


def test_reopening_makes_another_one_with_the_same_model_and_folder(tmp_path: Path):
    made: list[Any] = []

    class Opening(Giving):
        def __init__(self) -> None:
            super().__init__()
            self.calls: list[Any] = []
            made.append(self)

        def use_model(self, model: Any) -> None:
            self.calls.append(model)

        def open(self, scope: str, folder: Path, seed: int) -> None:
            self.calls.append((scope, folder, seed))

    memory = PluggedMemory("m", Opening, 9)
    memory.use_model("model")
    memory.open("w", tmp_path, 3)
    memory.close()
    memory.reopen()
    assert [one.calls for one in made] == [["model", ("w", tmp_path, 3)]] * 2
    memory.end()


def test_the_names_of_all_that_is_stored():
    assert plugged(Giving(refs=(n for n in ("a", "b")))).refs() == {"a", "b"}
    with pytest.raises(PluginError, match="'int' object is not iterable"):
        plugged(Giving(refs=7)).refs()
