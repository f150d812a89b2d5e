"""What can be drawn, as plain records; they know their data as a table, not how they look.

Forest("arms_vs_none", "Arms against no memory", "Differences in exact match …",
       rows=(Difference("rag", 0.31, 0.22, 0.4, n=400, worlds=50, p_holm=0.003, group="A"),))

Missing numbers are None. A number that is not finite is missing, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from postprocess.figures.chart import Cell, Chart
from postprocess.figures.tallies import (
    BarRow,
    Bars,
    HeatCell,
    Heatmap,
    HeatPanel,
    Matrix,
    MatrixPanel,
)

__all__ = [
    "BarRow",
    "Bars",
    "Cell",
    "Chart",
    "Curve",
    "Difference",
    "Forest",
    "HeatCell",
    "HeatPanel",
    "Heatmap",
    "Matrix",
    "MatrixPanel",
    "Pareto",
    "ParetoPoint",
    "Point",
    "Series",
]


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
