"""What a scenario is, and how to walk over the worlds of a dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic

from generators.config import C
from generators.records import Question, World
from generators.solving import Solver


@dataclass(frozen=True, slots=True)
class Scenario(Generic[C]):
    """What a scenario is to the rest of the project.

    Attributes:
        letter: "A" to "E".
        config: Class of its settings.
        questions_per_world: Number of questions about one world, the same for all worlds.
        world: Makes the world of a number with all its questions. Pure, so that any range of
            questions can be made on its own.
        solver: Makes a solver for a log, from the texts of its events in time order.
        stratum: Name of the stratum of an answerable question that the order is balanced over.
    """

    letter: str
    config: type[C]
    questions_per_world: Callable[[C], int]
    world: Callable[[C, int], World]
    solver: Callable[[Sequence[str]], Solver]
    stratum: Callable[[C, Question], str]


def worlds(
    scenario: Scenario[C], config: C, first: int = 0, last: int | None = None
) -> Iterator[World]:
    """Make the worlds that hold questions 0 to n - 1, the last one cut to what is asked for.

    Args:
        scenario: What the worlds are of.
        config: Settings of the whole dataset.
        first: Number of the first world to make.
        last: Number after the last world to make; None for all.

    Raises:
        ConfigError: The settings cannot be met.
    """
    size = scenario.questions_per_world(config)
    total = -(-config.n // size)
    for number in range(first, total if last is None else last):
        world = scenario.world(config, number)
        left = config.n - number * size
        yield world if left >= size else replace(world, questions=world.questions[:left])


def all_questions(scenario: Scenario[C], config: C) -> Iterator[Question]:
    """Make questions 0 to n - 1, and no more of their logs at a time than one.

    Raises:
        ConfigError: The settings cannot be met.
    """
    for world in worlds(scenario, config):
        yield from world.questions
