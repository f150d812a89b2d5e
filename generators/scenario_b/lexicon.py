"""The English that the solver knows: words for each relation, and names of made-up things.

>>> relations_in("Where was the author of “Emma” born?")
['author', 'birthplace']

Only `generators.scenario_b.solver` uses it; the wordings that it must understand are elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from generators.world.pools import pools

_QUOTED = re.compile(r"“[^”]*”")
_SPOKEN = {
    "airport_code": r"airport code|three letters|airlines abbreviate",
    "architect": r"\barchitect|designed|plans of",
    "atomic_number": r"atomic number|protons",
    "author": r"\bauthor\b|wrote|\bwriter\b",
    "birth_year": r"birth year|[Ww]hen was .*born|year of birth|come into the world",
    "birthplace": r"birthplace|Where was .*born|city of birth|by birth",
    "calling_code": r"calling code|dialling prefix|telephone country code|dialled",
    "capital": r"(?<!state )\bcapital\b|seat of government",
    "character_creator": r"\bcreat(?:or|ed)\b|imagination",
    "composer": r"\bcompose[rd]|the music of",
    "constellation": r"constellation|group of stars",
    "currency": r"currency|\bmoney\b|legal tender",
    "director": r"\bdirect(?:or|ed)\b|film-maker|film set",
    "element_symbol": r"chemical symbol|periodic table|element symbol|chemists abbreviate",
    "event_year": r"\bthe year of (?!birth|publication)|take place|history books",
    "founder": r"\bfound(?:er|ed)\b|into being",
    "highest_peak": r"highest (?:peak|mountain|point)|\btallest\b",
    "internet_domain": r"\bdomain\b|web addresses",
    "inventor_or_discoverer": r"invent(?:or|ed)? or discover(?:er|ed)?|credited with",
    "painter": r"\bpaint(?:er|ed)\b|the painting\b|whose brush",
    "publication_year": r"publication year|published|year of publication|in print",
    "river": r"\briver\b|waterway",
    "roman_counterpart": r"Roman counterpart|\bRomans\b",
    "sculptor": r"sculpt|whose chisel",
    "thinker": r"\bthinker\b",
    "us_state_capital": r"state capital|state government|state legislature",
}
_PATTERNS = {relation: re.compile(pattern) for relation, pattern in _SPOKEN.items()}


def relations_in(text: str) -> list[str]:
    """Names of all relations that a text mentions outside quotation marks."""
    plain = _QUOTED.sub("“”", text)
    return [relation for relation, pattern in _PATTERNS.items() if pattern.search(plain)]


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of the phrases as whole words, the longest first."""
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


@cache
def made_up() -> re.Pattern[str]:
    """A pattern for made-up names; shares the word pools with the generator."""
    words = pools()

    def one_of(names: Iterable[str]) -> str:
        return f"(?:{'|'.join(names)})"

    return re.compile(
        rf"\b(?:{one_of(words.place_stems)}{one_of(words.place_endings)}"
        rf"|{one_of(words.first_names)} {one_of(words.last_names)}"
        rf"|(?i:{one_of(words.place_stems)})ium"
        rf"|(?i:{one_of(words.adjectives)} {one_of(words.nouns)}))\b"
    )
