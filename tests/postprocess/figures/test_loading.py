"""Figures are drawn whatever backend or settings the environment asks matplotlib for."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from postprocess.figures.render import render
from tests.postprocess.figures.charts_for_tests import FOREST

ROOT = Path(__file__).resolve().parents[3]
DRAW = """
import hashlib, json, os
from postprocess.figures.render import render
from tests.postprocess.figures.charts_for_tests import FOREST
digest = hashlib.sha256(render(FOREST).png).hexdigest()
import matplotlib
backend = dict.__getitem__(matplotlib.rcParams, "backend")
print(json.dumps([digest, os.environ.get("MPLBACKEND"), str(backend)]))
"""
REFUSED = """
from postprocess.errors import ReportError
from postprocess.figures.loading import load
try:
    load()
except ReportError as error:
    print(error)
"""


def python(code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.mark.parametrize(
    ("backend", "kept"),
    [("module://heinw_not_installed.backend_inline", None), ("svg", "svg")],
)
def test_a_notebooks_backend_changes_nothing_and_stays_as_it_is(
    backend: str, kept: str | None, tmp_path: Path
) -> None:
    (tmp_path / "matplotlibrc").write_text("backend: none such\nno.such.key: 1\nno colon\n")
    done = python(DRAW, tmp_path, MPLBACKEND=backend)
    digest, in_environment, in_settings = json.loads(done.stdout)
    assert digest == hashlib.sha256(render(FOREST).png).hexdigest()
    assert in_environment == backend
    if kept:
        assert in_settings == kept
    assert done.stderr == ""


def test_a_settings_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_bytes(b"font.size: \xff\n")
    said = python(REFUSED, tmp_path).stdout
    assert said.startswith("matplotlibrc: matplotlib cannot be imported")
    assert said.count("\n") == 1
