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


def spread(worlds: Sequence[Sequence[Hashable]], rng: Random) -> list[list[int]]:
    """Order the items of each world so that every stride soon meets every stratum.

    Args:
        worlds: For each world, the strata of its items.
        rng: Draws the order in which the positions of a world choose, so that no position gets
            what nobody else chose in every world or dataset.

    Returns:
        For each world, the indices of its items in the order they are to be asked.
    """
    # For every stride, how often each of its processes has met each stratum so far.
    met = [[Counter[Hashable]() for _ in range(stride)] for stride in range(1, MAX_STRIDE + 1)]
    orders = []
    start = 0
    for strata in worlds:
        left = rng.sample(range(len(strata)), len(strata))
        order = [0] * len(strata)
        for position in rng.sample(range(len(strata)), len(strata)):
            here = [processes[(start + position) % len(processes)] for processes in met]
            item = max(left, key=lambda item: sum(_need(seen, strata[item]) for seen in here))
            left.remove(item)
            order[position] = item
            for seen in here:
                seen[strata[item]] += 1
        start += len(strata)
        orders.append(order)
    return orders


def _need(seen: Counter[Hashable], stratum: Hashable) -> float:
    """How much a process needs a stratum: long waits first, then even shares."""
    taken = seen.total() + 1
    return 100.0 * taken if not seen[stratum] else -seen[stratum] / taken
