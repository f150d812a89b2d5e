"""Everyday remarks that fill a log: dated, varied, and naming nothing that could be asked for.

    >>> pattern = remark(Random(0))
    >>> pattern
    'The playground was covered in leaves on {date}, as every year.'
    >>> dated(pattern, date(2023, 3, 14))
    'The playground was covered in leaves on 14 March 2023, as every year.'

The sentences are in `words/filler.txt`, what may follow them in `words/remarks.txt`.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from random import Random

from generators.world.pools import pool_text
from generators.world.timestamps import spell_date

# Stands in a pattern where the date of the event belongs.
DATE = "{date}"
_CHOICES = re.compile(r"\[([^]]*)\]")


@cache
def _patterns(name: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The patterns of a file, each as the alternatives for each of its parts, in order."""
    text = pool_text(name)
    return tuple(
        tuple(tuple(part.split("|")) for part in _CHOICES.split(line))
        for line in text.splitlines()
        if not line.startswith("#")
    )


def remark(rng: Random, long: bool = False) -> str:
    """Draw a remark with `{date}` where its date belongs; a long one has a second sentence."""
    first = _sentence(rng, "filler")
    return f"{first} {_sentence(rng, 'remarks')}" if long else first


def dated(pattern: str, day: date) -> str:
    """Fill the date into a pattern."""
    return pattern.replace(DATE, spell_date(day))


def _sentence(rng: Random, name: str) -> str:
    patterns = _patterns(name)
    random = rng.random
    pattern = patterns[int(random() * len(patterns))]
    return "".join([part[int(random() * len(part))] for part in pattern])
