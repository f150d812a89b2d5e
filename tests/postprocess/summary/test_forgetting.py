"""What the report says of requests to forget, of memories that lose, and of growing stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from hei_nw_tasks.memory_record import StoreRecord
from hei_nw_tasks.metrics import PRIMARY
from postprocess.schema.answer import Answer
from postprocess.schema.memory import Forgetting, Memory
from postprocess.summary.memory import memory_of
from postprocess.summary.strata import interference

CAPABILITIES = {"delete": True, "gate": False}


def store(**changes: Any) -> StoreRecord:
    plain = StoreRecord(
        stored=[True, True],
        scores=[None, None],
        should_remember=[True, False],
        roles=["target", "filler"],
        text_tokens=20,
        seconds=0.5,
        calls=0,
        tokens=0,
        flops=None,
        bytes=4096,
        lost=None,
        to_forget=2,
        deleted=2,
        left_on_disk=1,
        capabilities=CAPABILITIES,
    )
    return plain.model_copy(update=changes)


def answer(number: int, world: int, kind: str = "lookup", **changes: Any) -> Answer:
    plain = Answer(
        *(f"q{number}", number, "", f"w{world}", "g", "?", kind, None, "lexical", (), True, ("x",)),
        *(1, 3, 9, None, None, False, "x", "correct", {PRIMARY: 1.0}, {"answer_shown": 1.0}),
    )
    return replace(plain, **changes)


def reported(stores: Sequence[StoreRecord], answers: Sequence[Answer]) -> Memory:
    records = {f"w{number}": (f"w{number}", one) for number, one in enumerate(stores)}
    gathered = SimpleNamespace(asked=set(records), records=records)
    run: Any = SimpleNamespace(
        samples=SimpleNamespace(stores=gathered),
        answers=list(answers),
        arm=SimpleNamespace(scopes=1, reopen="never"),
    )
    found = memory_of(run)
    assert found is not None
    return found


def asked(number: int, *, back: bool, said: bool) -> Answer:
    """A question about what was to be forgotten."""
    return answer(
        number,
        number % 6,
        "forgotten",
        answerable=False,
        answers=(),
        outcome="stale" if said else "correct",
        scores={"abstained": float(not said)},
        measured={"brought_back": float(back), "resurrected": 0.25 * back},
    )


def forgetting(answers: Sequence[Answer], **changes: Any) -> Forgetting:
    found = reported([store(**changes) for _ in range(6)], answers).forgetting
    assert found is not None
    return found


def test_what_comes_back_is_counted_over_the_questions_that_ask_for_it() -> None:
    about = [asked(i, back=i % 3 == 0, said=i % 4 == 0) for i in range(12)]
    beside = [
        answer(20 + i, i, "beside_forgotten", measured={"answer_shown": float(i > 1)})
        for i in range(6)
    ]
    others = [answer(40 + i, i % 6) for i in range(12)]
    found = forgetting([*about, *beside, *others])
    assert (found.asked, found.deleted, found.left_on_disk) == (12, 12, 6)
    assert found.brought_back is not None
    assert (found.brought_back.n, found.brought_back.mean) == (12, pytest.approx(4 / 12))
    assert found.answered is not None
    assert found.answered.mean == pytest.approx(3 / 12)
    assert found.items is not None
    assert found.items.mean == pytest.approx(0.25 * 4 / 12)
    assert found.beside is not None
    assert (found.beside.n, found.beside.mean) == (6, pytest.approx(4 / 6))
    assert found.elsewhere is not None
    assert (found.elsewhere.n, found.elsewhere.mean) == (12, 1)


def test_a_memory_that_cannot_delete_has_no_rate_of_it() -> None:
    cannot = forgetting([answer(0, 0)], capabilities={"delete": False}, deleted=0)
    assert cannot.asked == 12
    assert {
        *(cannot.deleted, cannot.left_on_disk, cannot.items, cannot.brought_back),
        *(cannot.answered, cannot.beside, cannot.elsewhere),
    } == {None}
    assert cannot.note == "the memory cannot delete"


def test_without_files_nothing_is_said_of_them() -> None:
    found = forgetting([answer(0, 0)], left_on_disk=None)
    assert found.left_on_disk is None
    assert found.note


def test_where_nothing_was_to_be_forgotten_there_is_nothing_to_report() -> None:
    quiet = [store(to_forget=0, deleted=0, left_on_disk=0) for _ in range(6)]
    assert reported(quiet, [answer(0, 0)]).forgetting is None


def test_unknown_costs_of_one_store_make_no_total() -> None:
    one, other = store(flops=5.0, lost=1), store(lost=None)
    found = reported([one, other], [answer(0, 0)])
    assert found.writing.flops.total is None
    assert found.writing.seconds.total == 1.0
    assert found.durability.lost == 1
    assert reported([one, one], [answer(0, 0)]).writing.flops.per_event.value == 2.5


def test_recall_time_and_bytes_grow_by_factors_per_doubling() -> None:
    answers = [
        answer(
            100 * doublings + i,
            i,
            store_size=50 * 2**doublings,
            # Time grows like the square root, bytes in proportion.
            measured={"retrieval_s": 0.001 * 2 ** (doublings / 2 + 0.01 * i), "store_bytes": 128.0},
        )
        for doublings in range(4)
        for i in range(6)
    ]
    found = interference(answers)
    assert found.recall_time_growth is not None
    assert found.recall_time_growth.factor == pytest.approx(2**0.5)
    assert found.bytes_growth is not None
    assert found.bytes_growth.factor == pytest.approx(2)
    assert [row.store_bytes for row in found.by_store_size] == [6400, 12800, 25600, 51200]
    assert found.by_store_size[0].recall_p95_s == pytest.approx(0.001 * 2**0.0475, rel=1e-4)
    bare = interference([replace(one, measured={}) for one in answers])
    assert bare.recall_time_growth is None
    assert bare.bytes_growth is None
    assert bare.by_store_size[0].store_bytes is None
