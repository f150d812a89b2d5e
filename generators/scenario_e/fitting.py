"""Fits a transcript to its length: as many remarks as go in, then others of the right lengths.

A transcript is measured with its whole prompt: instruction, events, question and the room for an
answer. Lines are measured one by one while it is put together, and the whole prompt at the end,
since the tokens of a whole need not be those of its lines.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from generators.errors import ConfigError
from generators.prompts import ANSWER_TOKENS, INSTRUCTION, question_block
from generators.scenario_e.phrasing import prompt
from generators.tokens import TokenCounter
from generators.world.filler import dated, remark

# A prompt takes at least this share of its length.
SHARE = 0.98
EVENTS_A_DAY = 8
_LONG_SHARE = 0.4
_CANDIDATES = 24
_SWAPS = 2000
_ROUNDS = 20
_CHUNK = 64
_TRIES = 1000


def everyday(rng: Random) -> str:
    """A remark as logs have it, with `{date}` where its date belongs."""
    return remark(rng, long=rng.random() < _LONG_SHARE)


class Fitting:
    """Fits the transcript of one world.

    Args:
        rng: Source of the remarks.
        counter: Counts tokens.
        length: Tokens that a prompt may take.
        first_day: Calendar date of the first day.
        queries: The questions about the transcript.
        draw: Draws the pattern of a remark.
    """

    def __init__(
        self,
        rng: Random,
        counter: TokenCounter,
        length: int,
        first_day: date,
        queries: list[str],
        draw: Callable[[Random], str],
    ) -> None:
        self._draw_pattern = draw
        self._rng, self._counter, self._length, self._first = rng, counter, length, first_day
        self._used: set[str] = set()
        blocks = counter.count([f"\n{question_block(query)}" for query in queries])
        by_length = sorted(zip(blocks, queries, strict=True))
        (self._least, self._shortest), (self._most, self._longest) = by_length[0], by_length[-1]
        self._fixed = counter.count([INSTRUCTION])[0] + counter.added + ANSWER_TOKENS

    def remarks(self, facts: list[str]) -> list[str]:
        """Draw about as many remarks as fit beside facts of these texts.

        Raises:
            ConfigError: There is no room for any.
        """
        room = self._length - self._fixed - self._most - sum(self._count(facts))
        drawn: list[str] = []
        while True:
            patterns = [self._draw() for _ in range(_CHUNK)]
            start = len(drawn) + len(facts) // 2
            sizes = self._count(
                [self.text(pattern, start + place) for place, pattern in enumerate(patterns)]
            )
            before = len(drawn)
            for pattern, size in zip(patterns, sizes, strict=True):
                if size <= room and pattern not in self._used:
                    room -= size
                    drawn.append(pattern)
                    self._used.add(pattern)
            if len(drawn) == before:
                break
        if not drawn:
            needed = 100 * math.ceil((self._length - room + 2 * max(sizes)) / 100)
            raise ConfigError(
                f"lengths: {self._length} tokens of {self._counter.name!r} are too few for "
                f"{len(facts)} facts, a question and {ANSWER_TOKENS} tokens for the answer "
                f"→ use {needed} or more"
            )
        self._rng.shuffle(drawn)
        return drawn

    def text(self, pattern: str, place: int) -> str:
        """A remark with the date of a place in the log."""
        return dated(pattern, self.day(place))

    def day(self, place: int) -> date:
        """Date of a place in the log."""
        return self._first + timedelta(days=place // EVENTS_A_DAY)

    def fit(self, texts: list[str], places: list[int]) -> None:
        """Put other remarks into some places of a log until its prompts have the right length.

        Args:
            texts: All events of the log in order; changed.
            places: Where the remarks are.

        Raises:
            ConfigError: The length cannot be met.
        """
        sizes = self._count(texts)
        # What the prompts with the longest and the shortest question take besides the lines.
        most, least = self._fixed + self._most, self._fixed + self._least
        smallest = math.ceil(SHARE * self._length)
        for _ in range(_ROUNDS):
            if not self._swap(texts, sizes, places, smallest - least, self._length - most):
                break
            longest, shortest = self._counter.count(
                [prompt(texts, self._longest), prompt(texts, self._shortest)]
            )
            room = self._counter.added + ANSWER_TOKENS
            if longest + room <= self._length and shortest + room >= smallest:
                return
            most, least = longest + room - sum(sizes), shortest + room - sum(sizes)
        raise ConfigError(
            f"lengths: {self._length} tokens of {self._counter.name!r} cannot be met within "
            f"{1 - SHARE:.0%} → use longer ones"
        )

    def _swap(
        self, texts: list[str], sizes: list[int], places: list[int], low: int, high: int
    ) -> bool:
        """Swap remarks for others until all lines take between `low` and `high` tokens."""
        total = sum(sizes)
        for _ in range(_SWAPS):
            if low <= total <= high:
                return True
            place = self._rng.choice(places)
            wanted = sizes[place] + (low + high) // 2 - total
            patterns = [self._draw() for _ in range(_CANDIDATES)]
            others = self._count([self.text(pattern, place) for pattern in patterns])
            size, pattern = min(
                zip(others, patterns, strict=True), key=lambda other: abs(other[0] - wanted)
            )
            if abs(size - wanted) < abs(sizes[place] - wanted):
                total += size - sizes[place]
                sizes[place], texts[place] = size, self.text(pattern, place)
                self._used.add(pattern)
        return False

    def _draw(self) -> str:
        """Draw a remark that the transcript does not have.

        Raises:
            ConfigError: They are used up.
        """
        for _ in range(_TRIES):
            drawn = self._draw_pattern(self._rng)
            if drawn not in self._used:
                return drawn
        raise ConfigError(
            f"lengths: there are too few different remarks for {self._length} tokens "
            f"→ use shorter ones"
        )

    def _count(self, texts: list[str]) -> list[int]:
        """Tokens of each line."""
        return self._counter.count([f"{text}\n" for text in texts])
