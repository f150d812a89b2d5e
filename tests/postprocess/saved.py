"""What lies in a folder of reports and runs, read without the code under test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def index_of(report: Path) -> dict[str, Any]:
    """The index file."""
    found: dict[str, Any] = json.loads((report / "index.json").read_text())
    return found


def experiment_of(report: Path, name: str) -> dict[str, Any]:
    """One experiment of the index."""
    (found,) = [one for one in index_of(report)["experiments"] if one["id"] == name]
    return dict(found)


def metrics_of(report: Path, run_id: str) -> dict[str, Any]:
    """A run's metrics file."""
    found: dict[str, Any] = json.loads((report / f"{run_id}_metrics.json").read_text())
    return found


def samples_of(reports: Path, run_id: str) -> list[dict[str, Any]]:
    """The rows of filter "all" of a run, as lm_eval wrote them, without those that overflowed."""
    date, letter = run_id.split("_")[:2]
    (path,) = reports.rglob(f"samples_heinw_{letter}_{date}.jsonl")
    rows = [json.loads(line) for line in path.read_bytes().split(b"\n") if line]
    return [row for row in rows if row["filter"] == "all" and row.get("overflow") != 1.0]
