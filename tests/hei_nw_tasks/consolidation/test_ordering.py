"""Both orders replay the same rows; priority chooses how often."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from random import Random

import pytest

from hei_nw_tasks.consolidation.ordering import ORDERS, Stored, replayed
from hei_nw_tasks.consolidation.rows import rows_of

DAY = datetime(2024, 5, 1, tzinfo=UTC)
WHO = ["Ada Brook", "Milo Reed", "Ida Stone", "Otto Lake", "Vera Moss", "Nils Ford"]


def stored(scores: list[float | None] | None = None, days: int = 0) -> list[Stored]:
    return [
        Stored(f"e{n}", f"{who} sold item{n}.", DAY + timedelta(n * days), scores and scores[n])
        for n, who in enumerate(WHO)
    ]


def counts(order: str, items: list[Stored], number: int = 600) -> Counter[str]:
    return Counter(row.event for row in islice(replayed(items, order, Random(3)), number))


@pytest.mark.parametrize("order", ORDERS)
def test_every_value_of_every_event_is_asked_for_and_nothing_else(order: str):
    items = stored(days=1)
    found = {(row.event, row.answer) for row in islice(replayed(items, order, Random(1)), 2000)}
    assert found == {
        (item.id, row.answer) for item in items for row in rows_of(item.id, item.text, Random(0))
    }


@pytest.mark.parametrize("order", ORDERS)
def test_a_cycle_takes_on_few_events_and_rehearses_those_of_earlier_ones(order: str):
    items = stored([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])

    def taken(known: list[str], most: int = 3) -> Counter[str]:
        rows = replayed(items, order, Random(5), most, known)
        return Counter(row.event for row in islice(rows, 900))

    first = taken([])
    assert len(first) == 3
    if order == "prioritised":
        assert first.keys() == {"e3", "e4", "e5"}
    second = taken(list(first))
    assert len(second) == 3 + 2
    assert first.keys() < second.keys()
    again = sum(second[id_] for id_ in first)
    assert again == pytest.approx(300, abs=60)
    everything = taken([item.id for item in items])
    assert len(everything) == 6
    assert len(taken([], most=1)) == 1


def test_what_scores_higher_is_replayed_more_often_and_shuffled_does_not_care():
    items = stored([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    found = counts("prioritised", items)
    assert [found[f"e{n}"] for n in range(6)] == sorted(found.values())
    assert found["e5"] > 1.3 * found["e0"] > 0
    assert len(set(counts("shuffled", items).values())) == 1


def test_what_is_recent_is_replayed_more_often():
    found = counts("prioritised", stored([0.5] * 6, days=1))
    assert [found[f"e{n}"] for n in range(6)] == sorted(found.values())
    assert found["e5"] > 1.3 * found["e0"]


def test_without_scores_rare_words_count():
    chatter = [Stored(f"c{n}", "Some people talked about the rain.", DAY) for n in range(4)]
    found = counts("prioritised", [*chatter, Stored("e", "Ada Brook hid a copper key.", DAY)])
    assert found["e"] > 1.5 * max(found[f"c{n}"] for n in range(4))


def test_what_is_alike_does_not_follow_itself():
    alike = [Stored(f"a{n}", f"Ada Brook sold a red hat{n}.", DAY) for n in range(3)]
    other = [Stored(f"b{n}", f"Dull fog hid harbour{n} today.", DAY) for n in range(3)]
    order = [row.event[0] for row in islice(replayed(alike + other, "prioritised", Random(0)), 60)]
    assert sum(a != b for a, b in pairwise(order)) > 30


@pytest.mark.parametrize("order", ORDERS)
def test_a_seed_determines_all(order: str):
    first, again, other = (
        list(islice(replayed(stored(days=1), order, Random(seed)), 50)) for seed in (1, 1, 2)
    )
    assert first == again != other
