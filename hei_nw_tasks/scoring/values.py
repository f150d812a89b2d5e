"""What a value means, so that two spellings of one value compare as equal.

==========  ===============================  ====================================================
kind        for example                      equal to
==========  ===============================  ====================================================
clock       16:44                            4:44 PM, 4:44 p.m., 16.44h, 1644 hours
number      15433, +66                       15,433, 15 433, 15.433,0, fifteen thousand …, 0066
quantity    7589 ms                          7,589 milliseconds, 7.589 s
code        K3-15, /srv/jade/kettle, .se     k3–15, K3 15, `/srv/jade/kettle/`
name        Zoë Ann-Marie Sol, maroon fan    zoe ann marie sol, a maroon fan
symbol      Bi, DXB                          the same letters in the same case
==========  ===============================  ====================================================

>>> value_of("Besançon") == value_of("besancon"), value_of("16:44") == value_of("4:44 PM")
(True, True)
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from hei_nw_tasks.scoring.clock import minutes_of

Kind = Literal["clock", "number", "quantity", "code", "name", "symbol"]

_LETTERS = str.maketrans(
    {
        **dict(zip("øØłŁđĐðÐıħĦŧŦ", "oOlLdDdDihHtT", strict=True)),
        **{"æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th", "ß": "ss"},
        **dict.fromkeys("‐‑‒–−﹣－", "-"),
        "№": "#",
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        # Joiners, marks of direction, and the private characters that stand for values.
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ue000\ue001\ue002\ue003"),
        **dict.fromkeys("\u2028\u2029\u0085\r\v\f", "\n"),
    }
)
_BLANK = re.compile(r"[^\S\n]")
ATOM = re.compile(r"[^\W\d_]+|\d+")
ARTICLES = frozenset(("a", "an", "the"))
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:([, '_])\d{3})(?:\1\d{3})*(?![\d_])(?![,.']\d{3}\b)")

# Unit: its dimension and how many of the smallest it is.
_UNITS: dict[str, tuple[str, Decimal]] = {
    **dict.fromkeys(("ms", "msec", "msecs", "millisecond", "milliseconds"), ("time", Decimal(1))),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), ("time", Decimal(1000))),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), ("time", Decimal(60_000))),
    **dict.fromkeys(("us", "microsecond", "microseconds"), ("time", Decimal("0.001"))),
    **dict.fromkeys(("kb", "kilobyte", "kilobytes", "kib"), ("size", Decimal(1))),
    **dict.fromkeys(("mb", "megabyte", "megabytes", "mib", "mbytes"), ("size", Decimal(1000))),
    **dict.fromkeys(("gb", "gigabyte", "gigabytes", "gib", "gbytes"), ("size", Decimal(1_000_000))),
    **dict.fromkeys(("tb", "terabyte", "terabytes", "tib"), ("size", Decimal(10**9))),
}
UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_QUANTITY = re.compile(rf"(\d+(?:\.\d+)?)[ -]?({UNIT})", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d+")


@dataclass(frozen=True, slots=True)
class Value:
    """A value by what it means; two that mean the same are equal.

    Attributes:
        kind: How it is looked for in a text.
        key: What is compared: minutes, digits, an amount, or the atoms of a name or code.
        text: The folded spelling; not compared.
    """

    kind: Kind
    key: tuple[object, ...]
    text: str = field(compare=False)

    @property
    def is_proper(self) -> bool:
        """Whether it is written as a proper name, with a capital or without letter case."""
        first = next(filter(str.isalpha, self.text), "")
        return not first.islower()


def fold(text: str) -> str:
    r"""The text with one character for what is written in several ways; letter case stays.

    Diacritics, ligatures, wide and foreign digits, dashes, quotation marks and blanks.

    >>> fold("Zoë’s “K3–15”, ４２")
    'Zoe\'s "K3-15", 42'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = "".join(
            str(unicodedata.decimal(c)) if c.isdecimal() else c
            for c in text
            if not unicodedata.combining(c)
        ).translate(_LETTERS)
    return _BLANK.sub(" ", text.replace("\r", "\n"))


def without_thousands(text: str) -> str:
    """The text with plain numbers: "1,200", "1 200" and "1'200" become "1200".

    >>> without_thousands("72,943 at 10,2 and 1,234,567")
    '72943 at 10,2 and 1234567'
    """
    return _THOUSANDS.sub(lambda found: re.sub(r"\D", "", found[0]), text)


# The values of a log are read again for each question about it.
@lru_cache(maxsize=16_384)
def value_of(text: str) -> Value | None:
    """What the text of an answer means; None if it has neither letter nor digit."""
    folded = " ".join(fold(text).split())
    atoms = tuple(found[0].casefold() for found in ATOM.finditer(folded))
    if not atoms:
        return None
    if (minutes := minutes_of(folded)) is not None:
        return Value("clock", ("clock", minutes), folded)
    plain = without_thousands(folded)
    if _NUMBER.fullmatch(plain):
        return Value("number", ("number", plain.lstrip("+")), plain)
    if found := _QUANTITY.fullmatch(plain):
        return Value("quantity", amount(found[1], found[2]), plain)
    if any(map(str.isdigit, folded)) or re.search(r"[/\\#@_]|\w\.\w\w|^\.\w", folded):
        return Value("code", ("code", *atoms), folded)
    if len(folded) <= 3 and folded.isalpha() and folded.isascii() and folded[0].isupper():
        # "Bi" the element, but "Pei" the architect: case tells nothing once a vowel makes a word.
        return Value("symbol", ("symbol", folded), folded)
    words = tuple(atom for atom in atoms if atom not in ARTICLES) or atoms
    return Value("name", ("name", *words), folded)


def amount(number: str, unit: str) -> tuple[object, ...]:
    """What a number of a unit comes to, comparable among units of one dimension.

    >>> amount("7.5", "s") == amount("7500", "milliseconds")
    True
    """
    dimension, factor = _UNITS[unit.lower()]
    return dimension, Decimal(number) * factor
