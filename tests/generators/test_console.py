"""A console of any encoding shows everything, and nothing that pretends to be something else."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generators.__main__ import main
from generators.console import show_any_text
from generators.errors import HeinwError

ENCODINGS = ("cp932", "cp437", "cp1252", "ascii", "utf-8")
ROOT = Path(__file__).resolve().parents[2]


def printed(encoding: str, text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)
    show_any_text()
    print(text, end="", flush=True)
    return out.buffer.getvalue().decode(encoding)


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "a → b – 中 <U+DC80>"),
        ("cp932", "a → b - 中 <U+DC80>"),
        ("cp437", "a -> b - <U+4E2D> <U+DC80>"),
        ("ascii", "a -> b - <U+4E2D> <U+DC80>"),
    ],
)
def test_what_an_encoding_lacks_is_spelt_out(
    encoding: str, shown: str, monkeypatch: pytest.MonkeyPatch
):
    assert printed(encoding, "a → b – 中 \udc80", monkeypatch) == shown


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_dataset_command_works_on_every_console(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = tmp_path / "x→\udc80"
    results = []
    for arguments in (
        ["--scenario", "E", "--n", "5", "--out", str(out)],
        ["verify", str(out)],
        ["--scenario", "E", "--n", "5", "--out", str(out)],
    ):
        for stream in ("stdout", "stderr"):
            wrapper = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
            monkeypatch.setattr(sys, stream, wrapper)
        results.append(main(arguments))
    assert results == [0, 0, 2]
    card = (out / "README.md").read_text(encoding="utf-8")
    assert (out / "heinw_E" / "certificate.txt").read_text(encoding="utf-8").strip() in card
    assert "–" in card


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["generators", "--help"],
        ["hei_nw_tasks", "--help"],
        ["hei_nw_tasks", "--scenario", "→"],
        ["postprocess", "--help"],
        ["postprocess", "/nowhere/→"],
    ],
)
def test_no_command_stops_at_a_character(command: list[str]):
    done = subprocess.run(
        [sys.executable, "-m", *command],
        env=os.environ | {"PYTHONIOENCODING": "cp437"},
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 2)
    assert b"Traceback" not in done.stderr


def test_an_error_is_one_visible_line():
    assert str(HeinwError("a\x1b[31m\nforged\u202e")) == "a⟨U+001B⟩[31m⟨U+000A⟩forged⟨U+202E⟩"
