"""What every chart has: a name for its files, words about it, and its data as a table."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

# What a cell of a chart's table may hold; text and numbers are told apart when CSV is written.
Cell = str | int | float | bool | None

_FILE_STEM = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)


@dataclass(frozen=True)
class Chart(ABC):
    """What every chart has.

    Attributes:
        name: Stem of its files, of letters, digits, ".", "_" and "-".
        title: One line; the page shows it, the picture does not.
        description: Alternative text: what one sees.

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
