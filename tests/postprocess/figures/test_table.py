"""The CSV holds what the chart holds: every number to the last bit, no text that runs."""

from __future__ import annotations

import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postprocess.figures.bars import BarRow, Bars
from postprocess.figures.chart import Chart
from postprocess.figures.forest import Forest, ForestRow
from postprocess.figures.matrix import Matrix, MatrixPanel
from postprocess.figures.table import csv_text
from tests.postprocess.figures.charts_for_tests import CHARTS, FOREST, HOSTILE, PARETO


def read(chart: Chart) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_text(chart), newline="")))


def back(cell: str, like: object) -> object:
    """The cell as the type it was written from."""
    if cell == "":
        return None
    if isinstance(like, bool):
        return {"yes": True, "no": False}[cell]
    if isinstance(like, int | float):
        return type(like)(cell)
    return cell


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_every_cell_comes_back(chart: Chart) -> None:
    rows, data = read(chart), list(chart.rows_of_data())
    assert len(rows) == len(data) > 0
    for row, values in zip(rows, data, strict=True):
        assert tuple(row) == chart.COLUMNS
        cells = zip(row.values(), values, strict=True)
        assert tuple(back(cell, value) for cell, value in cells) == values


def test_rows_hold_what_their_heads_say() -> None:
    assert read(FOREST)[1] == {
        "group": "A",
        "label": "recent",
        "difference": "-0.0123",
        "low": "-0.07",
        "high": "0.046",
        "n": "401",
        "worlds": "51",
        "p_holm": "0.6",
        "equivalent": "yes",
    }
    assert read(PARETO)[3] == {
        **{"label": "oracle", "flops": "", "quality": "0.9", "low": "", "high": ""},
        **{"on_front": "no", "n": ""},
    }
    matrix = Matrix("m", "t", "d", (MatrixPanel("rag", 60, 25, 5, 10),))
    assert [tuple(row.values()) for row in read(matrix)] == [
        ("rag", "yes", "yes", "60", "0.6"),
        ("rag", "yes", "no", "25", "0.25"),
        ("rag", "no", "yes", "5", "0.05"),
        ("rag", "no", "no", "10", "0.1"),
    ]
    bars = Bars("b", "t", "d", (BarRow("rag", {"correct": 3, "stale": 1}, {"correct": 2}),))
    assert [tuple(row.values()) for row in read(bars)] == [
        ("rag", "yes", "correct", "3", "0.75"),
        ("rag", "yes", "stale", "1", "0.25"),
        ("rag", "no", "correct", "2", "1.0"),
    ]


@given(st.floats(allow_nan=True), st.text())
def test_numbers_keep_all_digits_and_text_its_meaning(number: float, text: str) -> None:
    row = read(Forest("f", "t", "d", (ForestRow(text, number),)))[0]
    if math.isfinite(number):
        assert float(row["difference"]) == number
    else:
        assert row["difference"] == ""
    assert not row["label"].startswith(("=", "+", "-", "@", "\t", "\r"))
    if "\0" not in text:
        assert row["label"].removeprefix("'") == text.removeprefix("'")


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_can_be_encoded(text: str) -> None:
    chart = Forest("f", "t", "d", (ForestRow(text, -0.5, group=text),))
    cells = next(csv.reader(io.StringIO(csv_text(chart).encode().decode()))), read(chart)[0]
    assert cells[1]["difference"] == "-0.5"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_is_quoted(start: str) -> None:
    chart = Forest("f", "t", "d", (ForestRow(f"{start}1+1", -0.5),))
    assert read(chart)[0]["label"] == f"'{start}1+1"
