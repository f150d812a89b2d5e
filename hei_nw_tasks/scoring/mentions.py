"""Finds values in a text, and tells a value from a longer one that contains it.

A mention is *glued* where its token goes on ("15433", "K3-15-b", "/srv/jade/kettle/old" name
neither 5433 nor K3-15 nor /srv/jade/kettle): that is another value, and no mention at all. It is
*part of a longer name* where a capitalised word ("Viola Macready Smith") or a noun ("maroon fan
heater") extends it; `neighbours.py` has those rules.

>>> oslo, fan = value_of("Oslo"), value_of("maroon fan")
>>> [found.value.text for found in find_mentions("In OSLO, a maroon fan-heater", [oslo, fan])]
['Oslo']
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from hei_nw_tasks.scoring.clock import DATE, clock_times
from hei_nw_tasks.scoring.english import FUNCTION_WORDS
from hei_nw_tasks.scoring.values import ARTICLES, ATOM, UNIT, Value, amount, value_of


@dataclass(frozen=True, slots=True)
class Mention:
    """A value where a text names it; `value` is None for a time or number that nobody looks for."""

    value: Value | None
    start: int
    end: int


_NUMBER = re.compile(
    rf"(?<!\w)\+?(?:(\d+\.\d+)[ -]?({UNIT})(?!\w)|(\d+)(?:\.0+(?!\d))?(?:[ -]?({UNIT})(?!\w))?)",
    re.IGNORECASE,
)
_NAME_GAP = re.compile(r"[ '_-]{0,3}(?:\.[ '-]?)?(?:(?:a|an|the) )?", re.IGNORECASE)
_SHORT = 3  # letters of an atom that a full stop abbreviates ("St.", "Dr.", "P. L.")
_PROTOCOL = re.compile(r"/(?:tcp|udp|tls|ssl|https?|sctp)\b", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z][\w.-]*:$")
_HOST_LENGTH = 60
_POSSESSIVE = re.compile(r"'(?:s(?!\w)|(?!\w))")


def find_mentions(
    text: str, values: Collection[Value], *, years_in_dates: bool = False
) -> list[Mention]:
    """The values that a folded text names, from the left, the longest first; none overlap.

    Args:
        text: A text as `values.fold` leaves it.
        values: What to look for.
        years_in_dates: Whether "1821" is named by "30 January 1821".
    """
    kinds = {value.kind for value in values}
    found: list[Mention] = []
    if "clock" in kinds:
        by_key = {value.key: value for value in values if value.kind == "clock"}
        found += (
            Mention(by_key.get(("clock", minutes)), start, end)
            for minutes, start, end in clock_times(text)
        )
    if kinds & {"number", "quantity"}:
        found += _numbers(text, values, years_in_dates)
    found += _sequences(text, [v for v in values if v.kind in ("name", "code", "symbol")])
    found.sort(key=lambda mention: (mention.start, -mention.end))
    kept, end = list[Mention](), 0
    for mention in found:
        if mention.start >= end:
            kept.append(mention)
            end = mention.end
    return kept


def _numbers(text: str, values: Collection[Value], years_in_dates: bool) -> Iterator[Mention]:
    by_key = {v.key: v for v in values if v.kind in ("number", "quantity")}
    dates = [date.span() for date in DATE.finditer(text)]
    years = {
        date.start(group)
        for date in DATE.finditer(text)
        for group in ("year", "year2", "year3", "year4")
    }
    at = 0
    for found in _NUMBER.finditer(text):
        start, end = found.span()
        is_year = years_in_dates and found.start(3) in years
        if not is_year and (
            glued_left(text, start, "number")
            or (not (found[2] or found[4]) and glued_right(text, end, "number"))
        ):
            continue
        while at < len(dates) and dates[at][1] <= start:
            at += 1
        if at < len(dates) and dates[at][0] <= start and not is_year:
            continue
        digits, unit = found[1] or found[3], found[2] or found[4]
        key: tuple[object, ...] = amount(digits, unit) if unit else ("number", digits)
        if not unit and digits.startswith("00"):  # an international prefix: 0066 is +66
            key = ("number", digits[2:])
        yield Mention(by_key.get(key), start, end)


def _sequences(text: str, values: Collection[Value]) -> Iterator[Mention]:
    """Mentions of names, codes and symbols: sequences of atoms."""
    if not values:
        return
    by_first: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
    for value in values:
        wanted = tuple(str(atom).casefold() for atom in value.key[1:])
        by_first.setdefault(wanted[0], []).append((wanted, value))
    for candidates in by_first.values():
        candidates.sort(key=lambda candidate: -len(candidate[0]))
    lower_only = text.islower() or text.isupper()
    atoms = [(m[0].casefold(), m.start(), m.end()) for m in ATOM.finditer(text)]
    plain = [atom for atom in atoms if atom[0] not in ARTICLES]
    for is_code, tokens in ((True, atoms), (False, plain)):
        for at, (first, start, _) in enumerate(tokens):
            for wanted, value in by_first.get(first) or _singular(by_first, first):
                if (value.kind == "code") is not is_code:
                    continue
                found = tuple(token[0] for token in tokens[at : at + len(wanted)])
                if found[1:] != wanted[1:] or len(found) < len(wanted):
                    continue
                end = tokens[at + len(wanted) - 1][2]
                gaps = [
                    text[tokens[i][2] : tokens[i + 1][1]] for i in range(at, at + len(wanted) - 1)
                ]
                if _fits(value, text, start, end, gaps, lower_only):
                    yield Mention(value, start, end)
                    break


def _singular(
    by_first: dict[str, list[tuple[tuple[str, ...], Value]]], word: str
) -> list[tuple[tuple[str, ...], Value]]:
    """The thing of one word that a plural names: "rands" is the rand."""
    if len(word) < 4 or not word.endswith("s"):
        return []
    return [
        (atoms, value)
        for atoms, value in by_first.get(word[:-1], ())
        if len(atoms) == 1 and value.kind == "name" and not value.is_proper
    ]


def _fits(value: Value, text: str, start: int, end: int, gaps: list[str], lower_only: bool) -> bool:
    if value.kind == "code":
        dotted = text[start - 1 : start] == "." or text.strip(" .") == text[start:end]
        if value.text.startswith(".") and not dotted:
            return False
        if not all(map(_same_gap, gaps, _code_gaps(value.text))):
            return False
    elif not (all(map(_NAME_GAP.fullmatch, gaps)) and _abbreviates(text[start:end], gaps)):
        return False
    if glued_left(text, start, value.kind) or glued_right(text, end, value.kind):
        return False
    return value.kind != "symbol" or _is_symbol(value, text, start, end, lower_only)


def _abbreviates(name: str, gaps: list[str]) -> bool:
    """Whether each full stop inside a name ends an abbreviation, not a sentence."""
    before = [ATOM.findall(part)[-1] for part in name.split(".")[:-1]]
    return "." not in "".join(gaps) or all(len(word) <= _SHORT for word in before)


def _code_gaps(code: str) -> list[str]:
    atoms = list(ATOM.finditer(code))
    return [code[a.end() : b.start()] for a, b in pairwise(atoms)]


def _same_gap(found: str, expected: str) -> bool:
    loose = ("", "-", " ", " - ")
    if expected in ("-", " ") and found in loose:
        return True
    return found.replace(" ", "").replace("\\", "/") == expected.replace(" ", "")


def _is_symbol(value: Value, text: str, start: int, end: int, lower_only: bool) -> bool:
    """Whether letters are the symbol, and not a word that is spelled the same ("In", "As")."""
    if text[start:end] != value.text and not (lower_only and len(value.text) > 1):
        return False
    is_word = value.text.lower() in FUNCTION_WORDS
    return not is_word or not re.match(r"[ ,]+\w", text[end : end + 9])


def glued_left(text: str, start: int, kind: str) -> bool:
    """Whether the token of a value begins before `start`."""
    mark, before = text[max(0, start - 1) : start], text[max(0, start - 2) : max(0, start - 1)]
    if mark.isalnum() or mark == "_":
        return True
    if kind == "number" and mark and mark in ".-":
        return mark == "-" or not before.isalpha()  # "-332" and ".332", but "no.332"
    if not before.isalnum():
        return False
    if mark == "'":
        return not (kind == "name" and before.isdigit())
    if mark == "/":
        return kind not in ("name", "symbol")
    if mark == ".":
        return kind == "code" and text[start].isalnum()
    if mark in ":,":
        # "10:29" has no 29, but "kestrel-03:48213" has a port.
        host = _HOST.search(text, max(0, start - _HOST_LENGTH), start)
        return kind == "number" and before.isdigit() and not host
    return mark in ("-", "@")


def glued_right(text: str, end: int, kind: str) -> bool:
    """Whether the token of a value goes on at `end`."""
    mark, after = text[end : end + 1], text[end + 1 : end + 2]
    if mark.isalnum() or mark == "_" or (mark == "%" and kind == "number"):
        return True
    if not after.isalnum():
        return False
    if mark == "'":
        return not _POSSESSIVE.match(text, end)
    if mark == "/":
        return kind not in ("name", "symbol") and not _PROTOCOL.match(text, end)
    if mark == ".":
        return kind == "code" or after.isdigit() or after.islower()
    if mark == ":":
        return kind == "code" or (kind == "number" and after.isdigit())
    if mark == ",":
        return kind == "number" and after.isdigit()
    return mark in ("-", "@")


def values_of(texts: Iterable[str]) -> set[Value]:
    """What the texts mean; those without letter or digit are left out."""
    return {value for text in texts if (value := value_of(text))}
