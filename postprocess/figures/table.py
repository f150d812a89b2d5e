"""A chart's data as CSV: numbers in full precision, text that no spreadsheet runs.

panel,retrieved,right,count,share
rag,yes,yes,312,0.609375
"""

from __future__ import annotations

import csv
import io
import math

from postprocess.figures.chart import Cell, Chart
from postprocess.rendering.escaping import csv_cell


def csv_text(chart: Chart) -> str:
    """The table of a chart, with lines that end in a line feed."""
    rows = ([_cell(value) for value in row] for row in chart.rows_of_data())
    return "".join(map(_line, (list(chart.COLUMNS), *rows)))


def _line(cells: list[str]) -> str:
    # Python before 3.13 quotes a lone carriage return only if lines end in one.
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().removesuffix("\r\n") + "\n"


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int():
            return str(int(value))
        case float():
            # numpy's floats print their type; float() takes that off.
            return repr(float(value)) if math.isfinite(value) else ""
    return csv_cell(value)
