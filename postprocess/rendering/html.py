"""Pages as HTML files that need nothing else: no script, no network, figures inside.

Values are escaped by the template engine, and made harmless before that like everywhere else. A
content security policy forbids everything else: it allows only images from data URIs
and the style sheet with this very hash.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from postprocess.rendering import values
from postprocess.rendering.answer_pages import Answers
from postprocess.rendering.escaping import harmless
from postprocess.rendering.templating import TEMPLATES, environment, overview_values
from postprocess.schema.index import Experiment, Index
from postprocess.schema.run import Summary

_LONGEST = 400


def render_overview(index: Index, summaries: Mapping[str, Summary]) -> str:
    """The page over several experiments.

    Args:
        index: What it shows.
        summaries: The reports of all arms by run id.
    """
    return _page("overview", index=index, summaries=summaries, **overview_values(index))


def render_experiment(
    index: Index,
    experiment: Experiment,
    summaries: Mapping[str, Summary],
    figures: Mapping[str, bytes],
    answers: Answers,
) -> str:
    """The page of an experiment.

    Args:
        index: What it is from; of a single experiment, the page says everything.
        experiment: What it shows.
        summaries: The reports of its arms by run id.
        figures: SVG files by the name of their figure.
        answers: What its page of answers shows.
    """
    encoded = {name: Markup(base64.b64encode(svg).decode()) for name, svg in figures.items()}
    alone = len(index.experiments) == 1
    known = {"index": index, "e": experiment, "summaries": summaries, "alone": alone}
    return _page("experiment", figures=encoded, answers=answers, **known)


def render_answers(index: Index, experiment: Experiment, answers: Answers) -> str:
    """The page of an experiment's answers."""
    return _page("answers", index=index, e=experiment, answers=answers)


def _page(name: str, **known: Any) -> str:
    style = (TEMPLATES / "index.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = _environment().get_template(f"{name}.html.j2")
    return template.render(style=Markup(style), style_hash=Markup(digest), **known)


@cache
def _environment() -> Environment:
    return environment(_shown, autoescape=True)


def _shown(value: Any) -> Any:
    match value:
        case None:
            return values.MISSING
        case Markup() | int() | float():
            return value
        case str() if len(value) > _LONGEST:
            return f"{harmless(value[:_LONGEST])} … {len(value) - _LONGEST} more characters"
    return harmless(str(value))
