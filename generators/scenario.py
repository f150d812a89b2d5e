"""What the project knows of a scenario. `generators.scenarios` has all of them, by letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic

from generators.config import C, make_config
from generators.prompts import INSTRUCTION
from generators.records import Question, World
from generators.solving import Solver


@dataclass(frozen=True, slots=True)
class Axis:
    """A column of the dataset that a scenario varies on purpose; scores are plotted against it.

    Attributes:
        column: Name of the column, a field of `generators.records.Question`.
        title: What reports call it.
        unit: Unit of its values; "" if they have none.
        slices: Rows of lm_eval's table for the default settings: the name of each and its
            half-open range of values (low, high), high None if it has no end. Empty if the table
            has no rows for it.
    """

    column: str
    title: str
    unit: str
    slices: Mapping[str, tuple[int, int | None]]


@dataclass(frozen=True, slots=True)
class Scenario(Generic[C]):
    """A scenario: what reports say of it, and how its worlds are made and checked.

    Attributes:
        letter: "A" to "E".
        title: What it measures, in a few words.
        axes: What it varies on purpose, the main axis first.
        config: Class of its settings.
        questions_per_world: Number of questions about one world, the same for all worlds.
        world: Makes the world of a number with all its questions. It is pure, so any range of
            worlds can be made on its own.
        solver: Reads a log, given as the texts of its events in time order.
        stratum: Stratum of an answerable question; the order of questions balances strata.
        instruction: What its prompts begin with.
    """

    letter: str
    title: str
    axes: tuple[Axis, ...]
    config: type[C]
    questions_per_world: Callable[[C], int]
    world: Callable[[C, int], World]
    solver: Callable[[Sequence[str]], Solver]
    stratum: Callable[[C, Question], str]
    instruction: str = INSTRUCTION

    @property
    def name(self) -> str:
        """Name of its task, of its folder in a dataset, and of its config on the Hub."""
        return f"heinw_{self.letter}"

    def world_count(self, config: C) -> int:
        """Number of worlds that `config.n` questions are about."""
        return -(-config.n // self.questions_per_world(config))

    def worlds(self, config: C, first: int = 0, last: int | None = None) -> Iterator[World]:
        """Make the worlds of questions 0 to n - 1; the last one has only the questions that count.

        Args:
            config: Settings of the whole dataset.
            first: Number of the first world to make.
            last: Number after the last world to make; None for all.

        Raises:
            ConfigError: The settings cannot be met.
        """
        size = self.questions_per_world(config)
        for number in range(first, self.world_count(config) if last is None else last):
            world = self.world(config, number)
            left = config.n - number * size
            yield world if left >= size else replace(world, questions=world.questions[:left])

    def questions(self, **settings: Any) -> Iterator[Question]:
        """Make the questions of some settings, with one log in memory at a time.

        Args:
            **settings: Values of fields of `config`.

        Raises:
            ConfigError: A setting is unknown or cannot be met.
        """
        for world in self.worlds(make_config(self.config, settings)):
            yield from world.questions
