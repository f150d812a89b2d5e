"""Fast draws from a sequence, for the inner loops of a world.

>>> pick(Random(1), "abc"), pick_many(Random(1), "abc", 4)
('b', ['b', 'c', 'a', 'b'])

Datasets depend on these draws byte by byte: they take other numbers from `rng` than `rng.choice`.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

# Bits of a draw. Of 20,000 items, each is as likely as another to 1 part in 50,000.
_BITS = 30

T = TypeVar("T")


def pick(rng: Random, items: Sequence[T]) -> T:
    """Draw one item."""
    return items[rng.getrandbits(_BITS) % len(items)]


def pick_many(rng: Random, items: Sequence[T], count: int) -> list[T]:
    """Draw `count` items with replacement."""
    draw, size = rng.getrandbits, len(items)
    return [items[draw(_BITS) % size] for _ in range(count)]
