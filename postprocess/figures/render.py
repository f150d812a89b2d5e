"""From a chart to the bytes of its figure and its table."""

from __future__ import annotations

from dataclasses import dataclass

from postprocess.figures.chart import Chart
from postprocess.figures.sheet import settings
from postprocess.figures.table import csv_text


@dataclass(frozen=True)
class Rendered:
    """A chart as it goes into files: the figure in two formats, and its data.

    `png` is empty if it was not asked for.
    """

    svg: bytes
    png: bytes
    csv: str


def render(chart: Chart, *, png: bool = True) -> Rendered:
    """Draws a chart; the same chart gives the same bytes.

    Not thread-safe: matplotlib's settings are global.

    Args:
        chart: The chart.
        png: Whether to draw it as pixels too, which takes as long again.
    """
    with settings():
        sheet = chart.draw()
        return Rendered(sheet.svg(chart), sheet.png() if png else b"", csv_text(chart))
