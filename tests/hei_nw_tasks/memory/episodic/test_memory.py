"""`episodic` against a list that does the same, whatever it is told, and in several scopes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.errors import ConfigError
from hei_nw_tasks.memory.episodic import Episodic
from hei_nw_tasks.memory.options import MemoryOptions
from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.protocol import Budget, Usage, Written
from hei_nw_tasks.memory.recallers import by_memory
from tests.hei_nw_tasks.memory.episodic.model import START, Model, episode

WORDS = ["ada", "key", "lost", "5433", "18:33", "rht-47", "don't", "Ämter", "鍵", "NEAR", "x"]
texts = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)
names = st.sampled_from([f"e{number}" for number in range(9)])
hours = st.integers(0, 200)
told = st.builds(episode, names, texts, hours, pinned=st.booleans())
asked = st.tuples(st.just("recall"), texts, hours, st.integers(0, 12))
steps = st.lists(
    st.tuples(
        st.sampled_from(["ada", "bo"]),
        st.one_of(
            st.tuples(st.just("write"), told),
            st.tuples(st.just("write"), told),
            st.tuples(st.just("update"), names, told),
            st.tuples(st.just("delete"), names),
            st.tuples(st.sampled_from(["flush", "reopen"])),
            asked,
        ),
    ),
    max_size=40,
)


def opened(folder: Path, scope: str = "ada", **options: Any) -> Episodic:
    memory = Episodic(**options)
    memory.open(scope, folder)
    return memory


def recalled(memory: Episodic, query: str, hours: float = 1e4, k: int | None = 10) -> list[Any]:
    found = memory.recall(query, START + timedelta(hours=hours), Budget(k))
    return [(item.event_id, item.text) for item in found.items]


@settings(max_examples=25)
@given(steps, st.sampled_from([None, 1, 4]), st.sampled_from([None, 0.5, 3]))
def test_it_does_what_a_list_does(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[Any],
    max_events: int | None,
    ttl_days: float | None,
):
    folder = tmp_path_factory.mktemp("episodic")
    limits = {"max_events": max_events, "ttl_days": ttl_days}
    memories = {scope: opened(folder, scope, **limits) for scope in ("ada", "bo")}
    lists = {scope: Model(max_events, ttl_days) for scope in memories}
    for scope, (do, *values) in steps:
        memory, model = memories[scope], lists[scope]
        if do in ("write", "update"):
            stored = getattr(memory, do)(*values).stored
            assert stored == getattr(model, do)(*values)
        elif do == "delete":
            memory.delete(*values)
            model.delete(*values)
        elif do == "flush":
            memory.flush()
        elif do == "reopen":
            memory.close()
            memories[scope] = opened(folder, scope, **limits)
        else:
            query, hour, k = values
            expected = model.recall(query, START + timedelta(hours=hour), k)
            assert recalled(memory, query, hour, k) == expected
        assert set(memories[scope].refs()) == model.refs()
    for scope, memory in memories.items():
        ends = START + timedelta(hours=300)
        assert recalled(memory, "ada lost x", 300) == lists[scope].recall("ada lost x", ends, 10)
        memory.close()


def test_an_event_has_one_name_all_its_life(tmp_path: Path):
    memory = opened(tmp_path)
    assert memory.write(episode("e1", "The port is 5433.")).refs == ("e1",)
    assert memory.update("e1", episode("e2", "The port is 6001.", 24)).refs == ("e1",)
    assert memory.update("e2", episode("e3", "The port is 7002.", 48)).refs == ("e1",)
    assert list(memory.refs()) == ["e1"]
    for hour, port in ((0, 5433), (23, 5433), (24, 6001), (47, 6001), (48, 7002), (999, 7002)):
        ((_, text),) = recalled(memory, "port", hour)
        assert text == f"The port is {port}."
    memory.delete("e2")
    assert recalled(memory, "port") == list(memory.refs()) == []


def test_the_same_event_again_changes_nothing(tmp_path: Path):
    memory = opened(tmp_path, gamma=1)
    first = memory.write(episode("e1", "The port is 5433.", reward=0.5))
    memory.close()
    memory = opened(tmp_path, gamma=1)
    assert memory.write(episode("e1", "The port is 5433.", reward=0.5)) == first
    assert len(recalled(memory, "port")) == 1


def test_what_is_worth_least_goes_first_and_pinned_events_never(tmp_path: Path):
    memory = opened(tmp_path, gamma=1, max_events=3)
    rewards = {"e1": 0.9, "e2": 0.1, "e3": 0.5, "e4": 0.5}
    for id_, reward in rewards.items():
        assert memory.write(episode(id_, "x", reward=reward, pinned=id_ == "e3")).stored
    assert set(memory.refs()) == {"e1", "e3", "e4"}
    assert not memory.write(episode("e5", "x", reward=0.2)).stored, "it would be the next to go"
    assert memory.write(episode("e6", "x", reward=-1, pinned=True)).stored
    assert set(memory.refs()) == {"e1", "e3", "e6"}
    for id_ in ("e7", "e8"):
        assert memory.write(episode(id_, "x", pinned=True)).stored
    assert set(memory.refs()) == {"e3", "e6", "e7", "e8"}, "more than three if all are pinned"


def test_what_it_can_is_what_it_says():
    can = PluggedMemory("episodic", Episodic).capabilities
    assert can.as_of
    assert can.idempotent
    assert all((can.delete, can.update, can.scopes, can.reopen, can.provenance, can.ranked))
    assert not can.gate
    assert Episodic(beta=1).capabilities.gate
    assert not Episodic(ttl_days=3).capabilities.as_of
    assert not Episodic(max_events=3).capabilities.as_of


def test_words_cost_nothing(tmp_path: Path):
    memory = opened(tmp_path)
    assert memory.write(episode("e1", "x")) == Written(True, None, ("e1",), Usage(0, 0, 0.0))
    assert memory.recall("x", START, Budget(1)).usage == Usage(0, 0, 0.0)


@pytest.mark.parametrize("k", [None, 0, 1, 7])
def test_no_more_is_recalled_than_asked_for_and_all_without_a_number(tmp_path: Path, k: int | None):
    memory = opened(tmp_path)
    assert recalled(memory, "x", k=k) == []
    for number in range(5):
        memory.write(episode(f"e{number}", "x"))
    assert len(recalled(memory, "x", k=k)) == min(5, 5 if k is None else k)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"retriever": "bm52"}, "retriever='bm52': input should be 'bm25', 'dense' or 'hybrid'"),
        ({"retriever": "bm25", "embedder": "e5"}, "embedder='e5': has no effect with"),
        ({"tau": 0.5}, "tau=0.5: has no score to compare → set alpha, beta, gamma or delta"),
        ({"beta": "much"}, "beta='much': input should be a valid number"),
        ({"alpha": float("nan")}, "alpha=nan: input should be a finite number"),
        ({"max_events": 0}, "max_events=0: input should be greater than or equal to 1"),
        ({"ttl_days": 0}, "ttl_days=0: input should be greater than 0"),
    ],
)
def test_an_option_that_cannot_be_used_is_one_line(options: dict[str, Any], message: str):
    with pytest.raises(ConfigError) as refused:
        Episodic(**options)
    assert str(refused.value).startswith(f"memory_args: {message}")
    assert "\n" not in str(refused.value)


def kept_for(folder: Path, model: str, **arguments: Any) -> object:
    """What tells a kept store of this memory from others."""
    options = MemoryOptions(
        memory="episodic", memory_args=arguments, memory_folder=str(folder / model)
    )
    count: Callable[[str], int] = len
    return by_memory(options, count, None, model)._keeper._identity  # type: ignore[attr-defined]


def test_what_it_keeps_belongs_to_the_model_only_if_that_has_a_say(tmp_path: Path):
    assert kept_for(tmp_path, "one", beta=1) == kept_for(tmp_path, "other", beta=1)
    assert kept_for(tmp_path, "one", alpha=1) != kept_for(tmp_path, "other", alpha=1)
