"""The reports for people: Markdown that no model output can break.

A template's own text is Markdown; every value put into it is data. A string becomes a code span, in
which Markdown, HTML, links and mentions mean nothing; None becomes "–"; only what a function here
marks as safe goes in as it is. Code spans still end tables at a pipe and themselves at a backtick,
so tables get neither.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from postprocess.rendering import values
from postprocess.rendering.escaping import code, fenced, prose, table_code
from postprocess.rendering.templating import environment
from postprocess.schema.index import Index
from postprocess.schema.parts import Estimate
from postprocess.schema.run import Summary

_MISSING = Markup(values.MISSING)


def render(summary: Summary) -> str:
    """The report of one run as GitHub-flavoured Markdown; the same input gives the same text."""
    return _environment().get_template("report.md.j2").render(m=summary)


def render_index(index: Index) -> str:
    """The comparison of the arms, as Markdown, with its pictures beside it in figures/."""
    return _environment().get_template("index.md.j2").render(index=index)


@cache
def _environment() -> Environment:
    # Values are made safe by `_shown`; HTML's escapes would show inside code spans.
    made = environment(_shown, Markup, autoescape=False)
    made.filters.update(
        ours=Markup,
        cell=table_code,
        whole=_whole,
        fenced=fenced,
        prose=prose,
        interval=_interval,
    )
    return made


def _shown(value: Any) -> Markup:
    match value:
        case None:
            return _MISSING
        case Markup():
            return value
        case bool():
            return Markup("yes" if value else "no")
        case int():
            return Markup(str(value))
        case float():
            return Markup(f"{value:.3f}")
    return code(str(value))


def _whole(value: Any) -> Markup:
    """A setting, of which nothing may be cut: a string as it is, a mapping as JSON."""
    if value is None:
        return _MISSING
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return code(text, len(text))


def _interval(estimate: Estimate) -> Markup:
    if estimate.interval is None:
        return _MISSING
    return Markup(f"{estimate.interval.low:.3f} to {estimate.interval.high:.3f}")
