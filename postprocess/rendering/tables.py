"""What the tables of reports are made of, the same in Markdown and HTML.

A new metric, retrieval measure, cost or arm needs no change here: columns and rows of scores and
costs follow from the registries, and from what a run has beyond them.

run_tables.py     of one run
index_tables.py   of the arms of an experiment
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from postprocess.measures import (
    heading,
    is_known,
    lower_is_better,
)
from postprocess.rendering.values import Ours

T = TypeVar("T")
Row = TypeVar("Row", contravariant=True)


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column: its heading, and the text of a row's cell. Text that is not `Ours` is data."""

    heading: str
    of: Callable[[Row], str]


def column(heading: str, of: Callable[[T], str]) -> Column[T]:
    """A column with a heading of ours."""
    return Column(Ours(heading), of)


@dataclass(frozen=True)
class Table(Generic[T]):
    """A table whose first column names the rows."""

    columns: Sequence[Column[T]]
    rows: Sequence[T]


def named(name: str) -> str:
    """The label of a measure; the name itself, as data, if it is not one of ours."""
    if isinstance(name, Ours):
        return name
    if not is_known(name):
        return name
    note = " (lower is better)" if lower_is_better(name) else ""
    return Ours(f"{heading(name)}{note}")
