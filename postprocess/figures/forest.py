"""The forest plot: differences between arms around a line at zero.

Filled markers are differences that stay significant after Holm's adjustment, diamonds those shown
to be small; headings group the rows. At the right the difference itself and the number of pairs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from postprocess.figures import values
from postprocess.figures.chart import Cell, Chart
from postprocess.figures.labels import MISSING, fitted, points, shown, width_of
from postprocess.figures.palette import BLUE, FAINT, INK, MARGIN_BAND
from postprocess.figures.sheet import (
    LINE,
    MARGIN,
    SIZE,
    SMALL,
    WIDTH,
    Key,
    Sheet,
    legend_rows,
    no_data,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIGNIFICANT = 0.05
_ROW = 0.29
_HEAD = 0.3
_AXIS = 0.62  # ticks and their label
_WIDEST_LABEL = 2.3
_DIFFERENCE = 0.68  # room for the difference at the right
_LEAST_REACH = 0.1
_STEPS = (0.05, 0.1, 0.2, 0.25, 0.5)
# (significant, equivalent): the marker's shape and what it says
_MARKERS = {
    (True, False): ("o", "p < 0.05 (Holm)"),
    (False, False): ("o", "not significant"),
    (True, True): ("D", "equivalent, p < 0.05"),
    (False, True): ("D", "equivalent"),
}


@dataclass(frozen=True)
class ForestRow:
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

    rows: tuple[ForestRow, ...]
    x_label: str = "Difference"
    margin: float | None = None

    def rows_of_data(self) -> Iterator[tuple[Cell, ...]]:
        """One row per difference."""
        for row in self.rows:
            numbers = (row.difference, row.low, row.high, row.n, row.worlds, row.p_holm)
            yield (row.group, row.label, *numbers, row.equivalent)

    def draw(self) -> Sheet:
        """The drawing, made within `settings()`."""
        lines = list(_lines(self))
        labels = fitted([row.label for row in self.rows], _WIDEST_LABEL, SMALL)
        indent = 0.12 if any(row.group is not None for row in self.rows) else 0.0
        left = MARGIN + indent + max((width_of(text, SMALL) for text in labels), default=0.5) + 0.15
        keys = legend_rows(_keys(self))
        body = max(len(lines), 1) * _ROW
        sheet = Sheet(_HEAD + body + _AXIS + LINE * len(keys) + MARGIN)

        most = max((width_of(f"{row.n}", SMALL) for row in self.rows), default=0.3)
        n_right = WIDTH - MARGIN
        difference_right = n_right - most - 0.25
        columns = WIDTH - difference_right + _DIFFERENCE
        axes = sheet.axes(left, _HEAD, WIDTH - left - columns, body)
        axes.set_ylim(max(len(lines), 1) - 0.5, -0.5)
        _x_axis(axes, self)
        sheet.text(difference_right, _HEAD / 2, "points", ha="right", color=FAINT)
        sheet.text(n_right, _HEAD / 2, "n", ha="right", color=FAINT)
        if not self.rows:
            no_data(axes)
        named = iter(labels)
        for place, line in enumerate(lines):
            top = _HEAD + (place + 0.5) * _ROW
            if isinstance(line, str):
                # White behind it: a long heading runs into the grid.
                paper = {"facecolor": "#FFFFFF", "linewidth": 0, "pad": 1}
                sheet.text(MARGIN, top, shown(line), weight="bold", bbox=paper)
                continue
            sheet.text(MARGIN + indent, top, next(named))
            number = values.difference(line.difference)
            value = MISSING if number is None else points(number)
            sheet.text(difference_right, top, value, ha="right")
            sheet.text(n_right, top, f"{line.n}", ha="right", color=FAINT)
            _mark(axes, line, place)
        sheet.legend(keys, _HEAD + body + _AXIS)
        return sheet


def _lines(chart: Forest) -> Iterator[str | ForestRow]:
    """The rows, with a heading before each first one of a group."""
    group = None
    for row in chart.rows:
        if row.group is not None and row.group != group:
            yield row.group
        group = row.group
        yield row


def _reach(chart: Forest) -> tuple[float, float]:
    """Ends of the x axis: zero, all differences, intervals and the margin lie within."""
    ends = [-_LEAST_REACH, _LEAST_REACH]
    for row in chart.rows:
        number = values.difference(row.difference)
        ends += [] if number is None else [number]
        ends += values.interval(row.low, row.high, -1.0) or ()
    margin = _margin(chart) or 0.0
    low, high = min(*ends, -margin), max(*ends, margin)
    pad = 0.04 * (high - low)
    return low - pad, high + pad


def _margin(chart: Forest) -> float | None:
    margin = values.rate(chart.margin)
    return margin or None


def _x_axis(axes: Axes, chart: Forest) -> None:
    low, high = _reach(chart)
    axes.set_xlim(low, high)
    step = next(step for step in _STEPS if step == _STEPS[-1] or (high - low) / step <= 5.5)
    ticks = [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]
    axes.set_xticks(
        ticks, [f"{100 * tick:+.0f}".replace("-", "−").replace("+0", "0") for tick in ticks]
    )
    axes.set_xlabel(f"{shown(chart.x_label)} (percentage points)", size=SIZE)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(True, axis="x")
    if (margin := _margin(chart)) is not None:
        axes.axvspan(-margin, margin, color=MARGIN_BAND, zorder=0.4)
    axes.axvline(0, color=INK, linewidth=1.2, zorder=1.5)


def _kind(row: ForestRow) -> tuple[bool, bool]:
    return row.p_holm is not None and row.p_holm < SIGNIFICANT, row.equivalent is True


def _mark(axes: Axes, row: ForestRow, place: int) -> None:
    number = values.difference(row.difference)
    ends = values.interval(row.low, row.high, -1.0)
    if ends is not None:
        axes.plot(ends, [place, place], color=BLUE, linewidth=2, label="interval")
    if number is not None:
        marker, _ = _MARKERS[_kind(row)]
        face = BLUE if _kind(row)[0] else "#FFFFFF"
        axes.plot([number], [place], **_marker(marker, face), clip_on=False, label="difference")


def _marker(marker: str, face: str) -> dict[str, Any]:
    return {
        "marker": marker,
        "markersize": 8 if marker == "o" else 7.5,
        "markerfacecolor": face,
        "markeredgecolor": BLUE,
        "markeredgewidth": 1.8,
        "linestyle": "none",
        "zorder": 3,
    }


def _keys(chart: Forest) -> list[Key]:
    rows = [row for row in chart.rows if values.difference(row.difference) is not None]
    drawn = {_kind(row) for row in rows}
    untested = any(row.p_holm is None and row.equivalent is not True for row in rows)
    texts = {kind: text for kind, (_, text) in _MARKERS.items()}
    if untested:
        texts[False, False] = "not significant, or not tested"
    keys = [
        Key(texts[kind], line=_marker(marker, BLUE if kind[0] else "#FFFFFF"))
        for kind, (marker, _) in _MARKERS.items()
        if kind in drawn
    ]
    if (margin := _margin(chart)) is not None:
        band = {"facecolor": MARGIN_BAND, "linewidth": 0}
        keys.append(Key(f"margin of ±{100 * margin:.3g} points", patch=band))
    return keys
