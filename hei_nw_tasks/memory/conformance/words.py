"""What texts tell, word by word: how the checks know whose text was rewritten.

>>> sorted(names("On 7 May 2024, Ada Holt left parcel ZZW-0779 in Elmby."))
['elmby', 'holt', 'zzw-0779']
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

_WORD = re.compile(r"\w+(?:[-:./]\w+)*")
_LONG = 4


def words(text: str) -> set[str]:
    """Its words, in lower case."""
    return {word.casefold() for word in _WORD.findall(text)}


def names(text: str) -> set[str]:
    """Its words that are names, codes or numbers, of four characters at least, in lower case.

    The month and the year of a date say nothing of the event. The first word begins with a capital
    letter in any case.
    """
    first, found = _WORD.search(text), set()
    for match in _WORD.finditer(text):
        word = match.group()
        is_first = first is not None and match.start() == first.start()
        odd = any(c.isdigit() for c in word) or (word[0].isupper() and not is_first)
        if odd and len(word) >= _LONG and not _is_of_a_date(word):
            found.add(word.casefold())
    return found


def marks(texts: Mapping[str, str]) -> dict[str, set[str]]:
    """The names that stand in one text only, for each text by its id."""
    by_id = {id_: (names(text), words(text)) for id_, text in texts.items()}
    count: dict[str, int] = {}
    for _, every in by_id.values():
        for word in every:
            count[word] = count.get(word, 0) + 1
    return {id_: {name for name in own if count[name] == 1} for id_, (own, _) in by_id.items()}


def of_dates(dates: Iterable[date]) -> set[str]:
    """Words that tell dates."""
    return {
        word
        for day in dates
        for word in words(
            f"{day.isoformat()} {day:%A %a %B %b %d} {day.day} {day.month} {day.year}"
        )
    }


def share_known(text: str, known: set[str]) -> float:
    """The share of the longer words of a text that are known; 1 if it has none."""
    longer = [word for word in words(text) if len(word) >= _LONG]
    return sum(word in known for word in longer) / len(longer) if longer else 1.0


def _is_of_a_date(word: str) -> bool:
    if re.fullmatch(r"\d{4}", word):
        return 1900 <= int(word) <= 2100
    return word.casefold() in _MONTHS


_MONTHS = {date(2000, month, 1).strftime("%B").casefold() for month in range(1, 13)}
