"""Draws names and values that nothing else in the world has.

>>> values = Values()
>>> port = values.fresh(Random(1), "4####"); near = values.near(Random(1), "4####", port)
>>> sum(a != b for a, b in zip(port, near, strict=True))
1
"""

from __future__ import annotations

import re
from functools import cache
from random import Random

from generators.scenario_c.attributes import Parts, parts
from generators.service_defaults import SERVICE_DEFAULTS

# A value of two digits has 18 neighbours; rarely, all are taken.
_NEAR_TRIES = 200
_SQUEEZED = re.compile(r"[\W_]+")


class Values:
    """The names and values of one world: which are taken, and new ones that are not.

    No two are the same after normalisation, whatever they stand for, and none is a well-known
    default.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set(_defaults())
        self._choices: dict[str, list[str]] = {}

    def fresh(self, rng: Random, pattern: str) -> str:
        """A new value of a pattern, now taken; every pattern has far more than a world needs."""
        pools = parts(pattern)
        while True:
            value = self._take([rng.choice(pool) for pool in pools])
            if value is not None:
                return value

    def near(self, rng: Random, pattern: str, value: str) -> str:
        """A new value that differs from a drawn one in one digit or, without digits, one word.

        Any new value if there is none left.
        """
        pools = parts(pattern)
        places = _places(pools)
        for _ in range(_NEAR_TRIES):
            choices = list(self._choices[value])
            place = rng.choice(places)
            choices[place] = rng.choice(pools[place])
            near = self._take(choices)
            if near is not None:
                return near
        return self.fresh(rng, pattern)

    def _take(self, choices: list[str]) -> str | None:
        value = "".join(choices)
        squeezed = _squeeze(value)
        # The number of "5432 MB" alone is an accepted answer too.
        if squeezed in self._taken or value.split()[0] in _defaults():
            return None
        self._taken.add(squeezed)
        self._choices[value] = choices
        return value


def _places(pools: Parts) -> list[int]:
    """Places of a value's digits or, if it has none, of whatever can be another."""
    digits = [i for i, pool in enumerate(pools) if len(pool) > 1 and pool[0].isdigit()]
    return digits or [i for i, pool in enumerate(pools) if len(pool) > 1]


def _squeeze(value: str) -> str:
    return _SQUEEZED.sub("", value.lower())


@cache
def _defaults() -> frozenset[str]:
    return frozenset(_squeeze(value) for values in SERVICE_DEFAULTS.values() for value in values)
