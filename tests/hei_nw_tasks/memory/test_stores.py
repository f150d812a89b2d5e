"""The stores of loaded datasets: what is told, in which order, and with which questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from generators.datasets.source import config_from
from generators.datasets.tables import build
from generators.errors import ConfigError
from generators.records import World, to_row
from hei_nw_tasks.memory.stores import is_question, moment, register, store_of, stores_with
from tests.hei_nw_tasks.memory.worlds import event, question, tables_of


@pytest.fixture(autouse=True)
def _registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A registry of the test's own."""
    from hei_nw_tasks.memory import stores

    monkeypatch.setattr(stores, "_DATASETS", {})
    stores._store.cache_clear()
    yield
    stores._store.cache_clear()


def world(world_id: str, moments: list[int], events: int = 5, **fields: Any) -> World:
    made = [event(n, f"{world_id} {n}.", world_id, **fields) for n in range(events)]
    asked = [question(m, world_id=world_id, id_=f"{world_id}{n}") for n, m in enumerate(moments)]
    return World(world_id, made, asked)


def test_a_world_is_one_store_whose_questions_are_in_the_order_of_their_moments():
    register(tables_of([world("u", [4, 2, 3])]))
    store = store_of(to_row(question(2, world_id="u", id_="u1")))
    assert store.id == "u"
    assert [q.store_size for q in store.questions] == [2, 3, 4]
    assert [e.text for e in store.events] == [f"u {n}." for n in range(4)], "no question sees more"


def test_each_size_of_scenario_d_is_a_store_of_its_own():
    tables = build(
        "D", config_from("D", {"n": 4, "store_sizes": [32, 48], "collision_groups": [1, 4]})
    )
    register(tables)
    for made in tables.worlds:
        for asked in made.questions:
            store = store_of(to_row(asked))
            assert store.id == f"{made.world_id}-{asked.store_size}"
            assert {q.store_size for q in store.questions} == {asked.store_size}
            ranks = {e.rank for e in store.events}
            assert ranks == set(range(asked.store_size))
            days = [e.date for e in store.events]
            assert days == sorted(days)


@pytest.mark.parametrize("letter", ["A", "B", "C"])
def test_what_a_question_sees_was_told_by_then_and_nothing_else(letter: str):
    tables = build(letter, config_from(letter, {"n": 24}))
    register(tables)
    for row in tables.rows():
        store = store_of(row)
        told = store.episodes()
        (asked,) = (q for q in store.questions if q.id == row["id"])
        before, after = told[: row["store_size"]], told[row["store_size"] :]
        assert all(episode.at <= moment(asked) for episode in before)
        assert all(episode.at > moment(asked) for episode in after)
        assert set(row["evidence"]) <= {episode.id for episode in before}


def test_a_question_is_asked_at_the_end_of_its_day():
    assert moment(question(1)) == datetime(2024, 5, 1, 23, 59, 59, 999999, UTC)


def test_the_dataset_that_was_loaded_last_counts():
    register(tables_of([world("u", [2])]))
    assert len(store_of(to_row(question(2, world_id="u", id_="u0"))).events) == 2
    register(tables_of([world("u", [4])]))
    assert len(store_of(to_row(question(4, world_id="u", id_="u0"))).events) == 4


@pytest.mark.parametrize(
    "fields",
    [
        {"visible": 2, "world_id": "v", "id_": "u0"},
        {"visible": 2, "world_id": "u", "id_": "another"},
        {"visible": 3, "world_id": "u", "id_": "u0"},
    ],
)
def test_what_was_not_loaded_is_refused(fields: dict[str, Any]):
    register(tables_of([world("u", [2])]))
    with pytest.raises(ConfigError, match=r"was not loaded.*--cache_requests refresh"):
        store_of(to_row(question(**fields)))


def test_stores_that_share_a_folder_are_neighbours_whoever_is_asked():
    worlds = [world(name, [2]) for name in "stuvw"]
    register(tables_of(worlds))

    def with_(name: str, number: int) -> list[str]:
        row = to_row(question(2, world_id=name, id_=f"{name}0"))
        return [store.id for store in stores_with(row, number)]

    assert with_("u", 1) == ["u"]
    assert with_("s", 2) == with_("t", 2) == ["s", "t"]
    assert with_("w", 2) == ["w"]
    assert with_("v", 3) == ["v", "w"]
    assert with_("u", 100) == [*"stuvw"]


def test_stores_of_one_size_share_a_folder_as_far_as_they_are_asked_about():
    asked = [
        world(name, moments, rank=0)
        for name, moments in [("s", [1]), ("t", [1, 5]), ("u", [5]), ("v", [1])]
    ]
    ranked = [
        World(w.world_id, [e._replace(rank=n) for n, e in enumerate(w.events)], w.questions)
        for w in asked
    ]
    register(tables_of(ranked))
    row = to_row(question(1, world_id="t", id_="t0"))
    assert [store.id for store in stores_with(row, 4)] == ["s-1", "t-1", "v-1"]
    assert [store.id for store in stores_with(row, 2)] == ["s-1", "t-1"]


def test_a_document_of_another_task_is_no_question():
    assert is_question(to_row(question(1)))
    assert not any(map(is_question, [{}, {"query": "?"}, "text", None]))
