"""Whole numbers in words.

>>> in_words(7), in_words(40), in_words(47)
('seven', 'forty', 'forty-seven')
"""

from __future__ import annotations

UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def in_words(number: int) -> str:
    """A number from 0 to 99."""
    if number < len(UNITS):
        return UNITS[number]
    tens, units = divmod(number, 10)
    return f"{_TENS[tens]}-{UNITS[units]}" if units else _TENS[tens]
