"""JSON as its standard has it, where Python's parser is more lenient than is safe for numbers.

Refused, each of which the standard library reads without a word or with a traceback: duplicate keys
(the last would win), numbers beyond a float or 64 bits, nesting without end, half of a surrogate
pair. NaN and Infinity are no JSON either, but lm_eval writes them: there they can be read as None.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

MAX_DEPTH = 64
MAX_BYTES = 64 << 20  # of a file or a line: many times what lm_eval writes, and soon read
_INTEGERS = range(-(1 << 63), 1 << 63)  # what columns of datasets hold
_MAX_INTEGER_DIGITS = 19
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


class StrictJsonError(ValueError):
    """The bytes are not JSON that can be trusted.

    Attributes:
        line: Line within the bytes, from 1, where it is known.
    """

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(what)
        self.line = line


def parse(raw: bytes, *, nan_as_none: bool = False) -> Any:
    """Reads one JSON value from UTF-8 bytes; a byte order mark before it is ignored.

    Args:
        raw: The whole text.
        nan_as_none: Whether NaN, Infinity and -Infinity are missing values, or refused.

    Raises:
        StrictJsonError: Saying what is wrong, in a few words.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise StrictJsonError(f"not UTF-8 (byte 0x{raw[error.start]:02x})", line) from error
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_float,
            parse_int=_integer,
            parse_constant=_none if nan_as_none else _no_constant,
        )
    except json.JSONDecodeError as error:
        raise StrictJsonError(f"not JSON ({error.msg})", error.lineno) from error
    except RecursionError as error:
        raise StrictJsonError("nested too deeply") from error
    # What opens fewer brackets than that needs no look inside.
    if text.count("[") + text.count("{") >= MAX_DEPTH and _depth_exceeds(value, MAX_DEPTH):
        raise StrictJsonError("nested too deeply")
    if _SURROGATE_ESCAPE.search(text) and _has_lone_surrogate(value):
        raise StrictJsonError("holds half of a surrogate pair")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = Counter(key for key, _ in pairs)
        twice = next(key for key, count in keys.items() if count > 1)
        raise StrictJsonError(f"has the key {twice!r} twice")
    return made


def _float(literal: str) -> float:
    value = float(literal)
    if value in (float("inf"), float("-inf")):
        raise StrictJsonError(f"has a number that is too large ({literal[:20]})")
    return value


def _integer(literal: str) -> int:
    # By its length first: converting takes time that grows with the square of it.
    if len(literal.lstrip("-")) > _MAX_INTEGER_DIGITS or int(literal) not in _INTEGERS:
        raise StrictJsonError(f"has a number that is too large ({literal[:20]}…)")
    return int(literal)


def _none(_: str) -> None:
    return None


def _no_constant(literal: str) -> float:
    raise StrictJsonError(f"holds {literal}, which is no number")


def _depth_exceeds(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return False
    return True


def _has_lone_surrogate(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
