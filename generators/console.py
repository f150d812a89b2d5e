r"""What people see on a console: any text, whatever the encoding, and nothing that cannot be seen.

`run_command` calls `show_any_text` for every command of the project. Files are not concerned: they
are UTF-8.
"""

from __future__ import annotations

import codecs
import io
import sys

_QUOTED = 100
_HANDLER = "heinw.respell"
# Characters of our own messages, for encodings that lack them.
_RESPELLED = {
    **{"→": "->", "–": "-", "—": "-", "−": "-", "…": "...", "×": "x", "±": "+/-"},
    **{"≤": "<=", "≥": ">=", "⟨": "<", "⟩": ">"},
}


def show_any_text() -> None:
    """Make standard output and standard error print characters that their encoding lacks.

    Ours are spelt in ASCII, others as code points. Without it, Python stops at the first one, which
    may be after hours of work.
    """
    codecs.register_error(_HANDLER, _respell)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a notebook has streams of its own
            stream.reconfigure(errors=_HANDLER)


def _respell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_RESPELLED.get(c, f"<U+{ord(c):04X}>") for c in lacking), error.end


def shortened(text: str) -> str:
    """The beginning of a text, for a message that quotes it.

    >>> shortened("ab" * 1000)[-4:]
    'bab…'
    """
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def visible(text: str) -> str:
    r"""The text on one line, with every character that does not show written as its code point.

    Covers line ends, terminal escapes, text direction marks and halves of surrogate pairs.

    >>> visible("a\x1b[2Jb\n")
    'a⟨U+001B⟩[2Jb⟨U+000A⟩'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"⟨U+{ord(c):04X}⟩" for c in text)
