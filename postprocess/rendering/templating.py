"""What the templates of Markdown and HTML have in common: the same numbers, the same names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from postprocess.rendering import values
from postprocess.rendering.texts import OUTCOMES, QUANTITIES, TOPICS

TEMPLATES = Path(__file__).parent / "templates"
_NUMBERS = ("share", "between", "points", "point_interval", "p_value", "amount", "seconds", "rate")


def environment(
    shown: Callable[[Any], Any], marked: Callable[[str], str], *, autoescape: bool
) -> Environment:
    """An environment in which every value passes through one function on its way to the page.

    Args:
        shown: Makes a value safe; it gets every value that a template puts out.
        marked: Marks a formatted number as safe.
        autoescape: Whether what `shown` returns is escaped as HTML besides.
    """

    def safe(name: str) -> Callable[..., str]:
        function: Callable[..., str] = getattr(values, name)
        return lambda *given: marked(function(*given))

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=autoescape,
    )
    made.filters.update({name: safe(name) for name in _NUMBERS})
    made.globals.update(
        topics=TOPICS, outcomes=OUTCOMES, quantities=QUANTITIES, quantity=safe("quantity")
    )
    return made
