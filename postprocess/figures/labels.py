"""Text from data as text that can be drawn, and numbers as people write them.

"Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4,baseline=rag" → "Qwen/Qwen2.5-7B-Instru…PTQ-Int4,baseline=rag"
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from postprocess.errors import visible

LONGEST = 40
MISSING = "–"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_ELLIPSIS = "…"


def shown(text: str, longest: int = LONGEST) -> str:
    r"""The text on one line, as far as the font has it, cut in the middle to `longest` characters.

    What does not show (controls, direction marks, halves of surrogate pairs) and what the font
    lacks is written as code points, of which none is cut in two.

    >>> shown("a\u202eb")
    'a⟨U+202E⟩b'
    """
    # What is cut away anyway need not be looked at.
    if len(text) > 4 * longest:
        text = text[: 2 * longest] + text[-2 * longest :]
    pieces = [_drawable(character) for character in text] if text.strip() else ["(empty)"]
    if sum(map(len, pieces)) <= longest:
        return "".join(pieces)
    head = _first(pieces, (longest - 1) // 2 + (longest - 1) % 2)
    tail = _first([piece[::-1] for piece in reversed(pieces)], (longest - 1) // 2)[::-1]
    return head + _ELLIPSIS + tail


def fitted(texts: Sequence[str], inches: float, size: float, longest: int = LONGEST) -> list[str]:
    """All texts as `shown`, cut further where they are wider than that.

    Different texts that look the same after the cut get a number, so that they stay apart.
    """
    seen: dict[str, list[str]] = {}
    return [_numbered(text, _fit(text, inches, size, longest), seen) for text in texts]


def width_of(text: str, size: float) -> float:
    """Width in inches of a line of text at a size in points."""
    return max((_line_width(line, size) for line in text.split("\n")), default=0.0)


def font_file() -> Path:
    """The font that comes with matplotlib."""
    import matplotlib

    return Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")


def percent(rate: float, decimals: int = 0) -> str:
    """A rate as percentage; what is neither 0 nor 1 is not rounded to it.

    >>> percent(0.5), percent(0.999), percent(0.0001)
    ('50%', '>99%', '<1%')
    """
    text = f"{100 * rate:.{decimals}f}%"
    if text == f"{100:.{decimals}f}%" and rate < 1:
        return f">{100 - 10**-decimals:.{decimals}f}%"
    if text == f"{0:.{decimals}f}%" and rate > 0:
        return f"<{10**-decimals:.{decimals}f}%"
    return text


def points(difference: float) -> str:
    """A difference of rates in percentage points, with its sign.

    >>> points(0.312), points(-0.05), points(0.0)
    ('+31.2', '−5.0', '0.0')
    """
    text = f"{100 * difference:+.1f}".replace("-", "−")
    return text[1:] if text in ("+0.0", "−0.0") else text


def power_of_ten(exponent: int) -> str:
    """10 to a power, in characters that need no formula.

    >>> power_of_ten(12)
    '10¹²'
    """
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def plain(value: str | float) -> str:
    """A place on an axis: text as it is, a number as short as it goes.

    >>> plain(4096), plain(0.25), plain("4k")
    ('4096', '0.25', '4k')
    """
    if isinstance(value, str):
        return value
    whole = math.isfinite(value) and value == int(value) and abs(value) < 1e15
    return f"{int(value)}" if whole else f"{value:.6g}"


def span(numbers: Sequence[int]) -> str:
    """One number, or the least and the greatest of several.

    >>> span([12, 12]), span([3, 12]), span([])
    ('12', '3–12', '0')
    """
    low, high = min(numbers, default=0), max(numbers, default=0)
    return f"{low}" if low == high else f"{low}–{high}"


def _numbered(text: str, cut: str, seen: dict[str, list[str]]) -> str:
    """The text after the cut, with a number if another text looks the same."""
    alike = seen.setdefault(cut, [])
    if text not in alike:
        alike.append(text)
    place = alike.index(text)
    return f"{cut} ({place + 1})" if place else cut


def _fit(text: str, inches: float, size: float, longest: int) -> str:
    cut = shown(text, longest)
    while longest > 8 and width_of(cut, size) > inches:
        longest -= 1
        cut = shown(text, longest)
    return cut


def _first(pieces: Sequence[str], longest: int) -> str:
    text = ""
    for piece in pieces:
        if len(text) + len(piece) > longest:
            break
        text += piece
    return text


@cache
def _font_has() -> frozenset[int]:
    from matplotlib.font_manager import get_font

    return frozenset(get_font(str(font_file())).get_charmap())


def _drawable(character: str) -> str:
    shows = ord(character) in _font_has()
    return visible(character) if shows else f"⟨U+{ord(character):04X}⟩"


def _line_width(line: str, size: float) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(fname=str(font_file()), size=size)
    width: float = text_to_path.get_text_width_height_descent(line, font, ismath=False)[0]
    return width / 72
