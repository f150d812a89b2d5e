"""Whatever a retriever or an embedder gives is what the protocol asks for, or one line."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from generators.errors import ConfigError
from generators.records import World, to_row
from hei_nw_tasks.memory.options import RagOptions
from hei_nw_tasks.memory.recallers import by_baseline
from hei_nw_tasks.memory.registry import ARMS
from hei_nw_tasks.memory.stores import register
from hei_nw_tasks.plugins import PluginError
from hei_nw_tasks.retrieval.plugins import CheckedEmbedder
from hei_nw_tasks.retrieval.protocols import Log
from hei_nw_tasks.retrieval.registry import make_retriever
from tests.hei_nw_tasks.memory.worlds import made_world, tables_of

VISIBLE = 7
# A log of which the question may see the beginning.
WORLD = made_world([f"event {n}" for n in range(12)], visible=VISIBLE)


def ranked_by(options: RagOptions, world: World = WORLD) -> list[int]:
    """Positions of what the arm `rag` ranks."""
    register(tables_of([world]))
    (question,) = world.questions
    arm = by_baseline(ARMS["rag"], options, len)
    ((_, recall),) = arm.recalls([to_row(question)], quiet=True)
    assert recall.ranked is not None
    places = {event.event_id: place for place, event in enumerate(world.events)}
    ranked = [places[id_] for id_ in recall.ranked]
    assert [places[str(id_)] for id_ in recall.event_ids] == sorted(ranked[: options.k])
    return ranked


class Scripted:
    """A retriever that gives what the test wants."""

    give: ClassVar[Callable[[], Any]]
    flops: ClassVar[Callable[[], Any]] = lambda: None

    def search(self, query: str, log: Log, k: int) -> Any:
        return Scripted.give()

    def query_flops(self, query: str) -> Any:
        return Scripted.flops()


class ScriptedEmbedder:
    """An embedder likewise."""

    name = "scripted"
    passages: ClassVar[Callable[[int], Any]]
    queries: ClassVar[Callable[[int], Any]]

    def embed_queries(self, texts: Sequence[str]) -> Any:
        return ScriptedEmbedder.queries(len(texts))

    def embed_passages(self, texts: Sequence[str]) -> Any:
        return ScriptedEmbedder.passages(len(texts))


RETRIEVER, EMBEDDER = f"{__name__}:Scripted", f"{__name__}:ScriptedEmbedder"


def found(give: Callable[[], Any], flops: Callable[[], Any] = lambda: None) -> list[int]:
    """What the arm ranks when the retriever gives this."""
    Scripted.give, Scripted.flops = staticmethod(give), staticmethod(flops)
    return ranked_by(RagOptions(k=3, retriever=RETRIEVER))


def embedded(passages: Callable[[int], Any], queries: Callable[[int], Any]) -> list[int]:
    """What the arm ranks when the embedder gives this."""
    ScriptedEmbedder.passages, ScriptedEmbedder.queries = passages, queries
    return ranked_by(RagOptions(k=3, embedder=EMBEDDER))


def raises(error: BaseException) -> Callable[..., Any]:
    def give(*_: Any) -> Any:
        raise error

    return give


def refused(make: Callable[[], Any], name: str) -> str:
    """The one line, which names the plug-in, the question and what to do."""
    with pytest.raises(PluginError) as caught:
        make()
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith("question 'q': ")
    assert name in line
    assert " → " in line
    return line


@pytest.mark.parametrize(
    "give",
    [
        lambda: [3, 0, 6],
        lambda: (3, 0, 6),
        lambda: np.array([3, 0, 6]),
        lambda: [np.int32(3), np.uint8(0), np.int64(6)],
        lambda: torch.tensor([3, 0, 6]),
        lambda: deque([3, 0, 6]),
    ],
)
def test_positions_in_any_order_and_any_sequence(give: Callable[[], Any]):
    assert found(give) == [3, 0, 6]


@pytest.mark.parametrize("positions", [range(0), range(1), range(6, -1, -1)])
def test_as_many_positions_as_the_retriever_finds(positions: range):
    assert found(lambda: positions) == list(positions)


@pytest.mark.parametrize(
    ("give", "reason"),
    [
        (lambda: [0, VISIBLE], "position 7 of 7 events"),
        (lambda: [11], "position 11 of 7 events"),
        (lambda: [10**30], "of 7 events"),
        (lambda: [-1], "position -1 of 7 events"),
        (lambda: [2.0], "2.0 as a position"),
        (lambda: [float("nan")], "nan as a position"),
        (lambda: np.array([0.0, 1.0]), "0.0 as a position"),
        (lambda: [True, False], "True as a position"),
        (lambda: ["e2"], "'e2' as a position"),
        (lambda: [[0], [1]], "as a position"),
        (lambda: [(2, 0.9)], "as a position"),
        (lambda: [None], "None as a position"),
        (lambda: [2] * 10, "position 2 twice"),
        (lambda: [1, np.int64(1)], "position 1 twice"),
        (lambda: {1, 2}, "no list of positions"),
        (lambda: {1: 0.5}, "no list of positions"),
        (lambda: (n for n in range(3)), "a generator, no list of positions"),
        (lambda: None, "None, no list of positions"),
        (lambda: "012", "no list of positions"),
        (lambda: 3, "3, no list of positions"),
        (lambda: np.int64(3), "3, no list of positions"),
        (raises(RuntimeError("no index\nand more")), r"raised RuntimeError: no index ("),
        (raises(KeyError()), "raised KeyError: no message"),
        (raises(StopIteration()), "raised StopIteration"),
        (raises(RecursionError("deep")), "raised RecursionError"),
    ],
)
def test_a_retriever_that_misbehaves_is_one_line(give: Callable[[], Any], reason: str):
    assert reason in refused(lambda: found(give), f"retriever='{RETRIEVER}'")


def test_the_line_says_where_a_plug_in_raised():
    line = refused(lambda: found(raises(RuntimeError("broken"))), RETRIEVER)
    assert f"({__file__}:" in line


@pytest.mark.parametrize("flops", [-1, float("nan"), float("inf"), "many", [1], 10**400])
def test_flops_that_are_no_number_are_one_line(flops: Any):
    assert "FLOPs" in refused(lambda: found(lambda: [0], lambda: flops), RETRIEVER)


def test_interrupts_pass():
    with pytest.raises(KeyboardInterrupt):
        found(raises(KeyboardInterrupt()))


ITEMS = st.integers(-3, 15) | st.floats() | st.booleans() | st.none() | st.text() | st.binary()
ANYTHING = st.recursive(
    ITEMS,
    lambda inner: (
        st.lists(inner)
        | st.lists(st.integers(-1, 9)).map(np.array)
        | st.lists(inner).map(tuple)
        | st.lists(inner).map(iter)
        | st.sets(st.integers(0, 6))
        | st.dictionaries(st.integers(0, 6), inner)
    ),
)
RIGHT = st.permutations(range(VISIBLE)).flatmap(
    lambda order: st.sampled_from([tuple(order), list(order), np.array(order), list(order[:2])])
)


@given(ANYTHING | st.lists(st.integers(-1, 9)) | RIGHT)
def test_the_future_never_enters_whatever_a_retriever_gives(given_back: Any):
    try:
        ranked = found(lambda: given_back)
    except PluginError:
        refused(lambda: found(lambda: given_back), f"retriever='{RETRIEVER}'")
        return
    assert ranked == [int(item) for item in given_back]
    assert all(0 <= position < VISIBLE for position in ranked)
    assert len(ranked) == len(set(ranked))


class Peeking:
    """Looks for the future in all that it is handed."""

    def search(self, query: str, log: Log, k: int) -> list[int]:
        assert "future" not in repr((query, log, vars(log)))
        return list(range(min(k, len(log.texts))))


def test_a_plugged_in_retriever_is_handed_no_future():
    for visible in (3, 5, 1, 0):
        texts = [f"past {n}" for n in range(visible)] + [f"future {n}" for n in range(visible, 9)]
        options = RagOptions(k=3, retriever=f"{__name__}:Peeking")
        assert ranked_by(options, made_world(texts, visible)) == list(range(visible))


def unit(count: int, dimensions: int = 4) -> NDArray[np.float32]:
    """Different vectors of length 1."""
    angles = np.linspace(0, 1, count)
    vectors = np.zeros((count, dimensions), dtype=np.float32)
    vectors[:, 0], vectors[:, 1] = np.cos(angles), np.sin(angles)
    return vectors


def one_wrong(value: Any) -> Callable[[int], Any]:
    def passages(count: int) -> Any:
        vectors = unit(count)
        vectors[count // 2] = value
        return vectors

    return passages


@pytest.mark.parametrize(
    "passages",
    [
        unit,
        lambda count: unit(count).tolist(),
        lambda count: unit(count).astype(np.float64),
        lambda count: torch.tensor(unit(count)),
        lambda count: 3 * unit(count),
    ],
)
def test_vectors_of_any_kind_of_number(passages: Callable[[int], Any]):
    assert embedded(passages, unit) == list(range(VISIBLE))


@pytest.mark.parametrize(
    ("passages", "reason"),
    [
        (one_wrong(np.nan), "vector 4 of 7 holds NaN or infinity"),
        (one_wrong(np.inf), "vector 4 of 7 holds NaN or infinity"),
        (one_wrong(1e30), "too long"),
        (lambda count: unit(count).astype(np.float64) * 1e300, "too long"),
        (one_wrong(0.0), "vector 4 of 7 is zero"),
        (lambda count: unit(count + 1), "of shape (8, 4)"),
        (lambda count: unit(count - 1), "of shape (6, 4)"),
        (lambda count: unit(count)[0], "of shape (4,)"),
        (lambda count: unit(count)[None], "of shape (1, 7, 4)"),
        (lambda count: unit(count).astype(str), "of shape (7, 4) and type"),
        (lambda count: unit(count).astype(complex), "complex"),
        (lambda count: [[1.0] * n for n in range(count)], "gives list for 7 texts"),
        (lambda count: np.zeros((count, 0)), "is zero"),
        (lambda count: None, "gives NoneType"),
        (lambda count: {1.0}, "gives set"),
        (lambda count: (row for row in unit(count)), "gives generator"),
        (lambda count: torch.tensor(unit(count), requires_grad=True), "gives Tensor"),
        (lambda count: unit(count, 5), "4 numbers for a query and 5 for an event"),
        (raises(RuntimeError("broken")), "raised RuntimeError: broken"),
    ],
)
def test_an_embedder_that_misbehaves_is_one_line(passages: Callable[[int], Any], reason: str):
    for retriever in ("dense", "hybrid"):
        ScriptedEmbedder.passages, ScriptedEmbedder.queries = passages, unit
        options = RagOptions(retriever=retriever, embedder=EMBEDDER)
        name = "scripted" if "numbers for" in reason else f"embedder='{EMBEDDER}'"
        assert reason in refused(lambda o=options: ranked_by(o), name)


@given(
    st.lists(
        st.lists(st.floats(width=32), min_size=3, max_size=3), min_size=VISIBLE, max_size=VISIBLE
    ),
    st.lists(st.floats(width=32), min_size=3, max_size=3),
)
def test_no_vector_lets_the_future_in(passages: list[list[float]], query: list[float]):
    try:
        ranked = embedded(lambda count: passages, lambda count: [query])
    except PluginError:
        assert not all(1e-37 < sum(x * x for x in row) < 1e38 for row in (*passages, query))
        return
    assert sorted(ranked) == list(range(VISIBLE))


class NoMethods:
    pass


class Raising:
    def __init__(self) -> None:
        raise RuntimeError("no licence")


not_callable = 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("NoMethods", "has no method"),
        ("Raising", "raised RuntimeError: no licence"),
        ("not_callable", "raised TypeError"),
        ("VISIBLE", "raised TypeError"),
    ],
)
def test_plug_ins_that_cannot_be_made(name: str, reason: str):
    with pytest.raises(PluginError, match=reason) as caught:
        make_retriever(f"{__name__}:{name}")
    assert f"retriever='{__name__}:{name}'" in str(caught.value)
    with pytest.raises(PluginError, match=reason) as caught:
        make_retriever("dense", embedder=f"{__name__}:{name}")
    assert f"embedder='{__name__}:{name}'" in str(caught.value)


def test_a_module_that_raises_when_imported(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "heinw_broken_plugin.py").write_text("1 / 0\n")
    (tmp_path / "heinw_odd_plugin.py").write_text("def (\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    for name, reason in (("broken", "ZeroDivisionError"), ("odd", "SyntaxError")):
        with pytest.raises(ConfigError, match=f"cannot be imported.*{reason}"):
            make_retriever(f"heinw_{name}_plugin:Class")


class Nameless:
    embed_queries = embed_passages = ScriptedEmbedder.embed_queries


class Odd(Nameless):
    @property
    def name(self) -> str:
        raise KeyError("no name")


def test_an_embedder_without_a_name_goes_by_that_of_its_class():
    assert CheckedEmbedder("embedder='m:C'", ScriptedEmbedder).name == "scripted"
    assert CheckedEmbedder("embedder='m:C'", Nameless).name == "embedder='m:C'"
    with pytest.raises(PluginError, match="embedder='m:C' raised KeyError"):
        CheckedEmbedder("embedder='m:C'", Odd)
