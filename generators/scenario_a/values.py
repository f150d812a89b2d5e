"""Draws slot values, and reserves those that a question depends on.

>>> values = Values(Random(1), date(2023, 3, 14), days=36)
>>> name = values.of["who"].take()
>>> sibling = values.take_sibling("who", name)
>>> set(name.split()) & set(sibling.split()) != set()
True
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import product
from random import Random
from typing import Generic, TypeVar

from generators.errors import ConfigError
from generators.scenario_a.descriptions import fits
from generators.world.draws import pick, pick_many
from generators.world.pools import pools
from generators.world.timestamps import CLOCK, FIRST_MINUTE, LAST_MINUTE, calendar

T = TypeVar("T", str, int)

_MINUTES = tuple(range(FIRST_MINUTE, LAST_MINUTE + 1))
_SIBLING_TRIES = 20
_DRAWS = 2000


class Pool(Generic[T]):
    """All values of one kind, some of them taken in one world.

    Args:
        rng: Source of randomness.
        name: Name of the kind, for messages.
        values: The values.

    Attributes:
        taken: Values that nothing else in the world may have.
    """

    def __init__(self, rng: Random, name: str, values: Sequence[T]) -> None:
        self._rng, self._name = rng, name
        self._values: Sequence[T] = values
        self.taken: set[T] = set()

    def take(self) -> T:
        """Draw a value that nothing in the world has, and take it.

        Raises:
            ConfigError: All values are taken.
        """
        value = pick(self._rng, self._values)
        if value in self.taken:
            value = self.draw()
        self.taken.add(value)
        return value

    def take_many(self, count: int) -> list[T]:
        """Draw `count` different values that nothing in the world has, and take them.

        Raises:
            ConfigError: All values are taken.
        """
        drawn: list[T] = pick_many(self._rng, self._values, count)
        if len({*drawn}) < count or not self.taken.isdisjoint(drawn):
            return [self.take() for _ in range(count)]
        self.taken.update(drawn)
        return drawn

    def draw(self) -> T:
        """Draw a value that is not taken; it may come again.

        Raises:
            ConfigError: All values are taken.
        """
        for _ in range(_DRAWS):
            value = pick(self._rng, self._values)
            if value not in self.taken:
                return value
        raise self.used_up()

    def used_up(self) -> ConfigError:
        """The error that no value is left."""
        return ConfigError(
            f"the pool for {self._name!r} is used up in one world "
            f"({len(self.taken)} values) → lower confounders_ratio or store_size"
        )

    def draw_many(self, count: int) -> list[T]:
        """Draw `count` values that are not taken; they may come again.

        Raises:
            ConfigError: All values are taken.
        """
        drawn: list[T] = pick_many(self._rng, self._values, count)
        if self.taken.isdisjoint(drawn):
            return drawn
        return [self.draw() if value in self.taken else value for value in drawn]


class Values:
    """Draws the values of one world.

    Args:
        rng: Source of randomness.
        first_day: Calendar date of day 0.
        days: Number of days in the world.

    Attributes:
        dates: Calendar date of each day.
        spelled: The dates as texts spell them.
        of: The pool of each slot but `when`.
        minutes: The pool of minutes of the day.
    """

    def __init__(self, rng: Random, first_day: date, days: int) -> None:
        self.dates, self.spelled = calendar(first_day, days)
        self.of = {slot: Pool(rng, slot, values) for slot, values in slot_values().items()}
        self.minutes = Pool(rng, "time", _MINUTES)
        self._rng = rng

    def episodes(
        self, days: Sequence[int], *, unique: bool
    ) -> tuple[list[int], list[dict[str, str]]]:
        """Draw an episode for each of some days.

        Args:
            days: Days of the world.
            unique: Whether to take the values, so that nothing else in the world has them. Verbs
                are never taken: there are too few.

        Returns:
            The minute of each episode, and the slots of each.

        Raises:
            ConfigError: All values are taken.
        """
        count = len(days)
        draw = Pool.take_many if unique else Pool.draw_many
        minutes = draw(self.minutes, count)
        columns = (
            draw(self.of["who"], count),
            draw(self.of["what"], count),
            draw(self.of["where"], count),
            self.of["action"].draw_many(count),
            [*map(self.stamp, days, minutes)],
        )
        return minutes, [
            {"who": who, "what": what, "where": where, "action": action, "when": when}
            for who, what, where, action, when in zip(*columns, strict=True)
        ]

    def take_sibling(self, slot: str, value: str) -> str:
        """Take a value that is easily confused with `value`: it shares a word or a stem.

        Raises:
            ConfigError: All values are taken.
        """
        taken = self.of[slot].taken
        for _ in range(_SIBLING_TRIES):
            candidate = _draw_sibling(self._rng, slot, value)
            if candidate not in taken:
                taken.add(candidate)
                return candidate
        return self.of[slot].take()

    def take_described(self, slot: str, like: str | None = None) -> str:
        """Take a value with all others that its description fits; none of them is taken yet.

        Args:
            slot: "what", "where" or "action".
            like: A thing that it shares a word with, if that can be.

        Raises:
            ConfigError: All values are taken.
        """
        pool = self.of[slot]
        for turn in range(_DRAWS):
            # Places that share a word share their description.
            near = like if slot == "what" and turn < _SIBLING_TRIES else None
            value = _draw_sibling(self._rng, slot, near) if near else pool.draw()
            if pool.taken.isdisjoint(meant := fits(slot, value)):
                pool.taken |= meant
                return value
        raise pool.used_up()

    def stamp(self, day: int, minute: int) -> str:
        """The value of `when` for a minute of a day of this world."""
        return f"{self.spelled[day]} at {CLOCK[minute]}"


@cache
def slot_values() -> dict[str, tuple[str, ...]]:
    """Every value of each slot but the time."""
    words = pools()
    return {
        "who": tuple(f"{a} {b}" for a in words.first_names for b in words.last_names),
        "what": tuple(f"{a} {b}" for a in words.adjectives for b in words.nouns),
        "where": tuple(_stems()),
        "action": tuple(base for base, _ in words.verbs),
    }


@cache
def remarks() -> tuple[str, ...]:
    """Every remark of small talk, without its time."""
    return tuple(map(" ".join, product(*pools().chatter)))


@cache
def _stems() -> dict[str, str]:
    """The stem of every place."""
    words = pools()
    return {stem + ending: stem for stem in words.place_stems for ending in words.place_endings}


def _draw_sibling(rng: Random, slot: str, value: str) -> str:
    words = pools()
    if slot == "where":
        return _stems()[value] + pick(rng, words.place_endings)
    if slot == "action":
        return pick(rng, words.verbs)[0]
    first, second = value.split()
    firsts, seconds = (
        (words.first_names, words.last_names) if slot == "who" else (words.adjectives, words.nouns)
    )
    if rng.random() < 0.5:
        return f"{first} {pick(rng, seconds)}"
    return f"{pick(rng, firsts)} {second}"
