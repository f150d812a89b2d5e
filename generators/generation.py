"""What a scenario is, and how to walk over the worlds of a dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, Protocol

from generators.config import Config
from generators.records import World


class Solution(NamedTuple):
    """What a log says in answer to a question.

    Attributes:
        values: The distinct answers; several for a list question, or where the log is ambiguous.
        support: Positions in the log of the events that say so.
        is_list: Whether the question asks for all values.
    """

    values: list[str]
    support: list[int]
    is_list: bool


class Solver(Protocol):
    """Answers questions from texts. Shares no code with the derivation of the gold answers."""

    def solve(self, query: str, as_of: date) -> Solution:
        """Answer a question from the events up to a date."""

    def mentions(self, query: str, as_of: date) -> list[str]:
        """All values of the kind that is asked for, in the order in which the log has them."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a scenario is to the rest of the project.

    Attributes:
        letter: "A" to "E".
        questions_per_world: Number of questions about one world, the same for all worlds.
        world: Makes the world of a number with all its questions. Pure, so that any range of
            questions can be made on its own.
        solver: Makes a solver for a log, from the texts of its events in time order.
    """

    letter: str
    questions_per_world: Callable[[Config], int]
    world: Callable[[Config, int], World]
    solver: Callable[[Sequence[str]], Solver]


def worlds(scenario: Scenario, config: Config) -> Iterator[World]:
    """Make the worlds that hold questions 0 to n - 1, the last one cut to what is asked for.

    Raises:
        ConfigError: The settings cannot be met.
    """
    size = scenario.questions_per_world(config)
    for number, first in enumerate(range(0, config.n, size)):
        world = scenario.world(config, number)
        yield replace(world, questions=world.questions[: config.n - first])
