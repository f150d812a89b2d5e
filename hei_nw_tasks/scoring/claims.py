"""Which of the values that a text mentions it asserts.

* denied: "not Lima", "neither Lima nor Rome", "Lima is not …", "I don't think it is Lima"; up to
  the end of the clause, or "but", "instead", "rather".
* past: "formerly Lima", "used to be Lima", "changed from Lima to Oslo", "Lima until 2019",
  "it was Lima and is now Oslo". Of a question about the past ("Before 10 August, …"), it is the
  present that is set aside instead: "Lima, and since then Oslo".
* contrasted: "whereas Lima …", "unlike Lima".
* questioned: "Lima? I am not sure."

Past and contrasted values are set aside only where another value is asserted: "It was originally
composed by Satie" asserts Satie. The patterns read a text in which every value that matters is one
character, `VALUE`.
"""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Literal

from hei_nw_tasks.scoring import claim_patterns as patterns
from hei_nw_tasks.scoring.claim_patterns import GIVEN, VALUE
from hei_nw_tasks.scoring.english import ends_a_name
from hei_nw_tasks.scoring.values import ARTICLES, ATOM

Stance = Literal["asserted", "questioned", "dropped"]


def stances(marked: str, *, about_past: bool = False, of_receiver: bool = False) -> list[Stance]:
    """What a text does with each `VALUE`, in order.

    Args:
        marked: A text whose values are marks.
        about_past: Whether the question is about how things were before.
        of_receiver: Whether the question asks who got something, so that who gave it is no answer.
    """
    places = [found.start() for found in re.finditer(VALUE, marked)]
    if not places:
        return []
    denied, questioned = _denied(marked), _hits(marked, (patterns.QUESTIONED,))
    if of_receiver:
        denied |= _hits(marked, patterns.GIVER)
    left = [place for place in places if place not in denied | questioned]
    aside = _hits(marked, (*(patterns.PRESENT if about_past else patterns.PAST), patterns.CONTRAST))
    if any(place not in aside for place in left):
        left = [place for place in left if place not in aside]
    kept = set(left)
    return [
        "asserted" if place in kept else "questioned" if place in questioned - denied else "dropped"
        for place in places
    ]


def is_hedged(marked: str) -> bool:
    """Whether a value is offered beside an alternative: "K3-15 or K3-16", "10:02 to 10:05"."""
    return any(pattern.search(marked) for pattern in patterns.HEDGED)


def names_another(marked: str, asked: Set[str]) -> bool:
    """Whether a name that the question does not have stands beside a value as a second answer."""
    return any(
        not all(word.casefold() in asked for word in ATOM.findall(found["name"]))
        for pattern in (patterns.ANOTHER_NAME, patterns.NAMED)
        for found in pattern.finditer(marked)
    )


def is_open(marked: str, asked: Set[str]) -> bool:
    """Whether a list claims more values than those that are looked for.

    "…and 16 other people", "etc.", or an item that is no known value.
    """
    return bool(patterns.OPEN_END.search(marked)) or any(
        _is_item(item, asked)
        for item in patterns.SEPARATOR.split(marked)
        if VALUE not in item and GIVEN not in item
    )


def _is_item(text: str, asked: Set[str]) -> bool:
    words = ATOM.findall(text)
    return (
        1 <= len([word for word in words if word.lower() not in ARTICLES]) <= 3
        and not text.rstrip().endswith(":")
        and not any(ends_a_name(word) and word.lower() not in ARTICLES for word in words)
        and not any(word.casefold() in asked or word.isdigit() for word in words)
    )


def _denied(marked: str) -> set[int]:
    """Places of values in the scope of a negation."""
    places, start = set[int](), 0
    ends = [
        *((end.start(), end.end()) for end in patterns.CLAUSE_END.finditer(marked)),
        (len(marked),) * 2,
    ]
    for end, following in ends:
        clause = patterns.NO_NEGATION.sub(lambda found: " " * len(found[0]), marked[start:end])
        if negation := patterns.NEGATION.search(clause):
            places.update(
                start + found.start()
                for found in re.finditer(VALUE, clause)
                if found.start() > negation.start()
            )
        start = following
    return places | _hits(marked, (patterns.DENIED_BEHIND,))


def _hits(marked: str, patterns: tuple[re.Pattern[str], ...]) -> set[int]:
    """Places of the first value in each match of the patterns."""
    return {
        found.start() + found[0].index(VALUE)
        for pattern in patterns
        for found in pattern.finditer(marked)
    }
