"""Retrieval × reading: was the evidence among what was retrieved, and was the answer right?

Four fields per arm, each with its count and its share of all questions of the arm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from postprocess.figures import values
from postprocess.figures.chart import Cell, Chart
from postprocess.figures.labels import MISSING, fitted, percent, width_of
from postprocess.figures.palette import FAINT
from postprocess.figures.panels import cells, grid, write
from postprocess.figures.sheet import BOLD, MARGIN, SIZE, SMALL, Sheet

_HEAD = 0.36
_TICKS = 0.44
_BODY = 1.3
_AXIS_LABEL = 0.26
_ROWS = ("retrieved", "missed")
_COLUMNS = ("right", "wrong")


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

    def draw(self) -> Sheet:
        """The drawing, made within `settings()`."""
        left = MARGIN + 0.3 + max(width_of(text, SMALL) for text in _ROWS) + 0.12
        panels = self.panels or (MatrixPanel("no data", 0, 0, 0, 0),)
        plan = grid(len(panels), left, 1.7, 2.2, 3)
        step = _HEAD + _BODY + _TICKS
        bottom = plan.rows(len(panels)) * step
        sheet = Sheet(bottom + _AXIS_LABEL)
        sheet.text(MARGIN + 0.1, bottom / 2, "Evidence", size=SIZE, rotation=90, ha="center")
        sheet.text(plan.middle, bottom, "Answer", size=SIZE, ha="center")
        heads = fitted([panel.label for panel in panels], BOLD * (plan.width - 0.75), SMALL)
        for number, (panel, head) in enumerate(zip(panels, heads, strict=True)):
            line, x = plan.place(number)
            top = line * step
            sheet.text(x, top + _HEAD / 2, head, weight="bold")
            sheet.text(x + plan.width, top + _HEAD / 2, f"n {panel.total}", ha="right", color=FAINT)
            axes = sheet.axes(x, top + _HEAD, plan.width, _BODY)
            axes.set_xticks([0, 1], _COLUMNS)
            axes.set_yticks([0, 1], _ROWS if number % plan.across == 0 else ["", ""])
            known = panel.total > 0
            shares = [
                [values.share(count, panel.total) if known else None for count in counts]
                for counts in panel.counts
            ]
            cells(axes, shares)
            for row, counts in enumerate(panel.counts):
                for column, count in enumerate(counts):
                    share = shares[row][column]
                    if share is None:
                        write(axes, row, column, MISSING, None, SIZE)
                        continue
                    write(axes, row, column, f"{count}", share, SIZE + 1, -0.15)
                    write(axes, row, column, percent(share), share, SMALL, 0.2)
        return sheet
