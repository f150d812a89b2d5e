"""What the templates of Markdown and HTML share: the same tables, the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from generators.scenarios import SCENARIOS
from hei_nw_tasks.metrics import PRIMARY
from postprocess.comparison.pairing import MOST_ARMS_PAIRED
from postprocess.measures import ABSTENTION, HEADLINE, heading, label
from postprocess.rendering import index_tables, memory_tables, pair_tables, run_tables, values
from postprocess.rendering.texts import OUTCOMES
from postprocess.rendering.values import Ours

TEMPLATES = Path(__file__).parent / "templates"
_NUMBERS = ("share", "points", "point_interval", "amount", "seconds", "growth")


def environment(shown: Callable[[Any], Any], *, autoescape: bool) -> Environment:
    """An environment in which every value passes through one function on its way to the page.

    Args:
        shown: Makes a value safe; it gets every value that a template puts out.
        autoescape: Whether what `shown` returns is escaped as HTML as well.
    """
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=autoescape,
    )
    made.filters.update({name: getattr(values, name) for name in _NUMBERS})
    made.filters["ours"] = Ours
    made.globals.update(
        run_tables=run_tables,
        index_tables=index_tables,
        memory_tables=memory_tables,
        pair_tables=pair_tables,
        topic=lambda letter: Ours(SCENARIOS[letter].title) if letter in SCENARIOS else letter,
        outcomes={name: Ours(meaning) for name, meaning in OUTCOMES.items()},
        primary=Ours(label(PRIMARY)),
        primary_heading=Ours(heading(PRIMARY)),
        abstention=Ours(label(ABSTENTION)),
        headline=Ours(label(HEADLINE)),
        most_arms_paired=MOST_ARMS_PAIRED,
    )
    return made
