"""The error that a reader of lm_eval's files meets: one line, no traceback.

reports/m/results_2026-11-23T01-09-58.018627.json:7: not JSON (Expecting ',' delimiter) → ...
└─ file ─────────────────────────────────────┘ └ line  └─ what is wrong            what to do
"""

from __future__ import annotations

from pathlib import Path

from generators.errors import HeinwError


class ReportError(HeinwError):
    """lm_eval output, or a place to write to, that cannot be used as it is.

    Args:
        path: The file or folder at fault.
        what: What is wrong with it.
        advice: What to do about it.
        line: Line in the file, from 1, where that is known.
    """

    def __init__(self, path: Path, what: str, advice: str, line: int | None = None) -> None:
        place = f"{path}:{line}" if line else f"{path}"
        super().__init__(visible(f"{place}: {what} → {advice}"))


def visible(text: str) -> str:
    r"""The text on one line, with every character that does not show written as its code point.

    Covers line ends, terminal escapes, text direction marks and halves of surrogate pairs.

    >>> visible("a\x1b[2Jb\n")
    'a⟨U+001B⟩[2Jb⟨U+000A⟩'
    """
    return "".join(c if c.isprintable() else f"⟨U+{ord(c):04X}⟩" for c in text)
