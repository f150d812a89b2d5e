"""Text from outside, made harmless: what a model, a file or a dataset says is data, never markup.

Characters that do not show are written as code points, on one line (`postprocess.errors.visible`);
what starts an expression in template languages of static site generators is taken apart. Markdown
gets the rest as code spans, HTML by its own escapes.
"""

from __future__ import annotations

import re

from markupsafe import Markup

from postprocess.errors import visible

LONGEST_TEXT = 160
# What marks a formula in spreadsheets; the last four are full-width characters.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_TEMPLATE_SYNTAX = re.compile(r"\{(?=[{%#])")
_BREAKS_TABLES = re.compile(r"[|`\\]")
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~!&$]|(?<=www)\.|:(?=/)")


def harmless(text: str) -> str:
    r"""The text on one line, without template syntax and characters that do not show.

    >>> harmless("{{ x }}\n")
    '⟨U+007B⟩{ x }}⟨U+000A⟩'
    """
    return _TEMPLATE_SYNTAX.sub(lambda match: _code_point(match[0]), visible(text))


def code(text: str, longest: int = LONGEST_TEXT) -> Markup:
    r"""The text as an inline code span on one line; nothing in it is Markdown.

    What is longer than `longest` characters is cut and says so.

    >>> print(code("a `b` [c](d)\n"))
    ``a `b` [c](d)⟨U+000A⟩``
    """
    if not text:
        return Markup("*(empty)*")
    cut = len(text) - longest
    shown = harmless(text[:longest])
    fence = "`" * (_longest_backticks(shown) + 1)
    # A space that the span eats again keeps backticks and outer spaces apart from the fence; of
    # nothing but spaces it eats none.
    outer = shown[0] in "` " or shown[-1] in "` "
    pad = " " if outer and shown.strip(" ") else ""
    span = f"{fence}{pad}{shown}{pad}{fence}"
    return Markup(f"{span} … {cut} more characters" if cut > 0 else span)


def table_code(text: str) -> Markup:
    """The text as a code span for a table's cell: without pipes, backticks and backslashes."""
    return code(_BREAKS_TABLES.sub(lambda match: _code_point(match[0]), text))


def fenced(text: str) -> Markup:
    """The text as a fenced code block of one line."""
    shown = harmless(text)
    fence = "`" * max(3, _longest_backticks(shown) + 1)
    return Markup(f"{fence}\n{shown}\n{fence}")


def prose(text: str) -> Markup:
    r"""A sentence of ours that holds names from outside, as Markdown that says what it says.

    >>> print(prose("rag (a*b, k=5) 3.1% [x](http://y) @z"))
    rag (a\*b, k=5) 3.1% \[x\](http\://y) ⟨U+0040⟩z
    """
    escaped = _MARKUP.sub(lambda match: f"\\{match[0]}", harmless(text))
    # A mention is found in the text that is shown, so no escape helps.
    return Markup(escaped.replace("@", _code_point("@")))


def csv_cell(text: str) -> str:
    r"""The text as a cell of CSV that no spreadsheet takes for a formula.

    Half a surrogate pair cannot be encoded in a file, and a NUL ends cells for some readers: both
    are replaced.

    >>> csv_cell("=1+1"), csv_cell("a\0b"), csv_cell("1 = 1")
    ("'=1+1", 'a\ufffdb', '1 = 1')
    """
    text = text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    return f"'{text}" if text.startswith(_FORMULA) else text


def _code_point(character: str) -> str:
    return f"⟨U+{ord(character):04X}⟩"


def _longest_backticks(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
