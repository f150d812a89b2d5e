"""What can be drawn, as plain records; they know their data as a table, not how they look.

Forest("arms_vs_none", "Arms against no memory", "Differences in exact match …",
       rows=(Difference("rag", 0.31, 0.22, 0.4, n=400, worlds=50, p_holm=0.003, group="A"),))

Missing numbers are None. A number that is not finite is missing, too.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

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


@dataclass(frozen=True)
class Difference:
    """A row of a forest plot: one arm less another.

    Attributes:
        label: What is compared with what.
        difference: In [-1, 1]; None is shown as "–".
        low: Lower end of the 95% interval.
        high: Upper end of it.
        n: Pairs of questions.
        worlds: Clusters they come from.
        p_holm: p value adjusted by Holm's method; below 0.05 the marker is filled.
        equivalent: Whether an equivalence test found parity; True has a marker of its own.
        group: Heading over the row and its neighbours of the same group, such as a scenario.
    """

    label: str
    difference: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    worlds: int = 0
    p_holm: float | None = None
    equivalent: bool | None = None
    group: str | None = None


@dataclass(frozen=True)
class Forest(Chart):
    """Differences between arms, with intervals around them and a line at zero.

    Attributes:
        rows: From top to bottom.
        x_label: What the difference is one of; shown in percentage points.
        margin: The stated margin of equivalence, shaded; None shades nothing.
    """

    COLUMNS = ("group", "label", "difference", "low", "high", "n", "worlds", "p_holm", "equivalent")

    rows: tuple[Difference, ...]
    x_label: str = "Difference in exact match"
    margin: float | None = None

    def rows_of_data(self) -> Iterator[tuple[Cell, ...]]:
        """One row per difference."""
        for row in self.rows:
            numbers = (row.difference, row.low, row.high, row.n, row.worlds, row.p_holm)
            yield (row.group, row.label, *numbers, row.equivalent)


@dataclass(frozen=True)
class Point:
    """A point of a curve: a rate y with its interval, from n questions; x a bin or a number > 0."""

    x: str | float
    y: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0


@dataclass(frozen=True)
class Series:
    """A line of a curve.

    Attributes:
        label: Its name.
        points: In any order where x is a number; None as y is a gap.
        note: Shown behind the name in the legend, such as "slope −0.041 per doubling".
        arm: Baseline whose colour it has; None for `label`.
    """

    label: str
    points: tuple[Point, ...]
    note: str | None = None
    arm: str | None = None


@dataclass(frozen=True)
class Curve(Chart):
    """Rates over lag bins or store sizes, with bands for their intervals.

    Attributes:
        series: The lines.
        x_label: Name of the x axis.
        y_label: Name of the y axis, which goes from 0 to 100%.
        scale: "bins": x are names of bins, evenly spaced; "log2": x are positive numbers.
        bins: Order of the bins; () for that in which the series first name them.
    """

    COLUMNS = ("series", "x", "y", "low", "high", "n", "note")

    series: tuple[Series, ...]
    x_label: str
    y_label: str = "Exact match"
    scale: Literal["bins", "log2"] = "bins"
    bins: tuple[str, ...] = ()

    def rows_of_data(self) -> Iterator[tuple[Cell, ...]]:
        """One row per point, including those without a value."""
        for line in self.series:
            for point in line.points:
                numbers = (point.y, point.low, point.high, point.n)
                yield (line.label, point.x, *numbers, line.note)


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
class ParetoPoint:
    """An arm: what it costs and how well it does.

    Attributes:
        label: Its name.
        flops: Per question; None where it was not measured (it is then named below the picture).
        quality: A rate.
        low: Lower end of its 95% interval.
        high: Upper end of it.
        on_front: Whether no other arm is both cheaper and better.
        n: Questions.
        arm: Baseline whose colour it has; None for `label`.
    """

    label: str
    flops: float | None
    quality: float | None
    low: float | None = None
    high: float | None = None
    on_front: bool = False
    n: int | None = None
    arm: str | None = None


@dataclass(frozen=True)
class Pareto(Chart):
    """Quality over cost, with the front of the arms that no other one beats on both."""

    COLUMNS = ("label", "flops", "quality", "low", "high", "on_front", "n")

    points: tuple[ParetoPoint, ...]
    x_label: str = "FLOPs per question"
    y_label: str = "Exact match"

    def rows_of_data(self) -> Iterator[tuple[Cell, ...]]:
        """One row per arm."""
        for p in self.points:
            yield (p.label, p.flops, p.quality, p.low, p.high, p.on_front, p.n)


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
