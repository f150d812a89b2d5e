"""Draws names and values that nothing else in the world has.

>>> values = Values()
>>> port = values.take(Random(1), "4####")
>>> near = values.take_near(Random(1), "4####", port)
>>> sum(a != b for a, b in zip(port, near, strict=True))
1
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from random import Random

from generators.scenario_c.attributes import Parts, parts
from generators.service_defaults import SERVICE_DEFAULTS

# A value of two digits has 18 neighbours; rarely, all are taken.
_NEAR_TRIES = 200
_SQUEEZED = re.compile(r"[\W_]+")


class Values:
    """Draws the names and values of one world, and takes each.

    No two are the same after normalisation, whatever they are for, and none is a well-known
    default.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set(_defaults())
        self._choices: dict[str, list[str]] = {}

    def take(self, rng: Random, pattern: str) -> str:
        """Take a value of a pattern; every pattern has far more values than a world needs."""
        pools = parts(pattern)
        while True:
            value = self._take([rng.choice(pool) for pool in pools])
            if value is not None:
                return value

    def take_all(self, rng: Random, pattern: str, alike: Callable[[str], Iterable[str]]) -> str:
        """Take a value of a pattern, with all that are like it, of which none is taken yet."""
        pools = parts(pattern)
        while True:
            choices = [rng.choice(pool) for pool in pools]
            value = "".join(choices)
            others = {_squeeze(other) for other in alike(value)}
            if self._taken.isdisjoint(others) and self._take(choices):
                self._taken |= others
                return value

    def take_near(self, rng: Random, pattern: str, value: str) -> str:
        """Take a value that differs from a taken one in one digit or, without digits, one word.

        If none is left, take any value of the pattern.
        """
        pools = parts(pattern)
        changeable = _changeable(pools)
        for _ in range(_NEAR_TRIES):
            choices = list(self._choices[value])
            index = rng.choice(changeable)
            choices[index] = rng.choice(pools[index])
            near = self._take(choices)
            if near is not None:
                return near
        return self.take(rng, pattern)

    def _take(self, choices: list[str]) -> str | None:
        value = "".join(choices)
        squeezed = _squeeze(value)
        # The number of "5432 MB" alone is an accepted answer too.
        if squeezed in self._taken or value.split()[0] in _defaults():
            return None
        self._taken.add(squeezed)
        self._choices[value] = choices
        return value


def _changeable(pools: Parts) -> list[int]:
    """Indices of a value's digits or, without digits, of all parts that have alternatives."""
    digits = [i for i, pool in enumerate(pools) if len(pool) > 1 and pool[0].isdigit()]
    return digits or [i for i, pool in enumerate(pools) if len(pool) > 1]


def _squeeze(value: str) -> str:
    return _SQUEEZED.sub("", value.lower())


@cache
def _defaults() -> frozenset[str]:
    return frozenset(_squeeze(value) for values in SERVICE_DEFAULTS.values() for value in values)
