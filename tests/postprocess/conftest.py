"""Runs to report on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from postprocess.__main__ import main
from postprocess.reporting import DEFAULT_FORMATS
from testing.scripted import run_lm_eval
from tests.conftest import Once
from tests.postprocess import memories
from tests.postprocess.reading_arms import run_arms

FORMATS = ",".join((*DEFAULT_FORMATS, "csv", "parquet"))


@pytest.fixture(scope="session")
def saved_run(once: Once) -> Path:
    """Folder with one whole run of 60 questions. Not to be written to."""
    return once("saved-run", lambda folder: run_lm_eval(folder / "reports")) / "reports"


@pytest.fixture(scope="session")
def saved_short_run(once: Once) -> Path:
    """Folder with one run of 12 of 60 questions. Not to be written to."""

    def run(folder: Path) -> None:
        run_lm_eval(folder / "reports", limit=12)

    return once("saved-short-run", run) / "reports"


@pytest.fixture
def reports(saved_run: Path, tmp_path: Path) -> Path:
    """A copy of the whole run, to do with as one likes."""
    return Path(shutil.copytree(saved_run, tmp_path / "reports"))


@pytest.fixture
def short_reports(saved_short_run: Path, tmp_path: Path) -> Path:
    """A copy of the short run, to do with as one likes."""
    return Path(shutil.copytree(saved_short_run, tmp_path / "reports"))


@pytest.fixture(scope="session")
def saved_arms(checkpoint: Path, once: Once) -> Path:
    """Four arms on A, D and E, two on A without hard negatives. Not to be written to."""
    small = {"n": 40, "lengths": [1000, 1400], "store_sizes": [40, 80], "collision_groups": [1, 2]}

    def run(folder: Path) -> None:
        run_arms(folder, checkpoint, "ADE", **small)
        run_arms(folder, checkpoint, "A", ("none", "long-context"), confounders_ratio=0, **small)

    return once("saved-arms", run)


@pytest.fixture(scope="session")
def arms_report(saved_arms: Path, once: Once) -> Path:
    """The whole report on `saved_arms`, in all formats. Not to be written to."""

    def report(folder: Path) -> None:
        given = [str(saved_arms), "--outdir", str(folder), "--format", FORMATS]
        assert main(given) == 0

    return once("arms-report", report)


@pytest.fixture(scope="session")
def saved_memories(checkpoint: Path, once: Once) -> Path:
    """No memory in both modes, and memories of mode B1, on A. Not to be written to."""
    leaky = {"leaky": True, "least": 0.4, "forgetful": True, "scale": 3.0}
    gated = f"{memories.__name__}:{memories.Gated.__name__}"
    arms: list[str | dict[str, Any]] = [
        *("none", "rag"),
        {"memory": "none"},
        {"memory": gated, "memory_args": {"least": 0.65}},
        {"memory": gated, "memory_args": leaky, "scopes": 3, "reopen": "always"},
        {"memory": f"{memories.__name__}:{memories.Mute.__name__}"},
        {"memory": f"{memories.__name__}:{memories.Notebook.__name__}", "memory_tokens": 60},
    ]

    def run(folder: Path) -> None:
        run_arms(folder, checkpoint, "A", arms, n=60)

    return once("saved-memories", run)


@pytest.fixture(scope="session")
def memories_report(saved_memories: Path, once: Once) -> Path:
    """The whole report on `saved_memories`, in all formats. Not to be written to."""

    def report(folder: Path) -> None:
        given = [str(saved_memories), "--outdir", str(folder), "--format", FORMATS]
        assert main(given) == 0

    return once("memories-report", report)
