"""Word pools that values are drawn from; all words were written for this project.

    >>> pools().adjectives[0], pools().verbs[0]
    ('amber', ('appraise', 'appraised'))

`checksum()` goes into every manifest: another pool is another dataset. `read_words_from` names
another folder to read the pools from, so that a model can be trained on values that no dataset has.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

_words_folder: Traversable | None = None


@dataclass(frozen=True, slots=True)
class Pools:
    """Every pool, in file order.

    Attributes:
        first_names: Given names, one word each.
        last_names: Family names, one word each, none of them also a given name.
        adjectives: Words that can stand before any of the nouns.
        nouns: Countable things that a person can handle.
        verbs: (base form, past tense) of what can be done to a thing.
        place_stems: First halves of invented place names.
        place_endings: Second halves of invented place names.
        chatter: (who, did what, about what) columns of small talk.
    """

    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]
    verbs: tuple[tuple[str, str], ...]
    place_stems: tuple[str, ...]
    place_endings: tuple[str, ...]
    chatter: tuple[tuple[str, ...], ...]


def words_folder() -> Traversable:
    """The folder that all pools are read from."""
    return _words_folder or files("generators").joinpath("words")


def read_words_from(folder: Traversable) -> None:
    """Read all pools of this process from another folder with the same files.

    What has been read before stays as it is, so call it before anything is generated; it is for
    processes that make nothing else (see `training.words`).
    """
    global _words_folder
    _words_folder = folder


def pool_text(name: str) -> str:
    """Text of a file of words/, named without its ending."""
    return words_folder().joinpath(f"{name}.txt").read_text(encoding="utf-8")


def _words(name: str) -> tuple[str, ...]:
    return tuple(pool_text(name).split())


@cache
def pools() -> Pools:
    """Read the pools, once per process."""
    verbs = (line.split() for line in pool_text("verbs").splitlines())
    columns = (line for line in pool_text("chatter").splitlines() if not line.startswith("#"))
    return Pools(
        first_names=_words("first_names"),
        last_names=_words("last_names"),
        adjectives=_words("adjectives"),
        nouns=_words("nouns"),
        verbs=tuple((base, past) for base, past in verbs),
        place_stems=_words("place_stems"),
        place_endings=_words("place_endings"),
        chatter=tuple(
            tuple(cell.strip() for cell in column.partition(":")[2].split("|"))
            for column in columns
        ),
    )


@cache
def checksum() -> str:
    """Hex sha256 over the names and bytes of all pool files, in alphabetical order."""
    digest = hashlib.sha256()
    for entry in sorted(words_folder().iterdir(), key=lambda entry: entry.name):
        digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()
