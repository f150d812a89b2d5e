"""The subjects and values of one relation in one world.

>>> vocabulary = Vocabulary("capital", Random(1))
>>> subject = vocabulary.take_subject()
>>> value = vocabulary.take_value(question_text("capital", subject, 0))
>>> value != vocabulary.real_value(subject)
True

Subjects and values that a question depends on are taken: no other event of the world has them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from random import Random
from typing import NamedTuple

from generators.errors import ConfigError
from generators.scenario_b.facts import stands_in, table, words_of
from generators.scenario_b.phrasing import question_text
from generators.world.pools import pools

# Facts that return to a value state it twice; so that the most frequent value is no sign of them,
# other values come again as often as this.
_AGAIN = 0.3
# Numbers that occur in dates: days of a month, and years.
_DAYS, _YEARS = range(32), range(2000, 2100)


class Hop(NamedTuple):
    """A way to describe a subject: by its value in another relation, or as the value of one."""

    relation: str
    given: str
    subject: str


class Vocabulary:
    """Draws subjects and values of one relation for one world.

    Args:
        relation: Name of the relation.
        rng: Source of randomness.
    """

    def __init__(self, relation: str, rng: Random) -> None:
        self.relation = relation
        self._rng = rng
        values = list(usable_values(relation))
        rng.shuffle(values)
        # One subject per value, so that a common value is asked for no more often than others.
        known = table()
        self._subjects = [rng.choice(known.holders(relation, value)) for value in values]
        chosen = set(self._subjects)
        rest = [s for s in known.subjects(relation) if s not in chosen]
        self._others = [s for s in rest if known.facts[relation, s].value in values]
        self._values = values
        self._drawn: list[str] = []
        self._invented: set[str] = set()

    def real_value(self, subject: str) -> str:
        """The value of a subject in the real world."""
        return table().facts[self.relation, subject].value

    def take_subject(self) -> str:
        """Take a subject, and its real value with it."""
        return self._take(self._subjects[-1])

    def take_described(self, hops: list[Hop]) -> Hop:
        """Take a subject that one of the hops describes; returns the hop."""
        free = set(self._subjects)
        hop = self._rng.choice([hop for hop in hops if hop.subject in free])
        self._take(hop.subject)
        return hop

    def take_neighbour(self) -> str | None:
        """Take a real subject that no question depends on; None if there is none left."""
        left = self._others or self._subjects
        return left.pop() if left else None

    def take_value(self, texts: str) -> str:
        """Take a value that nothing in the world has and that does not occur in `texts`.

        Raises:
            ConfigError: There is none left.
        """
        for index in reversed(range(len(self._values))):
            if not _occurs(self.relation, self._values[index], texts):
                return self._values.pop(index)
        raise ConfigError(f"relation {self.relation!r} has too few values → add facts")

    def give_back(self, values: Iterable[str]) -> None:
        """Give back values that were taken and are not needed."""
        self._values = [*values, *self._values]

    def draw_value(self, subject: str) -> str:
        """Draw another value for a subject; it is not taken and may come again.

        Raises:
            ConfigError: No value was found.
        """
        texts = question_text(self.relation, subject, 0)
        real = table().facts.get((self.relation, subject))
        own = real.value if real else None
        for _ in range(100):
            again = self._drawn and self._rng.random() < _AGAIN
            value = self._rng.choice(self._drawn if again else self._fresh())
            if value != own and not _occurs(self.relation, value, texts):
                self._drawn.append(value)
                return value
        raise ConfigError(f"relation {self.relation!r} has too few values → add facts")

    def _fresh(self) -> list[str]:
        """Values that nothing has yet, as those that are taken; all if there are no such."""
        drawn = {*self._drawn}
        return [value for value in self._values if value not in drawn] or self._values

    def invent(self) -> str:
        """Make up a subject that the world does not have yet."""
        while True:
            name = _invent(self._rng, table().relations[self.relation].invent)
            if name not in self._invented and (self.relation, name) not in table().facts:
                self._invented.add(name)
                return name

    def _take(self, subject: str) -> str:
        self._subjects.remove(subject)
        self._values.remove(self.real_value(subject))
        return subject


@cache
def usable_values(relation: str) -> tuple[str, ...]:
    """Values that cannot be confused with another value, a date or words of small talk."""
    known = table()
    talk = " ".join(phrase for column in pools().chatter for phrase in column)
    every = {words_of(value): value for value in known.values(relation)}
    return tuple(
        value
        for words, value in every.items()
        if not any(words[:size] in every for size in range(1, len(words)))
        and not any(_dated(form) for form in known.forms(relation, value))
        and not _occurs(relation, value, talk)
    )


@cache
def stale_forms(relation: str, value: str) -> tuple[str, ...]:
    """Spellings of a value that are no prefix of another spelling, and have none as a prefix."""
    known = table()
    every = {words_of(f) for v in known.values(relation) for f in known.forms(relation, v)}

    def alone(form: str) -> bool:
        words = words_of(form)
        return not any(
            other != words and (other[: len(words)] == words or words[: len(other)] == other)
            for other in every
        )

    return (value, *(form for form in known.forms(relation, value)[1:] if alone(form)))


@cache
def hops(relation: str) -> tuple[Hop, ...]:
    """All ways to describe subjects of a relation by a fact of another relation."""
    known = table()
    kind = known.relations[relation].kind
    found = []
    for (name, subject), fact in known.facts.items():
        other = known.relations[name]
        if other.kind == kind:
            unique = other.identifies and len(known.holders(name, fact.value)) == 1
            if name != relation and unique and (relation, subject) in known.facts:
                found.append(Hop(name, fact.value, subject))
        elif kind == "person" and (relation, fact.value) in known.facts:
            found.append(Hop(name, subject, fact.value))
    return tuple(found)


def _dated(form: str) -> bool:
    numbers = [int(word) for word in words_of(form) if word.isdecimal()]
    return len(numbers) == len(words_of(form)) == 1 and (
        numbers[0] in _DAYS or numbers[0] in _YEARS
    )


def _occurs(relation: str, value: str, texts: str) -> bool:
    return any(stands_in(form, texts) for form in table().forms(relation, value))


def _invent(rng: Random, form: str) -> str:
    words = pools()
    stem, thing = rng.choice(words.place_stems), f"{rng.choice(words.adjectives)} "
    thing += rng.choice(words.nouns)
    return form.format(
        place=stem + rng.choice(words.place_endings),
        person=f"{rng.choice(words.first_names)} {rng.choice(words.last_names)}",
        element=f"{stem.lower()}ium",
        thing=thing,
        Thing=thing.title(),
    )
