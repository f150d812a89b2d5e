"""Real facts as data: what the world says where no log corrects it.

    >>> fact = table().facts["capital", "France"]
    >>> fact.value, table().forms("capital", "Paris")[0]
    ('Paris', 'Paris')

`words/facts.csv` has one fact a line; `words/relations.json` says how each relation is worded.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from generators.world.pools import words_folder

_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Fact:
    """The value of a relation for one subject, and other spellings of the value."""

    relation: str
    subject: str
    value: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation and its wordings.

    Attributes:
        name: Its name in `facts.csv`.
        noun: "capital", as in "the capital of France".
        kind: What its subjects are: "country", "novel".
        asks: Question word for its values.
        invent: Format of made-up subjects; `vocabulary.py` has its fields.
        identifies: Whether no two subjects in the real world share a value.
        quoted: Whether subjects are titles, which are put in quotation marks.
        article: Whether subjects need "the" in a sentence.
        questions: Four wordings of the question, `{s}` standing for the subject.
    """

    name: str
    noun: str
    kind: str
    asks: Literal["What", "Who"]
    invent: str
    identifies: bool
    quoted: bool
    article: bool
    questions: tuple[str, str, str, str]


class Table:
    """All facts and relations, in file order.

    Attributes:
        relations: By name.
        facts: By relation and subject.
    """

    def __init__(self, relations: Mapping[str, Relation], facts: Sequence[Fact]) -> None:
        self.relations = relations
        self.facts = {(fact.relation, fact.subject): fact for fact in facts}
        self._forms: dict[tuple[str, str], dict[str, None]] = {}
        self._subjects: dict[str, list[str]] = {name: [] for name in relations}
        for fact in facts:
            forms = self._forms.setdefault((fact.relation, fact.value), {})
            forms.update(dict.fromkeys((fact.value, *fact.aliases)))
            self._subjects[fact.relation].append(fact.subject)

    def subjects(self, relation: str) -> list[str]:
        """All subjects of a relation."""
        return self._subjects[relation]

    def values(self, relation: str) -> list[str]:
        """All distinct values of a relation, in their canonical spelling."""
        return [value for name, value in self._forms if name == relation]

    def forms(self, relation: str, value: str) -> list[str]:
        """All spellings of a value, the canonical one first."""
        return list(self._forms[relation, value])

    def holders(self, relation: str, value: str) -> list[str]:
        """The subjects that have a value."""
        return [s for s in self._subjects[relation] if self.facts[relation, s].value == value]


def words_of(text: str) -> tuple[str, ...]:
    """The words and numbers of a text, in lower case."""
    return tuple(_TOKEN.findall(text.lower()))


def stands_in(phrase: str, text: str) -> bool:
    """Whether the words of a phrase occur in a text, one after the other."""
    wanted, words = words_of(phrase), words_of(text)
    size = len(wanted)
    return any(words[at : at + size] == wanted for at in range(len(words) - size + 1))


def _file(name: str) -> str:
    return words_folder().joinpath(name).read_text(encoding="utf-8")


@cache
def table() -> Table:
    """Read the facts, once per process."""
    relations = {
        name: Relation(name=name, **{**entry, "questions": tuple(entry["questions"])})
        for name, entry in json.loads(_file("relations.json")).items()
    }
    facts = [
        Fact(
            row["relation"],
            row["subject"],
            row["value"],
            tuple(alias for alias in row["aliases"].split("|") if alias),
        )
        for row in csv.DictReader(io.StringIO(_file("facts.csv")))
    ]
    return Table(relations, facts)
