"""A memory is told what precedes a question, asked, and told more; what it does is written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from generators.records import World
from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.protocol import Budget, Episode, Item, Recalled, Usage
from hei_nw_tasks.memory.replay import replay
from hei_nw_tasks.memory.stores import Store
from hei_nw_tasks.plugins import PluginError
from tests.hei_nw_tasks.memory.listening import Heard, Listening, OnDisk, store, told
from tests.hei_nw_tasks.memory.worlds import FIRST_DAY, event, question


def test_events_come_in_time_order_and_each_question_after_what_precedes_it(tmp_path: Path):
    (made,), heard = told([store([2, 5, 5])], Listening, tmp_path)
    names = [call[1] if call[0] != "flush" else "flush" for call in heard]
    assert names == [
        *("w-e0", "w-e1", "flush", "after 2?", "w-e2", "w-e3", "w-e4", "flush"),
        *("after 5?", "after 5?"),
    ], "what no question is about is not told"
    moments = [call[2] for call in heard if call[0] != "flush"]
    assert moments == sorted(moments)
    first = datetime.combine(FIRST_DAY, datetime.min.time(), UTC)
    assert heard[0] == ("write", "w-e0", first, "w")
    end_of_day = first + timedelta(days=2) - timedelta(microseconds=1)
    assert heard[3] == ("recall", "after 2?", end_of_day)
    assert [item.text for item in made.recalled["w-q0"].items] == ["w event 0.", "w event 1."]
    assert [len(found.items) for found in made.recalled.values()] == [2, 5, 5]
    assert [written.event_id for written in made.written] == [f"w-e{n}" for n in range(5)]


def test_a_question_before_all_events_is_asked_of_an_empty_memory(tmp_path: Path):
    (made,), heard = told([store([0, 1])], Listening, tmp_path)
    assert [call[0] for call in heard] == ["flush", "recall", "write", "flush", "recall"]
    assert made.recalled["w-q0"].items == []


def test_nothing_of_the_key_is_told(tmp_path: Path):
    seen: list[Any] = []

    class Looking(Listening):
        def write(self, event: Episode) -> None:
            seen.append(event)

    told([store([3])], Looking, tmp_path)
    fields = {"id", "text", "at", "scope", "pinned", "reward"}
    assert {frozenset(one.__slots__) for one in seen} == {frozenset(fields)}


def test_events_of_one_day_keep_their_order_by_the_time_of_day():
    days = [0, 0, 0, 1, 1]
    events = [event(n, f"{n}")._replace(date=FIRST_DAY + timedelta(d)) for n, d in enumerate(days)]
    seconds = [e.at.timestamp() for e in Store("w", events, []).episodes()]
    assert seconds == sorted(set(seconds))
    dates = [e.at.date() for e in Store("w", events, []).episodes()]
    assert dates == [e.date for e in events]


def test_scopes_take_turns_in_one_folder_and_are_closed_in_between(tmp_path: Path):
    stores = [store([1, 3], world_id="u"), store([2], world_id="v")]
    made, heard = told(stores, OnDisk, tmp_path, seed=7)
    short = [call[1] if call[0] in ("write", "recall") else call[:2] for call in heard]
    assert [call for call in short if call != ("flush",)] == [
        *(("open", "u"), ("close", "u"), ("open", "v"), ("close", "v")),
        *(("open", "u"), "u-e0", ("close", "u")),
        *(("open", "v"), "v-e0", "v-e1", ("close", "v")),
        *(("open", "u"), "after 1?", ("close", "u")),
        *(("open", "v"), "after 2?", ("close", "v")),
        *(("open", "u"), "u-e1", "u-e2", ("close", "u")),
        *(("open", "u"), "after 3?", ("close", "u")),
        *(("open", "u"), ("close", "u"), ("open", "v"), ("close", "v")),
    ]
    assert {call[2] for call in heard if call[0] == "open"} == {7}
    assert [one.store for one in made] == ["u", "v"]
    found = [item.event_id for item in made[0].recalled["u-q1"].items]
    assert found == ["u-e0", "u-e1", "u-e2"]
    assert [one.bytes for one in made] == [None, None], "nobody knows whose they are"


@pytest.mark.parametrize("reopen", [False, True])
def test_reopening_changes_nothing_of_a_memory_on_disk(tmp_path: Path, reopen: bool):
    (made,), heard = told([store([2, 4])], OnDisk, tmp_path, reopen=reopen)
    assert [len(found.items) for found in made.recalled.values()] == [2, 4]
    opened = sum(call[0] == "open" for call in heard)
    assert opened == (6 if reopen else 1)
    assert made.lost == 0
    assert made.bytes == (tmp_path / "w.txt").stat().st_size


@pytest.mark.parametrize(
    ("options", "stores", "message"),
    [
        ({"reopen": True}, 1, "m: cannot be opened again, .* → leave out reopen"),
        ({}, 2, "m: cannot share a folder, as its capabilities say → leave out scopes"),
    ],
)
def test_what_a_memory_cannot_do_is_said_before_it_is_told_anything(
    tmp_path: Path, options: dict[str, Any], stores: int, message: str
):
    heard: Heard = []
    with pytest.raises(PluginError, match=message):
        replay(
            [store([1], world_id=f"w{n}") for n in range(stores)],
            lambda known: PluggedMemory("m", lambda: Listening(heard), 60, known),
            tmp_path,
            Budget(10),
            **options,
        )
    assert heard == []


def test_costs_of_recalling_are_those_of_the_question(tmp_path: Path):
    class Counting(Listening):
        def recall(self, query: str, as_of: datetime) -> Any:
            return Recalled(self.items, Usage(2, 30, 0.25))

    (made,), _ = told([store([1])], Counting, tmp_path)
    found = made.recalled["w-q0"]
    assert (found.calls, found.tokens, found.flops) == (2, 30, 0.25)
    assert made.calls is None, "what writing costs is not said"
    assert found.seconds >= 0 <= made.seconds
    assert made.bytes is None


def test_progress_is_told_event_by_event(tmp_path: Path):
    steps: list[int] = []
    told([store([2, 5])], Listening, tmp_path, advance=steps.append)
    assert steps == [1] * 5


@pytest.mark.parametrize(
    ("method", "where"),
    [
        ("open", "world 'w'"),
        ("write", "event 'w-e0'"),
        ("flush", "world 'w'"),
        ("recall", "question 'w-q0'"),
        ("refs", "world 'w'"),
        ("close", "world 'w'"),
    ],
)
def test_an_error_says_where_it_was(tmp_path: Path, method: str, where: str):
    def fail(self: Any, *args: Any) -> None:
        raise KeyError("text")

    kind = type("Failing", (OnDisk,), {method: fail})
    with pytest.raises(PluginError, match=f"^{where}: m raised KeyError: 'text'"):
        told([store([1])], kind, tmp_path)


def test_what_is_recalled_has_the_budget(tmp_path: Path):
    budgets: list[Any] = []

    class Asking(Listening):
        def recall(self, k: int, budget: Budget) -> list[Item]:  # type: ignore[override]
            budgets.append((k, budget))
            return self.items[:k]

    told([store([6])], Asking, tmp_path, budget=Budget(3, 40))
    assert budgets == [(3, Budget(3, 40))]
    with pytest.raises(PluginError, match="question 'w-q0': m recalls 6 items where 3 were asked"):
        told([store([6])], Listening, tmp_path, budget=Budget(3))


def test_a_memory_of_scenario_d_sees_the_store_of_its_size(tmp_path: Path):
    """Stores of a size are nested by rank; each is told as a store of its own."""
    ranks = [2, 0, 3, 1]
    events = [event(n, f"{n}.", rank=rank) for n, rank in enumerate(ranks)]
    world = World("w", events, [])
    small = Store("w-2", world.store(2), [question(2)])
    (made,), heard = told([small], Listening, tmp_path)
    assert [call[1] for call in heard if call[0] == "write"] == ["w-e1", "w-e3"]
    assert made.capabilities["provenance"]
