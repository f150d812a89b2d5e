"""What a replay counts: what is forgotten, lost, turned away, and of other scopes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hei_nw_tasks.memory.protocol import Episode, Item, Usage
from hei_nw_tasks.memory.protocol import Written as Gave
from hei_nw_tasks.memory.replayed import Forgotten
from hei_nw_tasks.plugins import PluginError
from tests.hei_nw_tasks.memory.listening import Listening, OnDisk, store, told


def test_what_is_to_be_forgotten_is_deleted_at_its_moment(tmp_path: Path):
    asked = store([2, 4, 6], e3=("w-e0", "w-e1"), e4=("w-e2",))
    (made,), heard = told([asked], OnDisk, tmp_path)
    calls = [call[1] for call in heard if call[0] in ("write", "delete")]
    assert calls == [
        *("w-e0", "w-e1", "w-e2", "w-e3", "w-e0", "w-e1", "w-e4", "w-e2", "w-e5"),
    ]
    assert made.forgotten == Forgotten(asked=3, deleted=3, on_disk=0)
    assert [found.resurrected for found in made.recalled.values()] == [0, 0, 0]
    assert made.lost == 0, "what was deleted is not lost"


def test_deleted_events_that_come_back_or_stay_on_disk_are_counted(tmp_path: Path):
    class Ignoring(OnDisk):
        def delete(self, ref: str) -> None:
            pass

        def recall(self, query: str, as_of: datetime) -> list[Any]:
            return [item.text for item in self.items]

    (made,), _ = told([store([2, 4], e2=("w-e0",))], Ignoring, tmp_path)
    assert [found.resurrected for found in made.recalled.values()] == [0, 1]
    assert made.forgotten == Forgotten(asked=1, deleted=1, on_disk=1)


def test_a_name_of_several_events_is_deleted_once(tmp_path: Path):
    class Merging(OnDisk):
        def write(self, event: Episode) -> Any:
            super().write(event)
            return "all of them"

    (made,), heard = told([store([4], e2=("w-e0", "w-e1"), e3=("w-e2",))], Merging, tmp_path)
    assert [call for call in heard if call[0] == "delete"] == [("delete", "all of them")]
    assert made.forgotten.deleted == 3


def test_a_memory_that_cannot_delete_is_not_asked_to(tmp_path: Path):
    (made,), _ = told([store([4], e2=("w-e0",))], Listening, tmp_path)
    assert made.forgotten == Forgotten(asked=1)


def test_acknowledged_events_that_are_gone_in_the_end_are_lost(tmp_path: Path):
    class Losing(OnDisk):
        def refs(self) -> list[str]:
            return super().refs()[2:]

    (made,), _ = told([store([5])], Losing, tmp_path)
    assert made.lost == 2
    (made,), _ = told([store([5])], Listening, tmp_path)
    assert made.lost is None, "it does not tell"


def test_what_a_gate_turns_away_is_neither_stored_nor_lost(tmp_path: Path):
    class Gated(OnDisk):
        def write(self, event: Episode) -> Any:
            even = int(event.id[-1]) % 2 == 0
            if even:
                super().write(event)
            return Gave(even, float(event.id[-1]), usage=Usage(1, 10, 0.5))

    (made,), _ = told([store([4])], Gated, tmp_path)
    assert [(w.stored, w.score) for w in made.written] == [
        *((True, 0.0), (False, 1.0), (True, 2.0), (False, 3.0)),
    ]
    assert (made.lost, made.calls, made.tokens, made.flops) == (0, 4, 40, 2.0)
    assert made.capabilities["gate"]


@pytest.mark.parametrize("by_id", [True, False])
def test_items_of_another_scope_are_counted_by_id_or_text(tmp_path: Path, by_id: bool):
    class Leaking(OnDisk):
        def recall(self, query: str, as_of: datetime) -> list[Any]:
            paths = sorted(self.path.parent.glob("*.txt"))
            lines = [line.split("\t") for p in paths for line in p.read_text().splitlines()]
            return [Item(text, id_) if by_id else text for id_, text in lines]

    stores = [store([2], world_id="u"), store([3], world_id="v")]
    made, _ = told(stores, Leaking, tmp_path)
    assert [one.recalled[f"{one.store}-q0"].foreign for one in made] == [3, 2]


def test_a_deletion_that_fails_names_the_request(tmp_path: Path):
    class Failing(OnDisk):
        def delete(self, ref: str) -> None:
            raise LookupError(ref)

    with pytest.raises(PluginError, match=r"^event 'w-e2': m raised LookupError: w-e0"):
        told([store([4], e2=("w-e0",))], Failing, tmp_path)
