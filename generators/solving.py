"""What a solver is: it reads a log's texts back and shares nothing with what writes them.

>>> read_date("14 March 2023")
datetime.date(2023, 3, 14)
>>> plain("[14 March 2023] Mum: Any news? / Ada Holm: My seat is 12K, and I like it.")
"14 March 2023: Any news? Ada Holm's seat is 12K, and Ada Holm like it."
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple, Protocol, runtime_checkable

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_TURNS = re.compile(r"\[(\d{1,2} [A-Z][a-z]+ \d{4})\] (.+)")
_TURN = re.compile(r"([A-Z][a-z]+(?: [A-Z][a-z]+)?): (.+)")


class Solution(NamedTuple):
    """The answer that a solver reads from a log.

    Attributes:
        values: The distinct answers; several for a list question, or if the log is ambiguous.
        support: Positions in the log of the events that state them.
        is_list: Whether the question asks for all values.
    """

    values: list[str]
    support: list[int]
    is_list: bool


class Solver(Protocol):
    """Answers questions from texts. Shares no code with the derivation of the gold answers."""

    def solve(self, query: str, visible: int) -> Solution:
        """Answer a question from the first `visible` events of the log."""

    def mentions(self, query: str, visible: int) -> list[str]:
        """All values of the asked kind in the first `visible` events, in log order."""


@runtime_checkable
class RequestSolver(Solver, Protocol):
    """Solver of a scenario whose logs have requests that something be forgotten."""

    def forgotten(self, visible: int) -> Mapping[int, Sequence[int]]:
        """Positions of requests, and of the events that each asks to forget, in log order."""


@cache
def read_date(text: str) -> date:
    """The date that a text of the form `14 March 2023` spells."""
    # strptime follows the locale in its month names; ours are always English.
    day, month, year = text.split()
    return date(int(year), _MONTHS.index(month[:3]) + 1, int(day))


def plain(text: str) -> str:
    """A line of a conversation as a statement with its date, other texts as they are.

    "I", "me" and "my" become the name of whoever speaks, which is all that a reader has to know of
    conversations.
    """
    turns = _TURNS.fullmatch(text)
    if turns is None:
        return text
    said = (_TURN.fullmatch(turn) for turn in turns[2].split(" / "))
    return f"{turns[1]}: {' '.join(_named(*turn.groups()) for turn in said if turn)}"


def _named(speaker: str, words: str) -> str:
    return re.sub(r"\b(?:I|me)\b", speaker, re.sub(r"\b[Mm]y\b", f"{speaker}'s", words))
