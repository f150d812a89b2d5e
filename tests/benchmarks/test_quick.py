"""Every benchmark runs; what it measures is another matter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import NAMES, main
from benchmarks.measuring import CHECKOUT

# These start neither lm_eval nor a model; the others take up to a minute.
FAST = {"generators", "memory_growth", "recall", "retrieval"}
CHECKS = {
    "architectures": "--quick",
    "caches": "--quick",
    "damage": "--inputs=20",
    "memory_kills": "--quick",
    "recall": "--quick",
    "report_statistics": "--quick",
    "resuming": "--quick",
}


def slow_unless_fast(names):
    return [name if name in FAST else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.mark.parametrize("name", slow_unless_fast(NAMES))
def test_benchmarks_of_cost_run(name: str, tmp_path: Path):
    path = tmp_path / "figures.json"
    assert main(["--quick", "--json", str(path), name]) == 0
    ((found, tables),) = json.loads(path.read_text("utf-8")).items()
    assert found == name
    assert all(tables.values())


@pytest.mark.parametrize("name", slow_unless_fast(CHECKS))
def test_benchmarks_of_correctness_run(name: str):
    command = [sys.executable, "-m", f"benchmarks.{name}", CHECKS[name]]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "|--:|" in done.stdout
