"""Orders of strata in which every prefix and every stride is balanced (invariant I4).

A plain cycle 0 1 2 3 0 1 2 3 … is balanced in every prefix, but a process that takes every
fourth document meets one stratum only. Adding up the digits of an index shifts each block
against the one before it:

    >>> [rotated(i, 4) for i in range(20)]
    [0, 1, 2, 3, 1, 2, 3, 0, 2, 3, 0, 1, 3, 0, 1, 2, 1, 2, 3, 0]

That still aliases with some strides (digits of base 10 add up to the index mod 9), so the order
within a world is searched for: `spread` gives each position to the stratum that the processes at
that position have been waiting for longest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from random import Random
from typing import TypeVar

MAX_STRIDE = 16
# Positions that an unanswerable item chooses from. With all five to choose from, some rows would be
# unanswerable in most datasets and others in few; without a choice, processes wait too long.
_CHOICES = 3

K = TypeVar("K", bound=Hashable)


def rotated(index: int, size: int) -> int:
    """Stratum of the item at `index` out of `size` strata: sum of its base-`size` digits, mod size.

    Any `size` consecutive items that start at a multiple of `size` meet each stratum once.
    """
    if size == 1:
        return 0
    total = 0
    while index:
        index, digit = divmod(index, size)
        total += digit
    return total % size


def balanced_order(
    strata: Callable[[K, int], Sequence[Hashable]],
    settings: K,
    seed: int,
    world: int,
    *,
    searched: int = 32,
) -> list[int]:
    """Order in which the items of a world are asked.

    Args:
        strata: The strata of the items of a world, from the settings and the world's number.
        settings: What the strata depend on.
        seed: Seed of the dataset; another one asks in another order.
        world: Number of the world.
        searched: Number of worlds whose orders are searched for; later ones use them again.

    Returns:
        Indices of the items.
    """
    return _orders(strata, settings, seed, searched)[world % searched]


# A dataset has one key, a test with many seeds many.
@lru_cache(maxsize=64)
def _orders(
    strata: Callable[[K, int], Sequence[Hashable]], settings: K, seed: int, searched: int
) -> list[list[int]]:
    return spread([strata(settings, world) for world in range(searched)], Random(f"spread:{seed}"))


def spread(worlds: Sequence[Sequence[Hashable | None]], rng: Random) -> list[list[int]]:
    """Order the items of each world so that every stride soon meets every stratum.

    Unanswerable items are as far apart as others: where they are one in five, every five positions
    in a row from the first on have one.

    Args:
        worlds: For each world, the strata of its items; None for unanswerable ones.
        rng: Draws the order in which the positions of a world choose, so that no position gets
            what nobody else chose in every world or dataset.

    Returns:
        For each world, the indices of its items in the order they are to be asked.
    """
    # For every stride, how often each of its processes has met each stratum so far.
    met = [[Counter[Hashable]() for _ in range(stride)] for stride in range(1, MAX_STRIDE + 1)]

    def need(position: int, stratum: Hashable) -> float:
        return sum(_need(processes[position % len(processes)], stratum) for processes in met)

    orders = []
    start = 0
    for strata in worlds:
        size = len(strata)
        left = rng.sample(range(size), size)
        unanswerable = [item for item in left if strata[item] is None]
        order: dict[int, int] = {}
        for turn, item in enumerate(unanswerable):
            first, last = (size * edge // len(unanswerable) for edge in (turn, turn + 1))
            places = rng.sample(range(first, last), min(_CHOICES, last - first))
            order[max(places, key=lambda place: need(start + place, None))] = item
        for position in rng.sample(range(size), size):
            if position not in order:
                free = (item for item in left if strata[item] is not None)
                order[position] = max(free, key=lambda item: need(start + position, strata[item]))
            left.remove(order[position])
            for processes in met:
                processes[(start + position) % len(processes)][strata[order[position]]] += 1
        start += size
        orders.append([order[position] for position in range(size)])
    return orders


def _need(seen: Counter[Hashable], stratum: Hashable) -> float:
    """How much a process needs a stratum: long waits first, then even shares."""
    taken = seen.total() + 1
    return 100.0 * taken if not seen[stratum] else -seen[stratum] / taken
