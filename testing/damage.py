"""Ways to damage a file, each a function of a random generator and the file's bytes.

Disks and transfers do `BYTES`, editors and encodings `ENCODINGS`, and scripts that do not parse the
JSON `TEXTS` (those that do: `testing.restructuring`).
"""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable

Damage = Callable[[random.Random, bytes], bytes]

_NUMBER = re.compile(rb"(?<=[:\[,] )-?\d+(?:\.\d+)?(?:e[-+]\d+)?(?=[,\]}\s])")
_STRING = re.compile(rb'(?<=[:\[,] )"(?:[^"\\]|\\.)*"')
_KEY = re.compile(rb'"[\w@,-]+": ')
NUMBERS = (
    *(b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"1e308", b"-1e308", b"1e-400"),
    *(b"9" * 18, b"9" * 19, b"9" * 5000, b"-1", b"-0", b"0", b"0.0", b"1", b"2", b"00"),
    *(b"1.", b".5"),
    *(b"0x10", b"1_0", b"true", b"null", b'"1"', b'"N/A"', b"[1]", b"{}", b"0." + b"3" * 5000),
)
STRINGS = (
    *(b'""', b'" "', b'"\\ud83d"', b'"x\\udc00y"', b'"\\ud83d\\ude00"', b'"\\u0000"', b'"\\u2028"'),
    *("\u2028".join('"""').encode(), b'"\x00"', b'"\x1b[2J"', b'"\xff"', b'"NaN"', b'"unknown"'),
    *(b"null", b"7", b"[]", b"{}", b'"' + b"a b " * 20_000 + b'"', b"'x'", b'"all"', b'"../../x"'),
)


# --- bytes ---------------------------------------------------------------------------------------


def _span(rng: random.Random, raw: bytes, longest: int) -> tuple[int, int]:
    start = rng.randrange(len(raw))
    return start, min(len(raw), start + rng.randint(1, longest))


