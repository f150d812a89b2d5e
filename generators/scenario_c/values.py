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

from generators.errors import ConfigError
from generators.scenario_c.attributes import Parts, parts
from generators.service_defaults import SERVICE_DEFAULTS

_TRIES = 2000
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
        """A new value of a pattern, now taken.

        Raises:
            ConfigError: The pattern has no value left.
        """
        pools = parts(pattern)
        for _ in range(_TRIES):
            value = self._take([rng.choice(pool) for pool in pools])
            if value is not None:
                return value
        raise ConfigError(f"the values of {pattern!r} are used up in one world → lower lag_bins")

    def near(self, rng: Random, pattern: str, value: str) -> str:
        """A new value that differs from a drawn one in one digit or, without digits, one word."""
        pools = parts(pattern)
        places = _places(pools)
        for _ in range(_TRIES):
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
        if squeezed in self._taken:
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
