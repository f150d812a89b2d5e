r"""Find the tokens of a context that an answer's tokens can be copied from.

>>> from training.contexts import LabelledQuestion
>>> text = "Ada mended a kettle.\nBo met Ada."
>>> shown = ShownEvents(text, text.splitlines(), [(0, 3), (3, 10), (10, 20), (20, 32)])
>>> shown.sources(LabelledQuestion("Who mended a kettle?", "Ada", ("Ada",), (0,)), [(0, 4)])
[(0, 0)]
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.contexts import LabelledQuestion


class ShownEvents:
    """The events of a prompt and their tokens.

    Args:
        prefix: Everything before the question.
        texts: The events, as they follow one another in the prefix.
        offsets: Start and end, in characters, of each token of the prefix.
    """

    def __init__(
        self, prefix: str, texts: Sequence[str], offsets: Sequence[tuple[int, int]]
    ) -> None:
        self._texts = texts
        self._starts: list[int] = []
        at = 0
        for text in texts:
            at = prefix.index(text, at)
            self._starts.append(at)
            at += len(text)
        self._tokens = [first for first, _ in offsets]

    def sources(
        self, asked: LabelledQuestion, offsets: Sequence[tuple[int, int]]
    ) -> list[tuple[int, int]]:
        """Find the answer's tokens in the events that tell it.

        Args:
            asked: The question.
            offsets: Start and end of the answer's tokens, where the answer follows a space.

        Returns:
            Pairs of a token of the answer and the token of the prefix with the same characters.
        """
        return sorted(
            {
                (token, bisect_right(self._tokens, place + max(first, start) - start) - 1)
                for start, value in _placed(asked.values)
                for token, (first, last) in enumerate(offsets)
                if first < start + len(value) and last > start
                for place in self._places(value, asked.evidence)
            }
        )

    def _places(self, value: str, events: Sequence[int]) -> Iterator[int]:
        word = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE)
        for event in events:
            for found in word.finditer(self._texts[event]):
                yield self._starts[event] + found.start()


def _placed(values: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield each value with its start in " value, value, …"."""
    at = 1
    for value in values:
        yield at, value
        at += len(value) + 2
