"""Times of day in a text, as minutes since midnight.

Understood: "16:44", "4:44 PM", "4:44 p.m.", "16.44h", "16h44", "1644 hours", "0816", "4 PM",
"4:44 in the afternoon", "half past 4 PM", "a quarter to five in the afternoon", "noon". Without
"PM", "4:44" is in the morning. "10:29:29" is not 10:29, and "13.05.2018" is a date.

>>> [minutes for minutes, _, _ in clock_times("From 4:44 p.m. on, at 16.45h; midnight")]
[1004, 1005, 0]
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HALF_DAY = (
    r"(?:\s?[ap]\.\s?m\b\.?|\s?[ap]m\b|\s?(?:o'clock\s)?(?:in\sthe\s(?:early\s|late\s)?"
    r"(?:morning|afternoon|evening)|at\snight)\b)"
)
_HOURS = ("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
          "eleven")  # fmt: skip
_MINUTES = {"five": 5, "ten": 10, "quarter": 15, "twenty": 20, "twenty-five": 25, "half": 30}
_START = r"(?:(?<![\w:.,/-])|(?<=\dT))"
_END = r"(?![\w:]|[.,/-]\d)"
_CLOCK = re.compile(
    _START + r"(?:(?P<hour>\d{1,2})\s?(?:[:.]|h\s?(?=\d))\s?(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:\.\d{1,6})?)?(?:Z|\s?h(?:ours|rs)?\b)?"
    rf"|(?P<bare>\d{{1,2}})(?:\so'clock)?(?={_HALF_DAY})"
    r"|(?P<military>[01]\d[0-5]\d|2[0-3][0-5]\d)(?P<hours>\s?(?:h|hrs?|hours)\b)?"
    rf"|\b(?:a\s)?(?P<count>half|quarter|\d{{1,2}}|{'|'.join(_MINUTES)})(?:\sminutes?)?"
    rf"\s(?P<side>past|after|to|before)\s(?P<of>\d{{1,2}}(?!:)|{'|'.join(_HOURS)})\b"
    r"|\b(?P<name>noon|midday|midnight)\b)"
    rf"(?:(?P<half>{_HALF_DAY})|{_END})",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH},?\s(?P<year>\d{{4}})\b"
    rf"|\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?P<year2>\d{{4}})\b"
    r"|\b(?P<year3>\d{4})-\d{2}-\d{2}(?!\d)|\b\d{1,2}[./]\d{1,2}[./](?P<year4>\d{4})\b",
    re.IGNORECASE,
)
NEVER = -1  # the minutes of something that looks like a time and is none


def clock_times(text: str, *, military: bool = True) -> Iterator[tuple[int, int, int]]:
    """Minutes since midnight, start and end of every time in the text.

    Args:
        text: A folded text, see `values.fold`.
        military: Whether four bare digits are a time where they cannot be a year, or are all the
            text.
    """
    for found in _CLOCK.finditer(text):
        if found["military"]:
            digits = found["military"]
            year_like = digits[0] != "0" and not found["hours"]
            if not military or (year_like and digits != text.strip(" .")):
                continue
            yield int(digits[:2]) * 60 + int(digits[2:]), found.start(), found.end()
        else:
            yield _minutes(found), found.start(), found.end()


def minutes_of(text: str) -> int | None:
    """The time that the whole text is; None if it is none."""
    found = _CLOCK.fullmatch(text)
    return _minutes(found) if found and not found["military"] and ":" in text else None


def _minutes(found: re.Match[str]) -> int:
    if found["name"]:
        return 0 if found["name"].lower() == "midnight" else 12 * 60
    if found["count"]:
        count, of = found["count"].lower(), found["of"].lower()
        hour = _HOURS.index(of) if of in _HOURS else int(of)
        minute = _MINUTES[count] if count in _MINUTES else int(count)
        total = hour * 60 + (minute if found["side"].lower() in ("past", "after") else -minute)
    else:
        hour, minute = int(found["hour"] or found["bare"]), int(found["minute"] or 0)
        if hour > 24 or minute > 59 or int(found["second"] or 0):
            return NEVER
        total = hour * 60 + minute
    half = (found["half"] or "").lower().strip()
    afternoon = half.startswith("p") or half.endswith(("afternoon", "evening"))
    if total // 60 == 12 and half and not afternoon and not found["name"]:
        total -= 12 * 60
    elif total < 12 * 60 and (afternoon or (half.endswith("night") and total >= 6 * 60)):
        total += 12 * 60
    elif total >= 13 * 60 and half.startswith("a"):
        return NEVER
    return total % (24 * 60)
