"""A chart's data as CSV: numbers in full precision, text that no spreadsheet runs.

panel,retrieved,right,count,share
rag,yes,yes,312,0.609375
"""

from __future__ import annotations

import math
import re

from postprocess.figures.charts import Cell, Chart
from postprocess.rendering.escaping import csv_cell

_ENDS_CELL = re.compile(r'[",\r\n]')


def csv_text(chart: Chart) -> str:
    """The table of a chart, with lines that end in a line feed."""
    rows = [chart.COLUMNS, *chart.rows_of_data()]
    return "".join(",".join(map(_cell, row)) + "\n" for row in rows)


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
    text = csv_cell(value)
    # Not by the csv module: before Python 3.13 it leaves a lone carriage return unquoted.
    return '"' + text.replace('"', '""') + '"' if _ENDS_CELL.search(text) else text
