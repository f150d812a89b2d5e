"""The flat tables of all samples, against the metrics files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from postprocess.export.tables import COLUMNS, guarded
from tests.postprocess.saved import index_of, metrics_of

csv.field_size_limit(1 << 24)


@pytest.fixture(scope="module")
def items(arms_report: Path) -> list[tuple[str, dict[str, Any]]]:
    runs = {a["run_id"] for one in index_of(arms_report)["experiments"] for a in one["arms"]}
    return [(run, item) for run in sorted(runs) for item in metrics_of(arms_report, run)["items"]]


def test_the_csv_has_every_question_of_every_run(
    arms_report: Path, items: list[tuple[str, dict[str, Any]]]
) -> None:
    with (arms_report / "samples.csv").open(newline="") as file:
        rows = {(row["run_id"], row["question_id"]): row for row in csv.DictReader(file)}
    assert len(rows) == len(items) == 14 * 40
    for run, item in items:
        row = rows[run, item["id"]]
        assert row["response"] == guarded(item["response"])
        assert row["query"] == item["query"]
        assert row["answers"] == " | ".join(item["answers"])
        assert row["outcome"] == item["outcome"]
        assert row["answerable"] == str(item["answerable"])
        assert row["lag"] == ("" if item["lag"] is None else str(item["lag"]))
        for name in ("exact_match", "f1", "abstained"):
            known = item["scores"].get(name)
            assert row[name] == ("" if known is None else repr(known))


def test_parquet_and_csv_say_the_same(arms_report: Path) -> None:
    table = pq.read_table(arms_report / "samples.parquet")
    assert tuple(table.column_names) == COLUMNS
    with (arms_report / "samples.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert table.num_rows == len(rows)
    for ours, row in zip(table.to_pylist(), rows, strict=True):
        for name, value in ours.items():
            if isinstance(value, float):
                assert float(row[name]) == value
            else:
                assert row[name] == ("" if value is None else str(guarded(value)))
    tokens = [row["prompt_tokens"] for row in rows]
    assert all(tokens)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("a=1", "a=1"),
        ("", ""),
        (-0.5, -0.5),
        (None, None),
    ],
)
def test_a_formula_is_text(cell: Any, shown: Any) -> None:
    assert guarded(cell) == shown
