"""What every chart has: a name for its files, a title, its data as a table, and a drawing.

A new kind of chart is a module with a subclass, and a call in `postprocess.comparison.charts`.
Missing numbers are None; a number that is not finite is missing, too.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from postprocess.figures.sheet import Sheet

# What a cell of a chart's table may hold.
Cell = str | int | float | bool | None

_FILE_STEM = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)


@dataclass(frozen=True)
class Chart(ABC):
    """What every chart has.

    Attributes:
        name: Stem of its files, of letters, digits, ".", "_" and "-".
        title: One line; the page shows it, the figure does not.
        description: Alternative text: what the figure shows.

    `COLUMNS` are the heads of the table that `rows_of_data` fills.
    """

    COLUMNS: ClassVar[tuple[str, ...]]

    name: str
    title: str
    description: str

    def __post_init__(self) -> None:
        if not _FILE_STEM.fullmatch(self.name):
            raise ValueError(f"a chart's name is a file stem of [A-Za-z0-9._-], not {self.name!r}")

    @abstractmethod
    def rows_of_data(self) -> Iterator[tuple[Cell, ...]]:
        """The numbers as drawn, one row per mark."""

    @abstractmethod
    def draw(self) -> Sheet:
        """The drawing, made within `settings()`."""
