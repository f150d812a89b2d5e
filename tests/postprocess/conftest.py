"""Runs to report on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.postprocess.scripted import run_lm_eval


@pytest.fixture(scope="session")
def saved_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with one whole run of 60 questions. Not to be written to."""
    folder = tmp_path_factory.mktemp("saved") / "reports"
    run_lm_eval(folder)
    return folder


@pytest.fixture(scope="session")
def saved_short_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with one run of 12 of 60 questions. Not to be written to."""
    folder = tmp_path_factory.mktemp("saved-short") / "reports"
    run_lm_eval(folder, limit=12)
    return folder


@pytest.fixture
def reports(saved_run: Path, tmp_path: Path) -> Path:
    """A copy of the whole run, to do with as one likes."""
    return Path(shutil.copytree(saved_run, tmp_path / "reports"))


@pytest.fixture
def short_reports(saved_short_run: Path, tmp_path: Path) -> Path:
    """A copy of the short run, to do with as one likes."""
    return Path(shutil.copytree(saved_short_run, tmp_path / "reports"))
