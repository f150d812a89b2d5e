"""The report for a person: Markdown that no model output can break.

A template's own text is Markdown; every value put into it is data. A string becomes a code span, in
which Markdown, HTML, links and mentions mean nothing; None becomes "–"; only what a function here
marks as safe goes in as it is. Code spans still end tables at a pipe and themselves at a backtick,
so tables get neither.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from hei_nw_tasks.metrics import Outcome
from postprocess.errors import visible
from postprocess.schema.run import Estimate, Item, Metrics

SCENARIOS = {
    "A": "episodic one-shot recall from partial cues",
    "B": "factual hot-patch",
    "C": "preferences and configuration",
    "D": "stress and interference",
    "E": "long-context control",
}
EXAMPLES_PER_OUTCOME = 3
LONGEST_TEXT = 160
_TEMPLATES = Path(__file__).parent / "templates"
# "{{" and its like start an expression in the template languages of static site generators.
_TEMPLATE_SYNTAX = re.compile(r"\{(?=[{%#])")
_BREAKS_TABLES = re.compile(r"[|`\\]")
_MISSING = Markup("–")


def render(metrics: Metrics) -> str:
    """The report of one run as GitHub-flavoured Markdown; the same input gives the same text."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Values are made safe by `finalize`; HTML's escapes would show inside code spans.
        autoescape=False,
    )
    environment.filters.update(
        ours=Markup,
        cell=table_code,
        whole=_whole,
        fenced=fenced,
        interval=_interval,
        errors=_errors,
    )
    template = environment.get_template("report.md.j2")
    return template.render(m=metrics, topic=SCENARIOS[metrics.scenario])


def code(text: str, longest: int = LONGEST_TEXT) -> Markup:
    r"""The text as an inline code span on one line; nothing in it is Markdown.

    Characters that do not show are written as code points, what is longer than `longest` characters
    is cut and says so.

    >>> print(code("a `b` [c](d)\n"))
    ``a `b` [c](d)⟨U+000A⟩``
    """
    if not text:
        return Markup("*(empty)*")
    cut = len(text) - longest
    shown = _harmless(text[:longest])
    fence = "`" * (_longest_backticks(shown) + 1)
    # A space that the span eats again keeps backticks and outer spaces apart from the fence.
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    span = f"{fence}{pad}{shown}{pad}{fence}"
    return Markup(f"{span} … {cut} more characters" if cut > 0 else span)


def table_code(text: str) -> Markup:
    """The text as a code span for a table's cell: without pipes, backticks and backslashes."""
    return code(_BREAKS_TABLES.sub(lambda match: _code_point(match[0]), text))


def fenced(text: str) -> Markup:
    """The text as a fenced code block of one line."""
    shown = _harmless(text)
    fence = "`" * max(3, _longest_backticks(shown) + 1)
    return Markup(f"{fence}\n{shown}\n{fence}")


def _harmless(text: str) -> str:
    return _TEMPLATE_SYNTAX.sub(lambda match: _code_point(match[0]), visible(text))


def _code_point(character: str) -> str:
    return f"⟨U+{ord(character):04X}⟩"


def _longest_backticks(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


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


def _errors(items: Sequence[Item]) -> list[tuple[str, int, list[Item]]]:
    """Per kind of error: its name, how often it happened, the first few of them."""
    kinds = {kind: [item for item in items if item.outcome == kind] for kind in get_args(Outcome)}
    return [
        (kind, len(members), members[:EXAMPLES_PER_OUTCOME])
        for kind, members in kinds.items()
        if members and kind != "correct"
    ]