def flip(rng: random.Random, raw: bytes) -> bytes:
    """Flip one to three bits."""
    flipped = bytearray(raw)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        flipped[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return bytes(flipped)


def digit(rng: random.Random, raw: bytes) -> bytes:
    """Replace a digit."""
    place = rng.choice([match.start() for match in re.finditer(rb"\d", raw)])
    return raw[:place] + rng.choice(b"0123456789").to_bytes(1, "big") + raw[place + 1 :]


def insert(rng: random.Random, raw: bytes) -> bytes:
    """Insert a few bytes: any, or characters of JSON."""
    place, length = rng.randrange(len(raw)), rng.choice((1, 1, 2, 8, 40))
    some = bytes(rng.choices(rng.choice((range(256), b'0123456789.-e"{}[],: \\\n')), k=length))
    return raw[:place] + some + raw[place:]


def delete(rng: random.Random, raw: bytes) -> bytes:
    """Delete a block."""
    start, end = _span(rng, raw, rng.choice((1, 2, 20, 500)))
    return raw[:start] + raw[end:]


def swap(rng: random.Random, raw: bytes) -> bytes:
    """Swap two blocks."""
    a, b, c, d = sorted(rng.randrange(len(raw) + 1) for _ in range(4))
    return raw[:a] + raw[c:d] + raw[b:c] + raw[a:b] + raw[d:]


def repeat(rng: random.Random, raw: bytes) -> bytes:
    """Repeat a block."""
    start, end = _span(rng, raw, rng.choice((1, 20, 5000)))
    return raw[:end] + raw[start:end] + raw[end:]


def blank(rng: random.Random, raw: bytes) -> bytes:
    """Overwrite a block with zeros, spaces or line ends."""
    start, end = _span(rng, raw, rng.choice((1, 16, 512, 4096)))
    return raw[:start] + rng.choice((b"\0", b" ", b"\n")) * (end - start) + raw[end:]


def cut(rng: random.Random, raw: bytes) -> bytes:
    """Truncate the file."""
    ends = [match.end() for match in re.finditer(rb"\n", raw)]
    near = rng.choice(ends) + rng.choice((-1, 0, 1))
    return raw[: rng.choice((near, rng.randrange(len(raw))))]


# --- encodings -----------------------------------------------------------------------------------

_ENCODED: tuple[Callable[[bytes], bytes], ...] = (
    lambda raw: b"",
    lambda raw: b"\n",
    lambda raw: b"\0" * len(raw),
    lambda raw: b"\xef\xbb\xbf" + raw,
    lambda raw: b"\xef\xbb\xbf" * 2 + raw,
    lambda raw: raw.decode().encode("utf-16"),
    lambda raw: raw.decode().encode("utf-16-be"),
    lambda raw: raw.decode().encode("utf-32"),
    lambda raw: raw.decode().encode("latin-1", "replace"),
    lambda raw: raw.replace(b"\n", b"\r\n"),
    lambda raw: raw.replace(b"\n", b"\r"),
    lambda raw: raw.replace(b"\n", b"\n\n"),
    lambda raw: raw.replace(b"\n", "\u2028".encode()),
    lambda raw: raw.replace(b" ", b"\xc2\xa0"),
    lambda raw: raw.replace(b" ", b""),
    lambda raw: raw.replace(b'"', b"'"),
    lambda raw: raw + b"\0" * 4096,
    lambda raw: raw + b"\x1a",
    lambda raw: raw + raw,
    lambda raw: raw[len(raw) // 2 :],
    lambda raw: gzip.compress(raw, mtime=0),
    lambda raw: gzip.compress(raw, mtime=0)[:-200],
    lambda raw: b"<!doctype html><title>404</title>",
    lambda raw: b"[" * 1_000_000,
    lambda raw: b'{"a":' * 1_000_000,
    lambda raw: b"9" * 1_000_000,
    lambda raw: b'"' + b"\\" * 999_999,
    lambda raw: b"{" + b", ".join(b'"%d": 0' % n for n in (*range(60_000), 59_999)) + b"}\n",
    lambda raw: b" " * 1_000_000,
)
ENCODINGS = len(_ENCODED)


def encoded(number: int, raw: bytes) -> bytes:
    """Apply the `number`th of the `ENCODINGS`; lm_eval writes none of them."""
    return _ENCODED[number](raw)


# --- text ----------------------------------------------------------------------------------------


def _put(rng: random.Random, raw: bytes, pattern: re.Pattern[bytes], new: bytes) -> bytes:
    match = rng.choice(list(pattern.finditer(raw)))
    return raw[: match.start()] + new + raw[match.end() :]


def number(rng: random.Random, raw: bytes) -> bytes:
    """Replace a number by an implausible one, or by something else."""
    return _put(rng, raw, _NUMBER, rng.choice(NUMBERS))


def string(rng: random.Random, raw: bytes) -> bytes:
    """Replace a string by an implausible one, or by something else."""
    return _put(rng, raw, _STRING, rng.choice(STRINGS))


def duplicate_key(rng: random.Random, raw: bytes) -> bytes:
    """Duplicate a key, with another value."""
    match = rng.choice(list(_KEY.finditer(raw)))
    value = rng.choice((b"0", b"1.0", b"null", b'"x"', b"[]", b"{}"))
    return raw[: match.start()] + match[0] + value + b", " + raw[match.start() :]


def nested(rng: random.Random, raw: bytes) -> bytes:
    """Nest a value deeply, closed again or not."""
    depth, inside = rng.choice((10, 60, 64, 65, 900, 100_000)), rng.choice((b"", b"1"))
    opening, closing = rng.choice(((b"[", b"]"), (b'{"a":', b"}")))
    inside = inside or (b"" if opening == b"[" else b"0")
    closed = rng.choice((depth, depth, depth - 1))
    return _put(
        *(rng, raw, rng.choice((_NUMBER, _STRING))), opening * depth + inside + closing * closed
    )


BYTES: dict[str, Damage] = {
    "cut short": cut,
    "bits flipped": flip,
    "a digit changed": digit,
    "bytes inserted": insert,
    "a block deleted": delete,
    "blocks swapped": swap,
    "a block repeated": repeat,
    "a block blanked": blank,
}
TEXTS: dict[str, Damage] = {
    "odd numbers (NaN, 1e999, huge)": number,
    "odd strings (surrogates, NUL, U+2028)": string,
    "duplicate keys": duplicate_key,
    "deep nesting": nested,
}
