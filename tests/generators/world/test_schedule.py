from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.world.schedule import MAX_STRIDE, rotated, spread


@given(block=st.integers(0, 10**6), size=st.integers(1, 12))
def test_each_block_meets_each_stratum_once(block: int, size: int):
    met = [rotated(block * size + place, size) for place in range(size)]
    assert sorted(met) == list(range(size))


@given(power=st.integers(1, 4), rank=st.integers(0, 255))
def test_strides_by_powers_of_the_size_meet_each_stratum(power: int, rank: int):
    met = {rotated(rank % 4**power + turn * 4**power, 4) for turn in range(4)}
    assert met == {0, 1, 2, 3}


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=6), max_size=6))
def test_spread_only_reorders(worlds: list[list[str]]):
    for strata, order in zip(worlds, spread(worlds, Random(0)), strict=True):
        assert sorted(order) == list(range(len(strata)))


def test_spread_breaks_up_what_every_stride_would_trip_over():
    # Asked as they stand, even documents would be all "a", and so every process of an even stride.
    worlds = [["a", "b"] * 5 for _ in range(32)]
    asked = [
        strata[item]
        for strata, order in zip(worlds, spread(worlds, Random(0)), strict=True)
        for item in order
    ]
    for stride in range(2, MAX_STRIDE + 1):
        for rank in range(stride):
            assert set(asked[rank::stride][:12]) == {"a", "b"}, (stride, rank)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kinds", [2, 3, 4])
def test_worlds_of_few_items_are_spread(kinds: int, seed: int):
    """Five items a world: a stride of five would meet what is left at the end of each."""
    worlds = [[world % kinds] * 4 + [None] for world in range(100)]
    orders = spread(worlds, Random(seed))
    assert all(sorted(order) == list(range(5)) for order in orders)
    names = [worlds[world][item] is None for world, order in enumerate(orders) for item in order]
    for stride in range(1, MAX_STRIDE + 1):
        for rank in range(stride):
            assert set(names[rank::stride]) == {True, False}


def test_five_questions_in_a_row_have_one_without_an_answer_wherever_it_is():
    worlds = [[0, 1, 2, 3, None] * 4 for _ in range(32)]
    places = Counter[int]()
    for seed in range(20):
        for order in spread(worlds, Random(seed)):
            asked = [worlds[0][item] is None for item in order]
            assert [sum(asked[start : start + 5]) for start in range(0, 20, 5)] == [1] * 4
            places.update(place for place, unanswerable in enumerate(asked) if unanswerable)
    assert all(0.15 < count / (20 * 32) < 0.25 for count in places.values())
    assert len(places) == 20
