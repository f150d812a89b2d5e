"""The charts that fill areas: counts and means by arm and by what was asked.

Matrix("reading", "Retrieval and reading", "…", panels=(MatrixPanel("rag", 312, 60, 18, 110),))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from postprocess.figures.chart import Cell, Chart


@dataclass(frozen=True)
class HeatCell:
    """A cell of a heatmap: the mean over n questions, None where there are none."""

    mean: float | None
    n: int = 0


@dataclass(frozen=True)
class HeatPanel:
    """One arm's heatmap: `cells[row][column]`; what is not given is missing."""

    label: str
    cells: tuple[tuple[HeatCell, ...], ...]


@dataclass(frozen=True)
class Heatmap(Chart):
    """Means by depth (rows, from top to bottom) and length (columns), one panel per arm."""

    COLUMNS = ("panel", "depth", "length", "mean", "n")

    panels: tuple[HeatPanel, ...]
    depths: tuple[str | float, ...]
    lengths: tuple[str | float, ...]
    depth_label: str = "Depth of the evidence"
    length_label: str = "Length of the context"

    def cell(self, panel: HeatPanel, row: int, column: int) -> HeatCell:
        """The cell at a place, an empty one where the panel has none."""
        line = panel.cells[row] if row < len(panel.cells) else ()
        return line[column] if column < len(line) else HeatCell(None)

    def rows_of_data(self) -> Iterator[tuple[Cell, ...]]:
        """One row per cell."""
        for panel in self.panels:
            for row, depth in enumerate(self.depths):
                for column, length in enumerate(self.lengths):
                    cell = self.cell(panel, row, column)
                    yield (panel.label, depth, length, cell.mean, cell.n)


@dataclass(frozen=True)
class MatrixPanel:
    """One arm's questions by whether the evidence was retrieved and the answer was right."""

    label: str
    retrieved_right: int
    retrieved_wrong: int
    missed_right: int
    missed_wrong: int

    @property
    def counts(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """`counts[missed][wrong]`."""
        retrieved = (self.retrieved_right, self.retrieved_wrong)
        return retrieved, (self.missed_right, self.missed_wrong)

    @property
    def total(self) -> int:
        """All questions of the arm."""
        return sum(map(sum, self.counts))


@dataclass(frozen=True)
class Matrix(Chart):
    """Retrieval × reading, one 2×2 panel per arm."""

    COLUMNS = ("panel", "retrieved", "right", "count", "share")

    panels: tuple[MatrixPanel, ...]

    def rows_of_data(self) -> Iterator[tuple[Cell, ...]]:
        """One row per field; shares are of all questions of the arm."""
        for panel in self.panels:
            for missed, line in enumerate(panel.counts):
                for wrong, count in enumerate(line):
                    share = count / panel.total if panel.total else None
                    yield (panel.label, not missed, not wrong, count, share)


@dataclass(frozen=True)
class BarRow:
    """One arm: how many answers had which outcome, of answerable and unanswerable questions."""

    label: str
    answerable: Mapping[str, int] = field(default_factory=dict)
    unanswerable: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Bars(Chart):
    """Shares of the outcome types per arm, stacked; a name that is not known is drawn as well."""

    COLUMNS = ("label", "answerable", "outcome", "count", "share")

    rows: tuple[BarRow, ...]

    def rows_of_data(self) -> Iterator[tuple[Cell, ...]]:
        """One row per outcome that is given; shares are of the arm's questions of that kind."""
        for row in self.rows:
            for answerable, outcomes in ((True, row.answerable), (False, row.unanswerable)):
                total = sum(outcomes.values())
                for outcome, count in outcomes.items():
                    share = count / total if total else None
                    yield (row.label, answerable, outcome, count, share)
