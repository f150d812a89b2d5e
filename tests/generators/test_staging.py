"""Whatever happens at whatever moment, a dataset is there whole, and so is what is the user's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from generators.__main__ import main
from generators.datasets.card import render
from generators.datasets.shards import Shard, write_part
from generators.datasets.storage import read
from generators.errors import ConfigError
from generators.scenario_a.config import EpisodeConfig
from generators.staging import publish, staging
from generators.verify.remaking import doubt
from testing.faults import fault, full_disk, interruption

ROOT = Path(__file__).resolve().parents[2]
Captured = pytest.CaptureFixture[str]


def make(out: Path, seed: int, *more: str) -> int:
    return main(["--scenario", "A", "--n", "2", "--seed", str(seed), "--out", str(out), *more])


def seed_of(out: Path) -> int:
    """Seed of a dataset that is proven to be whole, with the card that describes it."""
    tables = read(out, "A")
    assert doubt(tables) is None
    assert (out / "README.md").read_text(encoding="utf-8") == render(out)
    return tables.manifest.config.seed


def hidden(out: Path) -> list[Path]:
    return list(out.rglob(".heinw-*"))


@pytest.mark.parametrize("strike", [full_disk, interruption])
def test_a_fault_at_any_change_of_the_disk_leaves_the_old_or_the_new(
    strike: Callable[[], None], tmp_path: Path, capsys: Captured
):
    assert make(tmp_path, 0) == 0
    (tmp_path / "notes.txt").write_text("mine")
    struck = last = 0
    for number in count(1):
        with fault(number, tmp_path, strike) as met:
            code = make(tmp_path, number, "--overwrite")
        if met.changes < number:
            break
        struck += 1
        printed = capsys.readouterr()
        if code:
            assert code == (2 if strike is full_disk else 130)
            assert printed.err.count("\n") == 1
            assert "Traceback" not in printed.err
        before, last = last, seed_of(tmp_path)
        assert last in (before, number)
        assert code or last == number
    assert struck > 8
    assert hidden(tmp_path) == []
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.slow
@pytest.mark.parametrize("attack", ["killed --kills 17", "writers --rounds 6"])
def test_kills_and_two_writers_leave_one_whole_dataset(attack: str):
    """In a process of its own, which has no threads: forks of pytest may inherit a held lock."""
    run = ["-m", "benchmarks.hostile_datasets", "--only", *attack.split()]
    done = subprocess.run(
        [sys.executable, *run], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert attack.split()[0] in done.stdout


def test_a_living_run_is_not_cleaned_up(tmp_path: Path):
    with staging(tmp_path) as new:
        (new / "a").write_text("1")
        with staging(tmp_path) as other:
            assert other != new
        assert (new / "a").read_text() == "1"
        publish(new, tmp_path, {"a": None})
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_is_there_stays_without_a_check(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "mine").touch()
    with staging(tmp_path) as new:
        (new / "a").mkdir()
        with pytest.raises(ConfigError, match="a: exists already"):
            publish(new, tmp_path, {"a": None})
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "mine"]


def test_an_output_that_is_a_file_is_one_line(tmp_path: Path, capsys: Captured):
    (tmp_path / "file").write_text("mine")
    assert make(tmp_path / "file", 0) == 2
    assert "cannot be used" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() != 0, reason="drops the rights of root for a while")
@pytest.mark.parametrize("mode", [0o555, 0o444, 0o000])
def test_a_folder_without_rights_is_one_line(mode: int, tmp_path: Path, capsys: Captured):
    out = tmp_path / "out"
    assert make(out, 0) == 0
    write_part("A", EpisodeConfig(n=2), Shard(1, 1), out)
    before = sorted(out.rglob("*"))
    capsys.readouterr()
    out.chmod(mode)
    # The folders of pytest are for root alone.
    here = os.open(tmp_path, os.O_RDONLY)
    os.fchdir(here)
    os.seteuid(65534)
    try:
        for command in (
            ["--scenario", "A", "--n", "2", "--overwrite", "--out", "out"],
            ["--scenario", "B", "--n", "2", "--out", "out"],
            ["--scenario", "C", "--n", "2", "--out", "out/more"],
            ["--scenario", "C", "--n", "2", "--shard", "1/1", "--out", "out"],
            ["join", "out", "--overwrite"],
            *([["verify", "out"]] if mode != 0o555 else []),
        ):
            assert main(command) == 2, command
            printed = capsys.readouterr().err
            assert printed.count("\n") == 1, printed
            assert "Permission denied" in printed
    finally:
        os.seteuid(0)
        os.chdir(ROOT)
        os.close(here)
        out.chmod(0o755)
    assert sorted(out.rglob("*")) == before


@pytest.mark.parametrize("command", [["verify"], ["join"], ["--scenario", "A", "--out"]])
def test_a_path_that_is_too_long_is_one_line(command: list[str], capsys: Captured):
    assert main([*command, "n" * 5000]) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("heinw: ")
    assert printed.count("\n") == 1
