"""Quality over cost: one point per arm, and the front of those no other beats on both.

A point's name is next to it. Names without room, and arms of unknown cost, are listed below.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from postprocess.figures import placing, values
from postprocess.figures.chart import Cell, Chart
from postprocess.figures.labels import fitted, power_of_ten, shown, width_of
from postprocess.figures.palette import FAINT, Style, styles
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
_PLOT = 3.5
_AXIS = 0.66
_LEFT = 0.98
_WIDEST_LABEL = 2.4
_WIDEST_KEY = 6.2
_TEXT_HEIGHT = 0.2
_MARKER = 0.08  # half its width, in inches
_MOST_DECADES = 8


@dataclass(frozen=True)
class ParetoPoint:
    """An arm: what it costs and how well it does.

    Attributes:
        label: Its name.
        flops: Per question; None where it was not measured (it is then named below the figure).
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
    y_label: str = "Score"

    def rows_of_data(self) -> Iterator[tuple[Cell, ...]]:
        """One row per arm."""
        for p in self.points:
            yield (p.label, p.flops, p.quality, p.low, p.high, p.on_front, p.n)

    def draw(self) -> Sheet:
        """The drawing, made within `settings()`."""
        marks = _marks(self)
        low, high = _decades(marks)
        plot_width = WIDTH - _LEFT - 0.25
        names = _placed(marks, low, high, plot_width)
        keys = legend_rows(_keys(self, marks, names))
        sheet = Sheet(_TOP + _PLOT + _AXIS + LINE * len(keys) + MARGIN)
        axes = sheet.axes(_LEFT, _TOP, plot_width, _PLOT)
        axes.set_ylim(0, 1)
        rate_axis(axes.yaxis)
        axes.set_ylabel(shown(self.y_label), size=SIZE)
        axes.set_xlabel(shown(self.x_label, 60), size=SIZE)
        # The logarithm is taken here: a place on the axis is then also one in inches.
        axes.set_xlim(low, high)
        _ticks(axes, low, high)
        _front(axes, marks, high)
        if not marks:
            no_data(axes)
        for mark in marks:
            if mark.ends is not None:
                colour = mark.look.colour
                axes.plot([mark.x] * 2, mark.ends, color=colour, linewidth=1.6, label="interval")
            axes.plot([mark.x], [mark.y], **_properties(mark.look), clip_on=False, label="arm")
        for mark in marks:
            if (box := names.get(id(mark))) is not None:
                x = low + (box.left + 0.02) / plot_width * (high - low)
                y = (box.bottom + box.top) / 2 / _PLOT
                axes.text(x, y, mark.name, size=SMALL, va="center", zorder=5)
        sheet.legend(keys, _TOP + _PLOT + _AXIS)
        return sheet


@dataclass(frozen=True)
class _Mark:
    """A point that can be drawn: the arm, its look and name, and its place."""

    point: ParetoPoint
    look: Style
    name: str
    x: float
    y: float
    ends: tuple[float, float] | None


def _marks(chart: Pareto) -> list[_Mark]:
    looks = styles([point.arm or point.label for point in chart.points])
    names = fitted([point.label for point in chart.points], _WIDEST_LABEL, SMALL)
    marks: list[_Mark] = []
    for point, look, name in zip(chart.points, looks, names, strict=True):
        flops, quality = values.cost(point.flops), values.rate(point.quality)
        if flops is not None and quality is not None:
            ends = values.interval(point.low, point.high, 0.0)
            marks.append(_Mark(point, look, name, math.log10(flops), quality, ends))
    return marks


def _decades(marks: Sequence[_Mark]) -> tuple[float, float]:
    """Ends of the x axis, as powers of ten."""
    xs = [mark.x for mark in marks] or [11.0, 13.0]
    pad = max(0.08 * (max(xs) - min(xs)), 0.25)
    return min(xs) - pad, max(xs) + pad


