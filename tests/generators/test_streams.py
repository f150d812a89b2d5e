"""A stream draws what the standard library draws."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.streams import Stream


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
