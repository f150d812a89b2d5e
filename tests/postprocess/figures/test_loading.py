"""Figures are drawn whatever backend or settings the environment asks matplotlib for."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from postprocess.figures.render import render
from tests.postprocess.figures.charts_for_tests import FOREST

ROOT = Path(__file__).resolve().parents[3]
DRAW = """
import hashlib
from postprocess.figures.render import render
from tests.postprocess.figures.charts_for_tests import FOREST
print(hashlib.sha256(render(FOREST).png).hexdigest())
"""
LOAD = """
import os
from postprocess.figures.loading import load
print(os.environ["MPLBACKEND"], dict.__getitem__(load().rcParams, "backend"))
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


def test_a_backend_that_is_not_installed_and_a_bad_matplotlibrc_change_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "matplotlibrc").write_text("backend: none such\nno.such.key: 1\nno colon\n")
    done = python(DRAW, tmp_path, MPLBACKEND="module://heinw_not_installed.backend_inline")
    assert done.stdout == hashlib.sha256(render(FOREST).png).hexdigest() + "\n"
    assert done.stderr == ""


def test_the_users_own_backend_stays_as_it_is(tmp_path: Path) -> None:
    assert python(LOAD, tmp_path, MPLBACKEND="svg").stdout == "svg svg\n"


def test_a_settings_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_bytes(b"font.size: \xff\n")
    said = python(REFUSED, tmp_path).stdout
    assert said.startswith("matplotlibrc: matplotlib cannot be imported")
    assert said.count("\n") == 1
