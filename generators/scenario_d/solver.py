"""Reads scenario D's texts back and answers questions from them alone.

    >>> log = ["On 2 May 2022 at 09:40, parcel KXM-4471 was handed to Ada Holm in Elm; receipt 1."]
    >>> Solver(log).solve("Who collected parcel KXM-4471?", visible=1).values
    ['Ada Holm']

Written against the language of the texts, not against the templates; it shares no code with the
generator. Facts are indexed by code, as stores may have a hundred thousand of them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from generators.solving import Solution, plain

_CODE = re.compile(r"\b[Pp]arcel ([A-Z]+-\d+)\b")
_VALUES = {
    "who": re.compile(r"\b(?!In )([A-Z][a-z]+ [A-Z][a-z]+)\b"),
    "where": re.compile(r"\b[Ii]n ([A-Z][a-z]+)\b"),
    "receipt": re.compile(r"\breceipt (\d+)\b"),
}
_ASKED = (
    ("receipt", re.compile(r".*\breceipt\b")),
    ("where", re.compile(r"Where\b|.*\bplace\b")),
    ("who", re.compile(r"Who\b|To whom\b|.*\bperson\b")),
)


def _read_question(query: str) -> tuple[str, str]:
    """What is asked, and the code that is given."""
    code = _CODE.search(query)
    if code is None:
        raise ValueError(f"no code in question {query!r}")
    return next(slot for slot, pattern in _ASKED if pattern.match(query)), code[1]


class Solver:
    """A log of scenario D, read from its texts in time order."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._positions: list[int] = []
        self._values: dict[str, list[str]] = {slot: [] for slot in _VALUES}
        self._facts: dict[str, list[int]] = {}
        self._mentions: dict[tuple[str, int], list[str]] = {}
        for position, text in enumerate(map(plain, texts)):
            code = _CODE.search(text)
            found = {slot: pattern.search(text) for slot, pattern in _VALUES.items()}
            if code is None or None in found.values():
                continue
            self._facts.setdefault(code[1], []).append(len(self._positions))
            self._positions.append(position)
            for slot, match in found.items():
                self._values[slot].append(match[1] if match else "")

    def solve(self, query: str, visible: int) -> Solution:
        """Answer a question from the first `visible` events."""
        asked, code = _read_question(query)
        facts = [fact for fact in self._facts.get(code, ()) if self._positions[fact] < visible]
        values = dict.fromkeys(self._values[asked][fact] for fact in facts)
        return Solution(list(values), [self._positions[fact] for fact in facts], is_list=False)

    def mentions(self, query: str, visible: int) -> list[str]:
        """All values of the asked slot in the first `visible` events, in log order."""
        asked, _ = _read_question(query)
        if (asked, visible) not in self._mentions:
            end = bisect_left(self._positions, visible)
            self._mentions[asked, visible] = self._values[asked][:end]
        return self._mentions[asked, visible]
