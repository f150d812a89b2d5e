"""Reading responses: two notions of "the same text", on purpose.

* `normalize` is SQuAD's (Rajpurkar et al., 2016: lower case, no ASCII punctuation, no articles,
  single spaces).
* `tokens` are whole words, where a hyphen, an apostrophe or a decimal point inside a word does not
  end it: "5433" is in "host:5433", but not in "15433", "5433-b" or "15,433".

>>> tokens("The port's 5433."), normalize("The port's 5433.")
(('port', '5433'), 'ports 5433')
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

Tokens: TypeAlias = tuple[str, ...]

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE_COMMA = re.compile(
    rf"(\b{_MONTH}\.?(?:\s+\d{{1,2}}(?:st|nd|rd|th)?)?),(?=\s*\d{{4}}\b)", re.IGNORECASE
)
SPELLED_DATE = re.compile(rf"\b\d{{1,2}} {_MONTH} \d{{4}}\b", re.IGNORECASE)
_LIST_SEPARATOR = re.compile(r"[,;&\n]|\band\b", re.IGNORECASE)
_TOKEN = re.compile(r"\w+(?:(?:[-'’]|(?<=\d)[.,](?=\d))\w+)*")
_POSSESSIVE = re.compile(r"['’]s?$")


def normalize(text: str) -> str:
    """Lower case, without ASCII punctuation, articles and surplus white space, as SQuAD does it.

    >>> normalize("The  Café Lumen!")
    'café lumen'
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def split_list(text: str) -> list[str]:
    """The values of an enumeration, in order: split at commas, semicolons, "&", "and", new lines.

    A comma between a month (and day) and its year belongs to the date.

    >>> split_list("Mia Sol, Jo Park and Al Roy"), split_list("May 3, 2024; June 9, 2024")
    (['Mia Sol', 'Jo Park', 'Al Roy'], ['May 3 2024', 'June 9 2024'])
    """
    parts = _LIST_SEPARATOR.split(_DATE_COMMA.sub(r"\1", text))
    return [stripped for part in parts if (stripped := part.strip())]


# The values of a log are read again for each question about it.
@lru_cache(maxsize=4096)
def tokens(text: str) -> Tokens:
    """Whole tokens in order, without articles and possessive endings."""
    # Composed form, because a combining accent is no word character and would end the token.
    found = _TOKEN.findall(unicodedata.normalize("NFC", text).lower())
    words = (_POSSESSIVE.sub("", token) for token in found)
    return tuple(word for word in words if not _ARTICLES.fullmatch(word))


def values_of(texts: Iterable[str]) -> set[Tokens]:
    """Tokens of each text; texts without any are left out."""
    return {words for text in texts if (words := tokens(text))}


def mentions(response: str, values: set[Tokens]) -> set[Tokens]:
    """The values named in the response, read from the left, the longest first."""
    words, found, at = tokens(response), set[Tokens](), 0
    lengths = sorted({len(value) for value in values}, reverse=True)
    while at < len(words):
        value = next((v for n in lengths if (v := words[at : at + n]) in values), None)
        if value:
            found.add(value)
        at += len(value) if value else 1
    return found
