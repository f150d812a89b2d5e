"""What the record says of a memory that was told, asked, and told to forget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from generators.records import Event, Question, to_row
from hei_nw_tasks.memory.options import MemoryOptions
from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.protocol import Budget, Capabilities, Episode, Item
from hei_nw_tasks.memory.recalling import Recall
from hei_nw_tasks.memory.replay import replay
from hei_nw_tasks.memory.stores import Store
from hei_nw_tasks.memory_record import MemoryRecord
from hei_nw_tasks.model.memory_records import memory_record
from hei_nw_tasks.scoring.scopes import ScopeValues

TEXTS = (
    "On 1 May 2024, the port of amber-01 was set to 5433.",
    "On 2 May 2024, the port of amber-02 was set to 5434.",
    "On 3 May 2024, it rained.",
    "On 4 May 2024, it was asked that the port of amber-01 be forgotten.",
)


def event(number: int, world: str = "w", forgets: tuple[str, ...] = ()) -> Event:
    text = TEXTS[number]
    role: Any = ("target", "hard_negative", "filler", "target")[number]
    return Event(
        *(f"{world}{number}", world, number, date(2024, 5, number + 1), text, {}, role),
        should_remember=number != 2,
        forgets=forgets,
    )


def question(size: int, answers: Sequence[str], **changes: Any) -> Question:
    plain = Question(
        *(f"q{size}", "C", "w", "g", "What is the port of amber-01?", "lookup", None, "port"),
        *([], [], list(answers), bool(answers), f"2024-05-0{size}", 1, 1, ["w0"], [], ["5434"]),
        *([], size, None, None, True, None),
    )
    return replace(plain, **changes)


class Everything:
    """Recalls all that it was told, the newest first; `wording` is what it makes of a text."""

    capabilities = Capabilities(delete=True)

    def __init__(
        self, wording: Callable[[str], str] = str, deletes: bool = True, ids: bool = True
    ) -> None:
        self.wording, self.deletes, self.ids = wording, deletes, ids
        self.told: dict[str, str] = {}

    def write(self, event: Episode) -> None:
        self.told[event.id] = event.text

    def recall(self, query: str) -> list[Item]:
        newest = list(self.told.items())[::-1]
        return [Item(self.wording(text), id_ if self.ids else None) for id_, text in newest]

    def delete(self, ref: str) -> None:
        if self.deletes:
            del self.told[ref]


class CannotDelete(Everything):
    capabilities = Capabilities(delete=False)


STORE = Store(
    "w",
    [event(0), event(1), event(2), event(3, forgets=("w0",))],
    [
        question(2, ["5433"]),
        question(3, ["5433"]),
        question(4, [], prior_answers=["5433"], evidence=[], query_kind="forgotten"),
    ],
)


def records(tmp_path: Path, memory: Callable[[], Any], shown: int = 5) -> list[MemoryRecord]:
    """The record of each question; only the first tells of the store."""

    def make(known: set[str]) -> PluggedMemory:
        return PluggedMemory("memory='tried'", memory, known=known)

    budget = MemoryOptions(k=shown).budget()
    assert isinstance(budget, Budget)
    (made,) = replay([STORE], make, tmp_path, budget)
    found = []
    for asked in STORE.questions:
        items = made.recalled[asked.id].items
        recall = Recall(
            texts=[item.text for item in items[:shown]],
            event_ids=[item.event_id for item in items[:shown]],
            store=STORE,
            recalled=len(items),
            resurrected=made.recalled[asked.id].resurrected,
            replay=made,
        )
        record = memory_record(
            recall, to_row(asked), "5433", mode="B1", whole=asked is STORE.questions[0]
        )
        assert record is not None
        found.append(record)
    return found


def test_look_alikes_that_come_first_or_alone_are_told(tmp_path: Path) -> None:
    first, second, forgotten = records(tmp_path, Everything)
    # The newest comes first: a look-alike, then rain.
    assert (first.near_miss, first.collision, first.answer_shown) == (True, False, True)
    assert (second.near_miss, second.collision) == (False, False)
    assert (forgotten.near_miss, forgotten.collision, forgotten.answer_shown) == (None, None, None)


def test_what_is_not_shown_is_a_collision_if_only_the_look_alike_is(tmp_path: Path) -> None:
    first, second, _ = records(tmp_path, Everything, shown=1)
    assert (first.near_miss, first.collision, first.answer_shown) == (True, True, False)
    assert (second.near_miss, second.collision, second.answer_shown) == (False, False, False)


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("deletes", [True, False])
def test_what_was_forgotten_is_brought_back_or_not(
    tmp_path: Path, deletes: bool, ids: bool
) -> None:
    before, _, after = records(tmp_path, lambda: Everything(deletes=deletes, ids=ids))
    assert before.brought_back is None
    assert before.resurrected is None
    assert after.brought_back is not deletes
    assert after.resurrected == (0 if deletes else 1)


def test_a_rewritten_text_brings_back_what_it_names(tmp_path: Path) -> None:
    def memory() -> Everything:
        return Everything(str.upper, deletes=False, ids=False)

    assert records(tmp_path, memory)[-1].brought_back is True


def test_a_memory_that_cannot_delete_brings_back_nothing_that_it_was_to_forget(
    tmp_path: Path,
) -> None:
    after = records(tmp_path, CannotDelete)[-1]
    assert (after.brought_back, after.resurrected) == (None, None)


def test_one_scope_has_no_foreign_items(tmp_path: Path) -> None:
    assert {record.foreign for record in records(tmp_path, Everything)} == {None}
    assert {record.foreign_answer for record in records(tmp_path, Everything)} == {None}


def test_answers_of_another_scope_are_told(tmp_path: Path) -> None:
    def make(known: set[str]) -> PluggedMemory:
        return PluggedMemory("memory='tried'", Everything, known=known)

    (made,) = replay([STORE], make, tmp_path, Budget())
    other = Store("v", [], [question(2, ["6000"])])
    recall = Recall([], [], STORE, replay=made, scopes=ScopeValues([STORE, other]))
    row = to_row(STORE.questions[0])
    for said, is_foreign in (("6000", True), ("5433", False)):
        record = memory_record(recall, row, said, mode="B1", whole=False)
        assert record is not None
        assert record.foreign_answer is is_foreign
        assert record.foreign == 0


def test_the_store_is_told_of_once_with_an_estimate_of_its_tokens(tmp_path: Path) -> None:
    first, *others = records(tmp_path, Everything)
    assert [other.of_store for other in others] == [None, None]
    found = first.of_store
    assert found is not None
    assert found.text_tokens == sum(-(-len(text) // 4) for text in TEXTS)
    assert found.should_remember == [True, True, False, True]
    assert (found.to_forget, found.deleted) == (1, 1)
