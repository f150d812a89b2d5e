"""What solvers know of English: what the words of a description can be said of, and numbers.

    >>> can_be(meaning("the blood-coloured sunshade"), "crimson", "parasol")
    True
    >>> number_of("forty-seven")
    47

`words/glossary.txt` says of single words what they can be said of, and a description means
whatever all its words can be said of. It shares no table and no code with the modules that write
descriptions, `generators.scenario_a.descriptions` and `generators.scenario_c.descriptions`.
"""

from __future__ import annotations

import re
from functools import cache

from generators.world.pools import pool_text

# For each word of a description that means something, what it can be said of.
Meaning = tuple[frozenset[str], ...]

_WORD = re.compile(r"[a-z'-]+")
_SMALL = frozenset(
    _WORD.findall(
        "a an and as at by for from full in into its of on one's onto out over that the to up upon"
        " what which with"
    )
)
_NUMBERS = _WORD.findall(
    "oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_TENS |= {"sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}


@cache
def _glossary() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in pool_text("glossary").splitlines():
        if not line.startswith("#"):
            words, _, things = line.partition(":")
            for word in words.split():
                found[word] = found.get(word, frozenset()).union(things.split())
    return found


@cache
def meaning(text: str) -> Meaning | None:
    """What a description means; None if it has a word that describes nothing, as names do."""
    words = [word for word in _WORD.findall(text.lower()) if word not in _SMALL]
    known = [_glossary().get(word) for word in words]
    found = tuple(things for things in known if things is not None)
    return found if words and len(found) == len(words) else None


def can_be(said: Meaning, *words: str) -> bool:
    """Whether a thing that has some words for a name can be described so."""
    return all(any(word in things for word in words) for things in said)


def number_of(text: str) -> int:
    """The number that words tell, tens and units apart or joined by a hyphen."""
    return sum(
        _TENS[word] if word in _TENS else _NUMBERS.index(word) for word in re.split("[ -]", text)
    )
