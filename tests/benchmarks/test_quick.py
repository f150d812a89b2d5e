"""Every benchmark runs; what it says is another matter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import NAMES, main
from benchmarks.measuring import CHECKOUT

CHECKS = {"damage": "--inputs=20", "recall": "--quick", "report_statistics": "--quick"}


@pytest.mark.parametrize("name", NAMES)
def test_what_costs_are_measured(name: str, tmp_path: Path):
    path = tmp_path / "figures.json"
    assert main(["--quick", "--json", str(path), name]) == 0
    ((found, tables),) = json.loads(path.read_text("utf-8")).items()
    assert found == name
    assert all(tables.values())


@pytest.mark.parametrize("name", CHECKS)
def test_what_is_right_is_measured(name: str):
    command = [sys.executable, "-m", f"benchmarks.{name}", CHECKS[name]]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "|--:|" in done.stdout
