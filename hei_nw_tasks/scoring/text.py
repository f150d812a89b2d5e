"""Texts as SQuAD compares them (Rajpurkar et al., 2016), and the values of an enumeration.

>>> normalize("The port's 5433.")
'ports 5433'
"""

from __future__ import annotations

import re
import string

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE_COMMA = re.compile(
    rf"(\b{_MONTH}\.?(?:\s+\d{{1,2}}(?:st|nd|rd|th)?)?),(?=\s*\d{{4}}\b)", re.IGNORECASE
)
_LIST_SEPARATOR = re.compile(r"[,;&\n]|\band\b", re.IGNORECASE)


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