def _ticks(axes: Axes, low: float, high: float) -> None:
    decades = range(math.ceil(low), math.floor(high) + 1)
    every = max(-(-len(decades) // _MOST_DECADES), 1)
    ticks = [float(decade) for decade in decades[::every]]
    labels = [power_of_ten(decade) for decade in decades[::every]]
    if len(ticks) < 2:
        ticks, labels = _fine_ticks(low, high)
    axes.set_xticks(ticks, labels)
    axes.grid(True, axis="x")
    if every == 1 and len(decades) <= _MOST_DECADES:
        between = [
            decade + math.log10(step)
            for decade in range(math.floor(low), math.ceil(high))
            for step in range(2, 10)
        ]
        axes.set_xticks([tick for tick in between if low <= tick <= high], minor=True)


def _fine_ticks(low: float, high: float) -> tuple[list[float], list[str]]:
    """1, 2 and 5 times the powers of ten, where there would be fewer than two powers."""
    ticks = [
        (decade + math.log10(step), f"{step}×{power_of_ten(decade)}")
        for decade in range(math.floor(low), math.ceil(high))
        for step in (1, 2, 5)
        if low <= decade + math.log10(step) <= high
    ]
    return [tick for tick, _ in ticks], [label for _, label in ticks]


def _front(axes: Axes, marks: Sequence[_Mark], high: float) -> None:
    """Steps from each arm of the front to the next dearer one, on to the right edge."""
    front = _sorted_front(marks)
    if front:
        xs, ys = [x for x, _ in front] + [high], [y for _, y in front] + [front[-1][1]]
        axes.step(
            xs,
            ys,
            where="post",
            color=FAINT,
            linewidth=1.4,
            linestyle=(0, (4, 2)),
            zorder=1.5,
            label="front",
        )


def _sorted_front(marks: Sequence[_Mark]) -> list[tuple[float, float]]:
    return sorted((mark.x, mark.y) for mark in marks if mark.point.on_front)


def _placed(
    marks: Sequence[_Mark], low: float, high: float, width: float
) -> dict[int, placing.Box | None]:
    """A box for each mark's name, off all points, intervals and other names."""
    scale = width / (high - low)
    room = placing.Box(0.04, 0.02, width + 0.2, _PLOT - 0.02)
    spots = [((mark.x - low) * scale, mark.y * _PLOT) for mark in marks]
    taken = [placing.around(x, y, _MARKER) for x, y in spots]
    for mark, (x, _) in zip(marks, spots, strict=True):
        if mark.ends is not None:
            bottom, top = (end * _PLOT for end in mark.ends)
            taken.append(placing.Box(x - 0.03, bottom, x + 0.03, top))
    lines = _front_boxes(_sorted_front(marks), low, scale, width)
    boxes: dict[int, placing.Box | None] = {}
    for mark, (x, y) in zip(marks, spots, strict=True):
        size = (width_of(mark.name, SMALL) + 0.04, _TEXT_HEIGHT)
        # A name across the front can be read; a name across another point's cannot.
        box = placing.place(x, y, *size, [*taken, *lines], room)
        box = box or placing.place(x, y, *size, taken, room)
        boxes[id(mark)] = box
        if box is not None:
            taken.append(box)
    return boxes


def _front_boxes(
    front: Sequence[tuple[float, float]], low: float, scale: float, width: float
) -> list[placing.Box]:
    spots = [((x - low) * scale, y * _PLOT) for x, y in front]
    boxes: list[placing.Box] = []
    for number, (x, y) in enumerate(spots):
        following = spots[number + 1] if number + 1 < len(spots) else (width, y)
        boxes.append(placing.Box(x, y - 0.01, following[0], y + 0.01))
        bottom, top = sorted((y, following[1]))
        boxes.append(placing.Box(following[0] - 0.01, bottom, following[0] + 0.01, top))
    return boxes


def _properties(look: Style) -> dict[str, Any]:
    return {
        "color": look.colour,
        "marker": look.marker,
        "markersize": look.size + 1,
        "markeredgecolor": "#FFFFFF",
        "markeredgewidth": 0.8,
        "linestyle": "none",
        "zorder": 4,
    }


def _keys(chart: Pareto, marks: Sequence[_Mark], names: dict[int, placing.Box | None]) -> list[Key]:
    keys = []
    if any(mark.point.on_front for mark in marks):
        look = {"color": FAINT, "linewidth": 1.4, "linestyle": (0, (4, 2))}
        keys.append(Key("Pareto front", line=look))
    unnamed = [mark for mark in marks if names.get(id(mark)) is None]
    keys += [Key(mark.name, line=_properties(mark.look)) for mark in unnamed]
    drawn = {id(mark.point) for mark in marks}
    missing = [point.label for point in chart.points if id(point) not in drawn]
    texts = [f"{shown(label)}: not drawn, cost or quality unknown" for label in missing]
    return keys + [Key(text) for text in fitted(texts, _WIDEST_KEY, SMALL, longest=100)]
