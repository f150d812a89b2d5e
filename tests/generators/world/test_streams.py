"""A stream draws what the standard library draws, and picks are even."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.world.streams import Stream, pick, picks


@given(st.text(), st.lists(st.integers(1, 5_000), max_size=30))
def test_draws_are_those_of_the_standard_library(seed: str, sizes: list[int]):
    ours, theirs = Stream(seed), Random(seed)
    for size in sizes:
        items = range(-size, 0)
        assert ours.choice(items) == theirs.choice(items)
        assert ours.randrange(size) == theirs.randrange(size)
        assert ours.randrange(-7, size) == theirs.randrange(-7, size)
        assert ours.randint(3, 3 + size) == theirs.randint(3, 3 + size)
        assert ours.sample(items, size // 2) == theirs.sample(items, size // 2)
    assert ours.random() == theirs.random()


def test_nothing_to_draw_from_is_refused_and_never_waited_for():
    for draw in (lambda s: s.choice([]), lambda s: s.randrange(0), lambda s: s.randrange(5, 3)):
        with pytest.raises(IndexError, match="nothing to draw from"):
            draw(Stream("empty"))


def test_steps_are_those_of_the_standard_library():
    assert Stream("steps").randrange(3, 90, 7) == Random("steps").randrange(3, 90, 7)


@given(st.text(), st.integers(1, 5_000), st.integers(0, 40))
def test_many_picks_are_the_picks_one_by_one(seed: str, size: int, count: int):
    ours, theirs = Stream(seed), Stream(seed)
    assert picks(ours, range(size), count) == [pick(theirs, range(size)) for _ in range(count)]
    assert ours.random() == theirs.random()


@pytest.mark.parametrize("size", [2, 7, 64, 1_000])
def test_every_item_is_picked_as_often_as_any_other(size: int):
    counts = Counter(picks(Stream("even"), range(size), 1_000 * size))
    assert sorted(counts) == list(range(size))
    # Of chi squared, whose variance is twice its mean.
    spread = sum((count - 1_000) ** 2 / 1_000 for count in counts.values())
    assert abs(spread - (size - 1)) < 5 * (2 * (size - 1)) ** 0.5
