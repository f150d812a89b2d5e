"""Heatmaps: means by the depth of the evidence and the length of the transcript.

One panel per arm, the number in each cell; cells without questions are hatched. Cells too small
for numbers get a scale of colours instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from postprocess.figures import values
from postprocess.figures.chart import Cell, Chart
from postprocess.figures.labels import MISSING, fitted, percent, plain, shown, span, width_of
from postprocess.figures.palette import FAINT, GRID, heat
from postprocess.figures.panels import cells, grid, size_that_fits, write
from postprocess.figures.sheet import BOLD, LINE, MARGIN, SIZE, SMALL, Key, Sheet, legend_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEAD = 0.34
_TICKS = 0.3
_AXIS_LABEL = 0.34
_ROW_HEIGHT = 0.32
_LEAST_COLUMN = 0.5
_MOST_COLUMN = 0.95
_LEAST_PANEL = 2.2  # where there are few columns
_WIDEST_DEPTH = 1.0
_SIZES = (SMALL, 10.0, 9.0, 8.0)


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

    def draw(self) -> Sheet:
        """The drawing, made within `settings()`."""
        depths = fitted([plain(depth) for depth in self.depths], _WIDEST_DEPTH, SMALL)
        names = max((width_of(text, SMALL) for text in depths), default=0.3)
        left = MARGIN + 0.3 + names + 0.1
        columns, rows = max(len(self.lengths), 1), max(len(depths), 1)
        panels = self.panels or (HeatPanel("no data", ()),)
        plan = grid(
            len(panels), left, columns * _LEAST_COLUMN, max(columns * _MOST_COLUMN, _LEAST_PANEL), 3
        )
        lines = plan.rows(len(panels))
        # The name of the axis needs its length, also beside few rows.
        name = width_of(shown(self.depth_label), SIZE) / lines
        body = max(rows * _ROW_HEIGHT, name - _HEAD - _TICKS)
        step = _HEAD + body + _TICKS
        bottom = lines * step + _AXIS_LABEL
        column = plan.width / columns
        size = _size(self, column)
        keys = legend_rows(_scale() if size is None else [])
        sheet = Sheet(bottom + LINE * (len(keys) + 1) + MARGIN)
        sheet.text(
            MARGIN + 0.1,
            lines * step / 2,
            shown(self.depth_label),
            size=SIZE,
            rotation=90,
            ha="center",
        )
        lengths = fitted([plain(length) for length in self.lengths], _MOST_COLUMN, SMALL)
        widest = max((width_of(text, SMALL) for text in lengths), default=0.0) + 0.06
        every = max(math.ceil(widest / column), 1)
        heads = fitted([panel.label for panel in panels], BOLD * plan.width, SMALL)
        for number, (panel, head) in enumerate(zip(panels, heads, strict=True)):
            line, x = plan.place(number)
            top = line * step
            sheet.text(x, top + _HEAD / 2, head, size=SMALL, weight="bold")
            axes = sheet.axes(x, top + _HEAD, plan.width, body)
            means = [
                [values.rate(self.cell(panel, row, c).mean) for c in range(len(self.lengths))]
                for row in range(len(self.depths))
            ]
            cells(axes, means)
            axes.set_xticks(range(0, len(lengths), every), lengths[::every])
            axes.set_yticks(
                range(len(depths)), depths if number % plan.across == 0 else [""] * len(depths)
            )
            if size is not None:
                _numbers(axes, means, size)
        sheet.text(plan.middle, bottom - 0.2, shown(self.length_label, 60), size=SIZE, ha="center")
        sheet.text(MARGIN, bottom + LINE / 2, _note(self), color=FAINT)
        sheet.legend(keys, bottom + LINE)
        return sheet


def _numbers(axes: Axes, means: Sequence[Sequence[float | None]], size: float) -> None:
    for row, line in enumerate(means):
        for column, mean in enumerate(line):
            text = MISSING if mean is None else percent(mean)
            write(axes, row, column, text, mean, size)


def _size(chart: Heatmap, column: float) -> float | None:
    means = (chart.cell(p, r, c).mean for p in chart.panels for r, c in _places(chart))
    rates = (values.rate(mean) for mean in means)
    texts = {percent(mean) for mean in rates if mean is not None}
    return size_that_fits(sorted(texts), column - 0.08, _SIZES)


def _places(chart: Heatmap) -> list[tuple[int, int]]:
    return [(r, c) for r in range(len(chart.depths)) for c in range(len(chart.lengths))]


def _note(chart: Heatmap) -> str:
    counts = [chart.cell(p, r, c).n for p in chart.panels for r, c in _places(chart)]
    some = [n for n in counts if n]
    missing = f"; {MISSING}: no questions" if len(some) < len(counts) else ""
    return f"n {span(some)} per cell{missing}" if some else f"{MISSING}: no questions"


def _scale() -> list[Key]:
    steps = (0.0, 0.25, 0.5, 0.75, 1.0)
    return [
        Key(percent(step), patch={"facecolor": heat(step)[0], "edgecolor": GRID}) for step in steps
    ]
