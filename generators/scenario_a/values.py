"""Draws slot values so that those a question depends on stay its own.

>>> values = Values(Random(1))
>>> name = values.fresh("who"); sibling = values.sibling("who", name)
>>> set(name.split()) & set(sibling.split()) != set()
True
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import TypeVar

from generators.errors import ConfigError
from generators.pools import pools
from generators.timestamps import random_minute, stamp

T = TypeVar("T")

_SIBLING_TRIES = 20
_FRESH_TRIES = range(2000)


class Values:
    """The values of one world: which are taken, and new ones that are not.

    Args:
        first_day: Calendar date of day 0, for the values of `when`.
    """

    def __init__(self, first_day: date) -> None:
        self._first_day = first_day
        self._dates: dict[int, date] = {}
        self._taken: dict[str, set[str]] = {
            slot: set() for slot in ("who", "what", "where", "action")
        }
        self._own_minutes: set[int] = set()
        self._background_minutes: set[tuple[int, int]] = set()

    def fresh(self, rng: Random, slot: str) -> str:
        """A value that nothing in the world has, now taken.

        Raises:
            ConfigError: The pool is used up.
        """
        taken, draw = self._taken[slot], _DRAW[slot]
        for _ in _FRESH_TRIES:
            value = draw(rng)
            if value not in taken:
                taken.add(value)
                return value
        raise ConfigError(
            f"the pool for {slot!r} is used up in one world "
            f"({len(taken)} values) → lower confounders_ratio or store_size"
        )

    def sibling(self, rng: Random, slot: str, value: str) -> str:
        """A fresh value that is easily confused with `value`: it shares a word or a stem."""
        taken = self._taken[slot]
        for _ in range(_SIBLING_TRIES):
            candidate = _draw_sibling(rng, slot, value)
            if candidate not in taken:
                taken.add(candidate)
                return candidate
        return self.fresh(rng, slot)

    def background(self, rng: Random, slot: str) -> str:
        """A value that no question depends on; may come again.

        Raises:
            ConfigError: The pool is used up by values that questions depend on.
        """
        taken, draw = self._taken[slot], _DRAW[slot]
        for _ in _FRESH_TRIES:
            value = draw(rng)
            if value not in taken:
                return value
        raise ConfigError(f"the pool for {slot!r} is used up → lower confounders_ratio")

    def own_minute(self, rng: Random) -> int:
        """A minute of the day at which nothing happens on any day of the world, now taken.

        Raises:
            ConfigError: All minutes are taken.
        """
        for _ in _FRESH_TRIES:
            minute = random_minute(rng)
            if minute not in self._own_minutes:
                self._own_minutes.add(minute)
                return minute
        raise ConfigError("a world has no free clock time left → lower confounders_ratio")

    def background_minute(self, rng: Random, day: int) -> int:
        """A minute of `day` that is free and that no question depends on, now taken.

        Raises:
            ConfigError: The day is full.
        """
        for _ in _FRESH_TRIES:
            minute = random_minute(rng)
            if minute not in self._own_minutes and (day, minute) not in self._background_minutes:
                self._background_minutes.add((day, minute))
                return minute
        raise ConfigError("a day of the log has no free minute → lower store_size")

    def stamp(self, day: int, minute: int) -> str:
        """The value of `when` for a minute of a day of this world."""
        return stamp(self.date(day), minute)

    def date(self, day: int) -> date:
        """Calendar date of a day of this world."""
        if day not in self._dates:
            self._dates[day] = self._first_day + timedelta(days=day)
        return self._dates[day]


def _draw_who(rng: Random) -> str:
    return _draw_two(rng, pools().first_names, " ", pools().last_names)


def _draw_what(rng: Random) -> str:
    return _draw_two(rng, pools().adjectives, " ", pools().nouns)


def _draw_where(rng: Random) -> str:
    return _draw_two(rng, pools().place_stems, "", pools().place_endings)


def _draw_action(rng: Random) -> str:
    return _pick(rng, pools().verbs)[0]


def _draw_two(rng: Random, firsts: tuple[str, ...], joint: str, seconds: tuple[str, ...]) -> str:
    random = rng.random
    first = firsts[int(random() * len(firsts))]
    return f"{first}{joint}{seconds[int(random() * len(seconds))]}"


_DRAW: dict[str, Callable[[Random], str]] = {
    "who": _draw_who,
    "what": _draw_what,
    "where": _draw_where,
    "action": _draw_action,
}


@cache
def _stems() -> dict[str, str]:
    """The stem of every place."""
    words = pools()
    return {stem + ending: stem for stem in words.place_stems for ending in words.place_endings}


def _draw_sibling(rng: Random, slot: str, value: str) -> str:
    words = pools()
    if slot == "where":
        return _stems()[value] + _pick(rng, words.place_endings)
    if slot == "action":
        return _draw_action(rng)
    kept, other = value.split()
    drawn = _DRAW[slot](rng).split()
    return f"{kept} {drawn[1]}" if rng.random() < 0.5 else f"{drawn[0]} {other}"


def _pick(rng: Random, items: tuple[T, ...]) -> T:
    # Half the cost of random.choice, which matters at a dozen draws an event.
    return items[int(rng.random() * len(items))]
