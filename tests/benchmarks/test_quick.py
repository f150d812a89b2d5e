"""Every benchmark runs; what it measures is another matter."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import transformers

from benchmarks.__main__ import NAMES, main
from benchmarks.measuring import CHECKOUT

pytestmark = pytest.mark.slow
# A process of their own would spend most of its time on importing torch.
HERE = {"architectures", "gpu", "shared_prefix"}
CHECKS = {
    "architectures": "--quick",
    "caches": "--quick",
    "consolidation": "--quick",
    "damage": "--inputs=20",
    "memory_kills": "--quick",
    "recall": "--quick",
    "report_statistics": "--quick",
    "resuming": "--quick",
}


@pytest.fixture
def run_here(monkeypatch: pytest.MonkeyPatch):
    """Runs a benchmark in this process, with arguments; its exit code."""
    verbosity = transformers.logging.get_verbosity()

    def run(name: str, *arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        return import_module(f"benchmarks.{name}").main()

    yield run
    transformers.logging.set_verbosity(verbosity)


@pytest.mark.parametrize("name", NAMES)
def test_benchmarks_of_cost_run(
    name: str, tmp_path: Path, few_tasks: Path, monkeypatch: pytest.MonkeyPatch, run_here
):
    monkeypatch.setenv("PYTHONPATH", str(few_tasks))
    path = tmp_path / "figures.json"
    if name in HERE:
        assert run_here(name, "--quick", "--json", str(path)) == 0
        tables = json.loads(path.read_text("utf-8"))
    else:
        assert main(["--quick", "--json", str(path), name]) == 0
        ((found, tables),) = json.loads(path.read_text("utf-8")).items()
        assert found == name
    assert all(tables.values())


@pytest.mark.parametrize("name", CHECKS)
def test_benchmarks_of_correctness_run(name: str, run_here, capsys: pytest.CaptureFixture[str]):
    if name in HERE:
        assert run_here(name, CHECKS[name]) == 0
        assert "|--:|" in capsys.readouterr().out
        return
    command = [sys.executable, "-m", f"benchmarks.{name}", CHECKS[name]]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "|--:|" in done.stdout
