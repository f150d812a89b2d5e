"""What can be set, for whom, and what it is called; read from `words/settings.txt`.

>>> port = attributes()["port"]
>>> port.owner, port.names[0], port.paraphrase
('host', 'port of', 'number that clients dial to reach')
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from generators.world.pools import pool_text, pools

Parts = tuple[tuple[str, ...], ...]

HOST, PROJECT, PERSON = "{bird}-%#", "{Onset}{coda}", "{person}"
_COMPOSED = {
    "person": "{first} {last}",
    "place": "{stem}{ending}",
    "coined": "{onset}{coda}",
    "Coined": "{Onset}{coda}",
}
_CLASSES = {"#": "0123456789", "%": "123456789", "^": "3456789", "&": "012345", "@": "ABCDEFGHJK"}
_PIECE = re.compile(r"\{\w+\}|.")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One setting.

    Attributes:
        name: Name of the setting; also the name of the slot that a question asks for.
        owner: "host", "project", "person", or "account" (of a person on a host).
        layered: Whether it may be set for an environment or for all hosts too.
        label: Whether a value can follow a name and a colon.
        pattern: Pattern of its values, see `parts`.
        names: What it is called, each with the preposition that leads to its owner; the usual
            name comes first and is the one that events use.
        paraphrase: The same in other words; shares none with the usual name.
    """

    name: str
    owner: str
    layered: bool
    label: bool
    pattern: str
    names: tuple[str, ...]
    paraphrase: str

    @property
    def wordings(self) -> tuple[str, ...]:
        """All names and, last, the paraphrase."""
        return (*self.names, self.paraphrase)


@cache
def attributes() -> dict[str, Attribute]:
    """Every setting by its name, in the order of the file."""
    found = {}
    for line in pool_text("settings").splitlines():
        if line.startswith("#"):
            continue
        name, owner, flags, pattern, names, paraphrase = (cell.strip() for cell in line.split("|"))
        found[name] = Attribute(
            name=name,
            owner=owner,
            layered="layered" in flags.split(),
            label="label" in flags.split(),
            pattern=pattern,
            names=tuple(one.strip() for one in names.split(";")),
            paraphrase=paraphrase,
        )
    return found


@cache
def parts(pattern: str) -> Parts:
    """What each part of a value may be: one choice for fixed characters, several for the others.

    >>> [len(choices) for choices in parts("L%-#")]
    [1, 9, 1, 10]
    """
    found: list[tuple[str, ...]] = []
    for piece in _PIECE.findall(pattern):
        name = piece.strip("{}")
        if name == piece:
            found.append(tuple(_CLASSES.get(piece, piece)))
        elif name in _COMPOSED:
            found += parts(_COMPOSED[name])
        else:
            found.append(words(name))
    return tuple(found)


@cache
def words(pool: str) -> tuple[str, ...]:
    """The words of a pool, by the name that patterns use."""
    shared = {
        "first": pools().first_names,
        "last": pools().last_names,
        "stem": pools().place_stems,
        "ending": pools().place_endings,
        "adjective": pools().adjectives,
        "noun": pools().nouns,
    }
    own = _own_words()
    return {**shared, **own, "Onset": tuple(map(str.capitalize, own["onset"]))}[pool]


@cache
def _own_words() -> dict[str, tuple[str, ...]]:
    lines = (line.partition(":") for line in pool_text("setting_words").splitlines())
    return {
        name: tuple(word.strip() for word in cells.split("|"))
        for name, _, cells in lines
        if not name.startswith("#")
    }
