"""Draws are even, and many draws are the draws one by one."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.world.draws import pick, pick_many


@given(st.text(), st.integers(1, 5_000), st.integers(0, 40))
def test_many_draws_are_the_draws_one_by_one(seed: str, size: int, count: int):
    many, single = Random(seed), Random(seed)
    items = range(size)
    assert pick_many(many, items, count) == [pick(single, items) for _ in range(count)]
    assert many.random() == single.random()


@pytest.mark.parametrize("size", [2, 7, 64])
def test_every_item_is_drawn_as_often_as_any_other(size: int):
    counts = Counter(pick_many(Random("even"), range(size), 1_000 * size))
    assert sorted(counts) == list(range(size))
    # Of chi squared, whose variance is twice its mean.
    spread = sum((count - 1_000) ** 2 / 1_000 for count in counts.values())
    assert abs(spread - (size - 1)) < 5 * (2 * (size - 1)) ** 0.5
