"""The reports for people: Markdown that no model output can break.

A template's own text is Markdown; every value put into it is data. A string becomes a code span, in
which Markdown, HTML, links and mentions mean nothing; None becomes "–"; only `Ours`, and what a
filter here marks as safe, goes in as it is. Code spans still end tables at a pipe and themselves at
a backtick, so tables get neither.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from postprocess.rendering import values
from postprocess.rendering.escaping import code, fenced, prose, table_code
from postprocess.rendering.templating import environment, overview_values
from postprocess.rendering.values import Ours
from postprocess.schema.index import Experiment, Index
from postprocess.schema.pair import Pairing
from postprocess.schema.run import Summary


def render(summary: Summary) -> str:
    """The report of one run as GitHub-flavoured Markdown; the same input gives the same text."""
    return _environment().get_template("report.md.j2").render(m=summary)


def render_overview(index: Index, summaries: Mapping[str, Summary]) -> str:
    """The page over several experiments, as Markdown."""
    template = _environment().get_template("overview.md.j2")
    return template.render(index=index, summaries=summaries, **overview_values(index))


def render_experiment(
    index: Index, experiment: Experiment, summaries: Mapping[str, Summary]
) -> str:
    """The page of an experiment, as Markdown; its figures are in figures/."""
    alone = len(index.experiments) == 1
    template = _environment().get_template("experiment.md.j2")
    return template.render(index=index, e=experiment, summaries=summaries, alone=alone)


def render_pairing(pairing: Pairing) -> str:
    """Runs of any task, compared document by document."""
    return _environment().get_template("pair.md.j2").render(p=pairing)


@cache
def _environment() -> Environment:
    # Values are made safe by `_shown`; HTML's escapes would show inside code spans.
    made = environment(_shown, autoescape=False)
    made.filters.update(cell=_cell, whole=_whole, fenced=fenced, prose=prose)
    return made


def _shown(value: Any) -> Markup:
    match value:
        case None:
            return Markup(values.MISSING)
        case Markup():
            return value
        case Ours():
            return Markup(value)
        case bool():
            return Markup(values.yes_or_no(value))
        case int():
            return Markup(str(value))
        case float():
            return Markup(f"{value:.3f}")
    return code(str(value))


def _cell(value: str) -> Markup:
    """A cell of a table."""
    return Markup(value) if isinstance(value, Ours) else table_code(value)


def _whole(value: Any) -> Markup:
    """A setting, of which nothing may be cut: a string as it is, a mapping as JSON."""
    if value is None:
        return Markup(values.MISSING)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return code(text, len(text))
