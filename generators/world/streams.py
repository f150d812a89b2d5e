"""Random streams: the numbers of `random.Random`, drawn in half the time.

    >>> Stream("A:0:7").choice("abcdef") == Random("A:0:7").choice("abcdef")
    True

A world takes hundreds of small draws, and the standard library checks each one's arguments. To
write down here what a draw is also keeps the datasets of a seed, should another Python draw in
another way.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Protocol, TypeVar

_NOTHING = "nothing to draw from"

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class _Items(Protocol[T_co]):
    def __len__(self) -> int: ...
    def __getitem__(self, place: int, /) -> T_co: ...


class Stream(Random):
    """A `Random` that checks its arguments only where it would draw once more anyway.

    Raises:
        IndexError: There is nothing to draw from.
    """

    def choice(self, seq: _Items[T_co]) -> T_co:
        """An item of a sequence."""
        size = len(seq)
        bits = size.bit_length()
        draw = self.getrandbits(bits)
        while draw >= size:
            if size <= 0:
                raise IndexError(_NOTHING)
            draw = self.getrandbits(bits)
        return seq[draw]

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """A whole number from start (0 if it is the only argument) to stop - 1."""
        if step != 1:
            return super().randrange(start, stop, step)
        first, size = (0, start) if stop is None else (start, stop - start)
        bits = size.bit_length()
        draw = self.getrandbits(bits)
        while draw >= size:
            if size <= 0:
                raise IndexError(_NOTHING)
            draw = self.getrandbits(bits)
        return first + draw

    def randint(self, a: int, b: int) -> int:
        """A whole number from a to b."""
        return self.randrange(a, b + 1)


# Bits of a draw: they fit one digit of a Python int. Of 20,000 items, each is as likely as another
# to 1 part in 50,000.
_BITS = 30


def pick(rng: Random, items: Sequence[T]) -> T:
    """One of the items, by one draw that is never repeated: other than `rng.choice`, and faster."""
    return items[rng.getrandbits(_BITS) % len(items)]


def picks(rng: Random, items: Sequence[T], count: int) -> list[T]:
    """So many times one of the items, as `pick` draws it."""
    draw, size = rng.getrandbits, len(items)
    return [items[draw(_BITS) % size] for _ in range(count)]
