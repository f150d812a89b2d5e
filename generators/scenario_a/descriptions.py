"""Says what a cue's values are without any of their words: questions with `cue_overlap="semantic"`.

    >>> described("what", "crimson parasol", 0)
    'blood-coloured sunshade'
    >>> "scarlet parasol" in fits("what", "crimson parasol")
    True

Persons have invented names, of which nothing is known, so no description singles one out: such
cues give things, actions, places and times. Every word that those are made of has a phrase in
`words/descriptions.txt`, of four kinds: synonyms ("squeezebox"), classes ("drinking vessel"), what
a thing is for, and what a name means ("the place named after a spice"). Times are described by
`generators.scenario_a.occasions`. A phrase fits other words besides the one described; whatever it
fits is kept out of the world, so that a cue has one reading there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from generators.scenario_a.occasions import clock_in_words, date_in_words
from generators.world.pools import pool_text, pools


# Compared by identity, which is fast: each line of the file makes one.
@dataclass(frozen=True, eq=False, slots=True)
class Sense:
    """What a word can be called instead.

    Attributes:
        phrases: One or more phrases that mean the same; a verb's have base form and past tense.
        fits: All words that the phrases can be said of, itself among them.
    """

    phrases: tuple[tuple[str, ...], ...]
    fits: frozenset[str]


@cache
def senses() -> dict[tuple[str, str], Sense]:
    """The sense of every word, by its kind ("adjective", "noun", "verb", "stem") and itself."""
    found: dict[tuple[str, str], Sense] = {}
    for line in pool_text("descriptions").splitlines():
        if line.startswith("#"):
            continue
        kind, _, rest = line.partition(": ")
        phrases, _, words = rest.partition(" = ")
        described, _, others = words.partition(" / ")
        sense = Sense(
            phrases=tuple(tuple(phrase.strip().split(" > ")) for phrase in phrases.split(";")),
            fits=frozenset((*described.split(), *others.split())),
        )
        found |= {(kind, word): sense for word in described.split()}
    return found


# There are 15,000 things; a world asks for a few, and for each twice.
@lru_cache(maxsize=256)
def fits(slot: str, value: str) -> frozenset[str]:
    """All values of a slot that the description of a value can be said of."""
    if slot == "what":
        return _things(*_parts(value))
    if slot == "where":
        return _places(senses()["stem", _stem_of()[value]])
    if slot == "action":
        return senses()["verb", value].fits
    return frozenset((value,))


@cache
def _things(adjective: Sense, noun: Sense) -> frozenset[str]:
    return frozenset([f"{a} {n}" for a in adjective.fits for n in noun.fits])


@cache
def _places(sense: Sense) -> frozenset[str]:
    return frozenset([stem + end for stem in sense.fits for end in pools().place_endings])


def described(slot: str, value: str, turn: int) -> str:
    """The description of a thing or a place.

    Args:
        slot: "what" or "where".
        value: The value.
        turn: Chooses among phrases that mean the same.
    """
    if slot == "where":
        return f"the place named after {_chosen(senses()['stem', _stem_of()[value]], turn)[0]}"
    adjective, noun = (_chosen(sense, turn)[0] for sense in _parts(value))
    if adjective.startswith("~"):
        return f"{noun} {adjective[1:]}"
    return f"{adjective} {noun}"


def cue_in_words(given: Mapping[str, str], turn: int) -> dict[str, str]:
    """What a question says for the values that it gives.

    Returns:
        A text for each given slot: for "action" the base form, with its past tense under "past";
        for "when" the date and the clock time, with each under "date" and "clock" too.
    """
    words = {
        slot: described(slot, given[slot], turn) for slot in ("what", "where") if slot in given
    }
    if "action" in given:
        words["action"], words["past"] = _chosen(senses()["verb", given["action"]], turn)
    if "when" in given:
        date, clock = given["when"].split(" at ")
        words["date"], words["clock"] = date_in_words(date, turn), clock_in_words(clock)
        words["when"] = f"{words['date']} at {words['clock']}"
    return words


def _chosen(sense: Sense, turn: int) -> tuple[str, ...]:
    return sense.phrases[turn % len(sense.phrases)]


def _parts(thing: str) -> tuple[Sense, Sense]:
    adjective, noun = thing.split()
    return senses()["adjective", adjective], senses()["noun", noun]


@cache
def _stem_of() -> dict[str, str]:
    words = pools()
    return {stem + end: stem for stem in words.place_stems for end in words.place_endings}
