"""Runs, exported to every format for others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from postprocess.__main__ import main
from testing.measured_arms import run_two_arms
from tests.conftest import Once

FORMATS = "json,inspect,eee"


class Saved(NamedTuple):
    """A run as lm_eval saved it: its results file, a task of it, and the task's scored rows."""

    results: dict[str, Any]
    task: str
    rows: list[dict[str, Any]]

    @property
    def arm(self) -> str:
        """The baseline."""
        return str(self.results["config"]["heinw"]["baseline"])


def saved(folder: Path) -> Iterator[Saved]:
    """All runs below a folder, read without the code under test."""
    for path in sorted(folder.rglob("results_*.json")):
        results, date = json.loads(path.read_text()), path.stem.removeprefix("results_")
        for task in results["configs"]:
            lines = path.with_name(f"samples_{task}_{date}.jsonl").read_bytes().split(b"\n")
            rows = [row for row in map(json.loads, filter(None, lines)) if row["filter"] == "all"]
            yield Saved(results, task, [row for row in rows if row.get("overflow") != 1.0])


def export(runs: Path, folder: Path) -> None:
    """Writes the formats of others that have whole samples."""
    assert main([str(runs), "--outdir", str(folder), "--format", FORMATS]) == 0


@pytest.fixture(scope="session")
def odd_runs(once: Once) -> Path:
    """Two arms on E with line separators and colours in answers, and overflows."""
    return once("odd-runs", lambda folder: run_two_arms(folder, "heinw_E", lengths=[1000]))


@pytest.fixture(scope="session")
def exported(saved_arms: Path, once: Once) -> Path:
    """`saved_arms` in these formats. Not to be written to."""
    return once("exported", lambda folder: export(saved_arms, folder))


@pytest.fixture(scope="session")
def exported_odd(odd_runs: Path, once: Once) -> Path:
    """`odd_runs` in these formats. Not to be written to."""
    return once("exported-odd", lambda folder: export(odd_runs, folder))
