"""Draws the slots of events: near-identical ones for a collision group, unrelated ones besides.

>>> [slots["code"] for slots in Values(Random(3)).group(Random(3), 3)]
['WPG-7569', 'WPG-7516', 'WPG-7547']

The codes of a group share all but their last two digits; their names, places and receipts are
siblings as well. Codes of different groups, and of groups and the rest, are further apart than two
edits, so that a group is as dense in a large store as it is in a small one.
"""

from __future__ import annotations

import string
from functools import cache
from itertools import product
from random import Random

from generators.world.pools import pools

# No vowels: no code is a word.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_NAMES_A_SIDE = 10
_STEMS = 2
_TAILS = tuple(f"{tail:02d}" for tail in range(100))
_MIN_DISTANCE = 3
_RECEIPTS = range(10_000, 100_000)


@cache
def _places() -> tuple[str, ...]:
    words = pools()
    return tuple(map("".join, product(words.place_stems, words.place_endings)))


class Values:
    """The codes and other values of one world.

    Args:
        rng: Source of what holds for the whole world.
    """

    def __init__(self, rng: Random) -> None:
        # Groups and the rest have no letter in common, which keeps their codes three edits apart.
        letters = rng.sample(_LETTERS, len(_LETTERS))
        half = len(letters) // 2
        self._group_letters = ["".join(triple) for triple in product(letters[:half], repeat=3)]
        self._other_letters = ["".join(triple) for triple in product(letters[half:], repeat=3)]
        self._stems: list[str] = []
        self._codes: set[str] = set()

    def group(self, rng: Random, size: int) -> list[dict[str, str]]:
        """Slots of near-identical events, no value of any slot twice."""
        words = pools()
        stem = self._stem(rng)
        codes = [stem + tail for tail in rng.sample(_TAILS, size)]
        self._codes.update(codes)
        firsts = rng.sample(words.first_names, _NAMES_A_SIDE)
        lasts = rng.sample(words.last_names, _NAMES_A_SIDE)
        people = rng.sample([f"{first} {last}" for first, last in product(firsts, lasts)], size)
        stems = rng.sample(words.place_stems, _STEMS)
        places = rng.sample(list(map("".join, product(stems, words.place_endings))), size)
        start = rng.choice(_RECEIPTS) // 100
        receipts = [f"{start}{tail}" for tail in rng.sample(_TAILS, size)]
        return [
            {"code": code, "who": who, "where": where, "receipt": receipt}
            for code, who, where, receipt in zip(codes, people, places, receipts, strict=True)
        ]

    def unissued(self, rng: Random, issued: list[str]) -> str:
        """A code that no event has, one digit away from one of those issued; now taken."""
        tails = ((code[:-2], code[-2], code[-1]) for code in issued)
        near = {
            stem + tail
            for stem, tens, ones in tails
            for digit in string.digits
            for tail in (tens + digit, digit + ones)
        }
        code = rng.choice(sorted(near - self._codes))
        self._codes.add(code)
        return code

    def other(self, rng: Random) -> dict[str, str]:
        """Slots of an event that resembles no other."""
        words, places, draw = pools(), _places(), rng.random
        letters = self._other_letters
        while True:
            code = f"{letters[int(draw() * len(letters))]}-{int(draw() * 10_000):04d}"
            if code not in self._codes:
                break
        self._codes.add(code)
        first = words.first_names[int(draw() * len(words.first_names))]
        last = words.last_names[int(draw() * len(words.last_names))]
        return {
            "code": code,
            "who": f"{first} {last}",
            "where": places[int(draw() * len(places))],
            "receipt": str(_RECEIPTS[int(draw() * len(_RECEIPTS))]),
        }

    def _stem(self, rng: Random) -> str:
        while True:
            stem = f"{rng.choice(self._group_letters)}-{rng.randrange(100):02d}"
            if all(_distance(stem, other) >= _MIN_DISTANCE for other in self._stems):
                self._stems.append(stem)
                return stem


def _distance(one: str, other: str) -> int:
    """Fewest edits between two codes of these stems, whatever their last two digits are."""
    one, other = f"{one}??", f"{other}??"
    row = list(range(len(other) + 1))
    for place, mine in enumerate(one, start=1):
        above, row = row, [place]
        for column, theirs in enumerate(other, start=1):
            same = mine == theirs or "?" in (mine, theirs)
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (not same)))
    return row[-1]
