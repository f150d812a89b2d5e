"""What the templates of Markdown and HTML share: the same tables, the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from generators.scenarios import SCENARIOS
from hei_nw_tasks.metrics import PRIMARY
from postprocess.comparison.charts import MOST_ILLUSTRATED
from postprocess.comparison.pairing import MOST_ARMS_PAIRED
from postprocess.measures import ABSTENTION, HEADLINE, heading, label
from postprocess.rendering import (
    consolidation_tables,
    index_tables,
    memory_tables,
    overview_tables,
    pair_tables,
    run_tables,
    values,
)
from postprocess.rendering.answer_pages import ANSWERS
from postprocess.rendering.texts import OUTCOMES
from postprocess.rendering.values import Ours
from postprocess.schema.index import Experiment, Index

# What the overview lists whole; of more, the first ones are shown and the others folded away.
FEW = 12
TEMPLATES = Path(__file__).parent / "templates"
_NUMBERS = ("share", "rate", "points", "point_interval", "amount", "seconds", "growth")


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
    made.filters |= {"ours": Ours, "page": _page, "answers_page": partial(_page, ending=ANSWERS)}
    made.globals.update(
        run_tables=run_tables,
        index_tables=index_tables,
        memory_tables=memory_tables,
        consolidation_tables=consolidation_tables,
        overview_tables=overview_tables,
        pair_tables=pair_tables,
        topic=lambda letter: Ours(SCENARIOS[letter].title) if letter in SCENARIOS else letter,
        outcomes={name: Ours(meaning) for name, meaning in OUTCOMES.items()},
        primary=Ours(label(PRIMARY)),
        primary_heading=Ours(heading(PRIMARY)),
        abstention=Ours(label(ABSTENTION)),
        headline=Ours(label(HEADLINE)),
        most_arms_paired=MOST_ARMS_PAIRED,
        most_illustrated=MOST_ILLUSTRATED,
        few=FEW,
    )
    made.tests["significant"] = overview_tables.is_significant
    return made


def overview_values(index: Index) -> dict[str, Any]:
    """What the overview's templates need besides the index."""
    models = len({experiment.model for experiment in index.experiments})
    return {"models": models, "matrix": overview_tables.matrix(index.experiments)}


def _page(experiment: Experiment, ending: str = ".html") -> Ours | None:
    """The experiment's page with such a name, if there is one."""
    return next((Ours(name) for name in experiment.files if name.endswith(ending)), None)
