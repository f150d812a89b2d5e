"""How a check ends: a status, and one line that says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generators.console import shortened, visible

Status = Literal["holds", "fails", "n/a", "warns"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a check.

    Attributes:
        status: "warns" of what is no fault, but makes scores say little.
        text: Why, with an example if it fails.
    """

    status: Status
    text: str


def holds(text: str) -> Outcome:
    """It does what it has to."""
    return Outcome("holds", text)


def fails(text: str) -> Outcome:
    """It does not."""
    return Outcome("fails", text)


def not_applicable(text: str) -> Outcome:
    """It does not claim to, or there is nothing to see."""
    return Outcome("n/a", text)


def warns(text: str) -> Outcome:
    """It may do so, but hardly wants to."""
    return Outcome("warns", text)


UNSTEADY = not_applicable("it recalls something else each time, so nothing can be compared")


def quoted(text: str) -> str:
    """A text of a memory in a message."""
    return f"“{visible(shortened(text))}”"
