"""Curves with bands: rates over lag bins, over the size of the store, or over another rate.

Lines are named at their ends if all names have room there, else in a legend. Below each bin or
size is how many questions a point is computed from.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from postprocess.figures import values
from postprocess.figures.chart import Cell, Chart
from postprocess.figures.labels import fitted, plain, shown, span, width_of
from postprocess.figures.palette import Style, styles
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
    rate_axis,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TOP = 0.18
_PLOT = 3.1
_AXIS = 0.86  # ticks of two lines and their label
_LEFT = 0.98
_WIDEST_END_LABEL = 1.5
_WIDEST_KEY = 6.2
_APART = 0.2 / _PLOT  # of one name from the next, in heights of the plot
_FURTHEST_MOVE = 0.08
_MOST_BANDS = 6  # of more one sees nothing but grey
_MOST_TICKS = 9


@dataclass(frozen=True)
class Point:
    """A point of a curve: a rate y with its interval, from n questions; x a bin or a number."""

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
    """Rates over bins or numbers, with bands for their intervals.

    Attributes:
        series: The lines.
        x_label: Name of the x axis.
        y_label: Name of the y axis, which goes from 0 to 100%.
        scale: "bins": x are names of bins, evenly spaced; "log2": x are positive numbers;
            "rate": x are rates, too.
        bins: Order of the bins; () for that in which the series first name them.
    """

    COLUMNS = ("series", "x", "y", "low", "high", "n", "note")

    series: tuple[Series, ...]
    x_label: str
    y_label: str = "Score"
    scale: Literal["bins", "log2", "rate"] = "bins"
    bins: tuple[str, ...] = ()

    def rows_of_data(self) -> Iterator[tuple[Cell, ...]]:
        """One row per point, including those without a value."""
        for line in self.series:
            for point in line.points:
                numbers = (point.y, point.low, point.high, point.n)
                yield (line.label, point.x, *numbers, line.note)

    def draw(self) -> Sheet:
        """The drawing, made within `settings()`."""
        looks = styles([line.arm or line.label for line in self.series])
        bins = _bins(self)
        ends = _end_labels(self, bins)
        keys = legend_rows([*([] if ends else _keys(self, looks)), *_left_out(self, bins)])
        right = max((width_of(text, SMALL) for _, text in ends), default=0.0) + 0.25
        sheet = Sheet(_TOP + _PLOT + _AXIS + LINE * len(keys) + MARGIN)
        axes = sheet.axes(_LEFT, _TOP, WIDTH - _LEFT - right, _PLOT)
        axes.set_ylim(0, 1)
        rate_axis(axes.yaxis)
        axes.set_ylabel(shown(self.y_label), size=SIZE)
        axes.set_xlabel(shown(self.x_label, 60), size=SIZE)
        _x_axis(axes, self, bins, close=bool(ends))
        for number, (line, look) in enumerate(zip(self.series, looks, strict=True)):
            _line(axes, self, line, look, bins, _aside(self, number))
        if not any(_rates(self)):
            no_data(axes)
        for y, text in ends:
            place = (axes.get_xlim()[1], y)
            axes.annotate(text, place, (3, 0), textcoords="offset points", va="center", size=SMALL)
        sheet.legend(keys, _TOP + _PLOT + _AXIS)
        return sheet


def _bins(chart: Curve) -> list[str]:
    """Names on an axis of bins, in their order."""
    if chart.scale != "bins":
        return []
    met = [plain(point.x) for line in chart.series for point in line.points]
    return list(dict.fromkeys([*chart.bins, *met]))


def _rates(chart: Curve) -> Iterator[bool]:
    """Whether each of the points has a rate."""
    return (values.rate(p.y) is not None for line in chart.series for p in line.points)


def _place(chart: Curve, point: Point, bins: Sequence[str]) -> float | None:
    """Position of a point on the x axis; None if it has none."""
    if chart.scale == "bins":
        return float(bins.index(plain(point.x)))
    if isinstance(point.x, str):
        return None
    if chart.scale == "rate":
        return values.rate(point.x)
    x = values.cost(point.x)
    return None if x is None else math.log2(x)


def _placed(chart: Curve, line: Series, bins: Sequence[str]) -> list[tuple[float, Point]]:
    """The points of a line that have a place, from left to right."""
    places = ((_place(chart, point, bins), point) for point in line.points)
    return sorted(((x, p) for x, p in places if x is not None), key=lambda pair: pair[0])


def _x_axis(axes: Axes, chart: Curve, bins: Sequence[str], *, close: bool) -> None:
    if chart.scale == "rate":
        axes.set_xlim(0, 1)
        rate_axis(axes.xaxis)
        return
    counts: dict[float, list[int]] = {float(place): [] for place in range(len(bins))}
    names = {float(place): shown(name) for place, name in enumerate(bins)}
    for line in chart.series:
        for place, point in _placed(chart, line, bins):
            counts.setdefault(place, []).append(point.n)
            names.setdefault(place, plain(point.x))
    places = sorted(counts)
    low, high = (places[0], places[-1]) if places else (0.0, 0.0)
    pad = 0.35 if chart.scale == "bins" or low == high else 0.06 * (high - low)
    # A name at the end of a line needs no room between the line and the edge.
    axes.set_xlim(low - pad, high + (0.4 * pad if close else pad))
    inches = axes.get_position().width * WIDTH
    room = inches / max(min(len(places), _MOST_TICKS), 1) - 0.1
    labels = {
        place: f"{name}\nn {span(counts[place])}"
        for place, name in zip(
            places, fitted([names[place] for place in places], room, SMALL), strict=True
        )
    }
    ticks = _apart(labels, inches / (axes.get_xlim()[1] - axes.get_xlim()[0]))
    axes.set_xticks(ticks, [labels[place] for place in ticks])
    axes.tick_params(axis="x", length=3)


def _apart(labels: Mapping[float, str], scale: float) -> list[float]:
    """The places whose labels do not touch; the last place is named in any case."""
    kept: list[float] = []
    left = math.inf
    for place in sorted(labels, reverse=True):
        half = width_of(labels[place], SMALL) / 2 + 0.05
        if place * scale + half <= left:
            kept.append(place)
            left = place * scale - half
    return kept[::-1]


def _aside(chart: Curve, number: int) -> float:
    """How far beside its bin a line is drawn, so that many intervals do not cover each other."""
    lines = len(chart.series)
    if chart.scale != "bins" or lines <= _MOST_BANDS:
        return 0.0
    return 0.5 * ((number + 0.5) / lines - 0.5)


def _line(
    axes: Axes, chart: Curve, line: Series, look: Style, bins: Sequence[str], aside: float
) -> None:
    placed = _placed(chart, line, bins)
    xs = [x + aside for x, _ in placed]
    rates = [values.rate(point.y) for _, point in placed]
    ys = [math.nan if y is None else y for y in rates]
    spans = [
        None if y is None else values.interval(point.low, point.high, 0.0)
        for y, (_, point) in zip(rates, placed, strict=True)
    ]
    if len(chart.series) <= _MOST_BANDS:
        lows = [math.nan if ends is None else ends[0] for ends in spans]
        highs = [math.nan if ends is None else ends[1] for ends in spans]
        axes.fill_between(xs, lows, highs, color=look.colour, alpha=0.13, linewidth=0)
    for x, ends in zip(xs, spans, strict=True):
        if ends is not None:
            axes.plot([x, x], ends, color=look.colour, linewidth=1, alpha=0.6, label="interval")
    axes.plot(xs, ys, **_properties(look), clip_on=False, label="rate")


def _properties(look: Style) -> dict[str, Any]:
    return {
        "color": look.colour,
        "marker": look.marker,
        "linestyle": look.dashes,
        "linewidth": 2,
        "markersize": look.size,
        "markeredgecolor": "#FFFFFF",
        "markeredgewidth": 0.8,
        "zorder": 3,
    }


def _keys(chart: Curve, looks: Sequence[Style]) -> list[Key]:
    notes = ["" if line.note is None else f": {shown(line.note, 60)}" for line in chart.series]
    room = _WIDEST_KEY - max((width_of(note, SMALL) for note in notes), default=0.0)
    labels = fitted([line.label for line in chart.series], room, SMALL)
    return [
        Key(label + note, line=_properties(look))
        for label, note, look in zip(labels, notes, looks, strict=True)
    ]


def _left_out(chart: Curve, bins: Sequence[str]) -> list[Key]:
    """Says how many points have no place on the x axis."""
    some = sum(len(line.points) - len(_placed(chart, line, bins)) for line in chart.series)
    return [Key(f"not drawn: {some} of the points, off the x axis")] if some else []


def _end_labels(chart: Curve, bins: Sequence[str]) -> list[tuple[float, str]]:
    """Heights and names for the ends of all lines; [] where they do not fit."""
    last = 1 if chart.scale == "rate" else len(bins) - 1
    ends: list[tuple[float, str]] = []
    for line in chart.series:
        placed = _placed(chart, line, bins)
        drawn = [(x, y) for x, point in placed if (y := values.rate(point.y)) is not None]
        if line.note is not None or not drawn or (chart.scale != "log2" and drawn[-1][0] != last):
            return []
        ends.append((drawn[-1][1], shown(line.label)))
    if any(width_of(text, SMALL) > _WIDEST_END_LABEL for _, text in ends):
        return []
    return _spread(ends)


def _spread(ends: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """The names moved up as far as they would touch; [] where one would leave its line."""
    moved: list[tuple[float, str]] = []
    lowest = 0.0
    for y, text in sorted(ends):
        height = max(y, lowest)
        if height - y > _FURTHEST_MOVE:
            return []
        moved.append((height, text))
        lowest = height + _APART
    return moved
