"""Numbers that are spelled out in English.

>>> with_digits("lot three hundred and thirty-two, forty-eight thousand two hundred")
'lot 332, 48200'
>>> with_digits("one of them")
'one of them'
"""

from __future__ import annotations

import re

_UNITS = re.findall(
    r"\w+",
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen""",
)
_TENS = re.findall(r"\w+", "twenty thirty forty fifty sixty seventy eighty ninety")
_SMALL = {word: value for value, word in enumerate(_UNITS)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_LARGE = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_MAX_WORDS = 12
_WORD = "|".join([*_SMALL, *_LARGE])
_NUMBER = re.compile(rf"\b(?:{_WORD})\b(?:(?:[ -]| and )(?:{_WORD})\b)*", re.IGNORECASE)


def with_digits(text: str) -> str:
    """The text with digits for numbers of two words or more; "one" alone may be a pronoun."""
    return _NUMBER.sub(_digits, text)


def _digits(found: re.Match[str]) -> str:
    words = [word for word in re.split(r"[ -]", found[0].lower()) if word != "and"]
    if not 2 <= len(words) <= _MAX_WORDS:
        return found[0]
    total, group = 0, 0
    for word in words:
        if word == "hundred":
            group = max(group, 1) * 100
        elif word in _LARGE:
            total, group = total + max(group, 1) * _LARGE[word], 0
        else:
            value = _SMALL[word]
            # "one two" is two numbers, "twenty two" is one.
            if group % 10 or (group % 100 and value > 9):
                return found[0]
            group += value
    return str(total + group)
