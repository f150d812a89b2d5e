"""Values that a question depends on are its own, however few are left."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.errors import ConfigError
from generators.scenario_a.values import Pool, Values, slot_values


def pool(seed: int, size: int) -> Pool[int]:
    return Pool(Random(seed), "number", range(size))


@given(st.integers(), st.lists(st.integers(0, 8), max_size=6))
def test_fresh_values_never_come_again(seed: int, counts: list[int]):
    numbers = pool(seed, 60)
    drawn = [value for count in counts for value in numbers.take_many(count)]
    drawn += [numbers.take() for _ in range(10)]
    assert len({*drawn}) == len(drawn) == sum(counts) + 10
    assert numbers.taken == {*drawn} <= {*range(60)}


@given(st.integers(), st.integers(0, 19))
def test_background_values_are_of_those_that_are_left(seed: int, taken: int):
    numbers = pool(seed, 20)
    own = {*numbers.take_many(taken)}
    around = [*numbers.draw_many(200), numbers.draw()]
    assert len(around) == 201
    assert own.isdisjoint(around)
    assert numbers.taken == own


def test_the_last_value_is_found_and_one_more_is_refused():
    numbers = pool(0, 5)
    assert sorted(numbers.take_many(5)) == [0, 1, 2, 3, 4]
    for draw in (numbers.take, numbers.draw):
        with pytest.raises(ConfigError, match=r"pool for 'number' is used up .*5 values.* lower"):
            draw()
    with pytest.raises(ConfigError, match="used up"):
        numbers.draw_many(1)


@given(st.integers(), st.lists(st.integers(0, 35), max_size=20), st.booleans())
def test_episodes_are_of_the_pools_and_fresh_ones_take_what_they_say(
    seed: int, days: list[int], unique: bool
):
    values = Values(Random(seed), date(2023, 3, 14), 36)
    minutes, episodes = values.episodes(days, unique=unique)
    for day, minute, slots in zip(days, minutes, episodes, strict=True):
        assert slots["when"] == values.stamp(day, minute)
        assert all(slots[slot] in known for slot, known in slot_values().items())
    taken = {slot: values.of[slot].taken for slot in ("who", "what", "where")}
    assert taken == {slot: {s[slot] for s in episodes} if unique else set() for slot in taken}
    assert all(len(own) == len(days) * unique for own in (*taken.values(), values.minutes.taken))
    assert values.of["action"].taken == set()


@given(st.integers(), st.sampled_from(["who", "what", "where"]))
def test_siblings_share_a_part_and_are_fresh(seed: int, slot: str):
    values = Values(Random(seed), date(2023, 3, 14), 36)
    first = values.of[slot].take()
    siblings = [values.take_sibling(slot, first) for _ in range(5)]
    assert len({first, *siblings}) == 6
    assert values.of[slot].taken == {first, *siblings}
    for other in siblings:
        parts = {*first.split()} & {*other.split()}
        assert parts or (slot == "where" and other[:2] == first[:2])
