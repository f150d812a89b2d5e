"""From a record to the bytes of its picture and its table.

render(Forest("arms", …)).svg → b'<svg …'
"""

from __future__ import annotations

from dataclasses import dataclass

from postprocess.figures import bars, curve, forest, heatmap, matrix, pareto
from postprocess.figures.charts import Bars, Chart, Curve, Forest, Heatmap, Matrix, Pareto
from postprocess.figures.sheet import Sheet, settings
from postprocess.figures.table import csv_text


@dataclass(frozen=True)
class Rendered:
    """A chart as it goes into files: the picture twice and its data."""

    svg: bytes
    png: bytes
    csv: str


def render(chart: Chart) -> Rendered:
    """Draws a chart; the same chart gives the same bytes.

    Not for several threads at once: matplotlib's settings are global.
    """
    with settings():
        sheet = draw(chart)
        return Rendered(sheet.svg(chart), sheet.png(), csv_text(chart))


def draw(chart: Chart) -> Sheet:
    """The drawing of a chart, made within `settings()`."""
    match chart:
        case Forest():
            return forest.draw(chart)
        case Curve():
            return curve.draw(chart)
        case Heatmap():
            return heatmap.draw(chart)
        case Pareto():
            return pareto.draw(chart)
        case Matrix():
            return matrix.draw(chart)
        case Bars():
            return bars.draw(chart)
    raise TypeError(f"nothing draws a {type(chart).__name__}")
