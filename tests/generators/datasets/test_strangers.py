"""What is not ours is never replaced, deleted or followed, whatever the options."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generators.__main__ import main
from generators.datasets.card import render
from generators.datasets.storage import read

Captured = pytest.CaptureFixture[str]
RUN = ["--scenario", "A", "--n", "5"]
JOIN = ["join"]


def contents(folder: Path) -> dict[str, bytes | str]:
    """All that lies in a folder: bytes of files, targets of links."""
    return {
        str(path.relative_to(folder)): (
            str(path.readlink())
            if path.is_symlink()
            else path.read_bytes()
            if path.is_file()
            else ""
        )
        for path in folder.rglob("*")
    }


def mine(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")


def made(out: Path) -> None:
    assert main([*RUN, "--seed", "3", "--out", str(out)]) == 0


def parted(out: Path) -> None:
    for number in (1, 2):
        run = ["--scenario", "A", "--n", "20", "--shard", f"{number}/2", "--out", str(out)]
        assert main(run) == 0


def elsewhere(out: Path, name: str) -> None:
    (out.parent / "elsewhere").mkdir()
    (out / name).symlink_to(out.parent / "elsewhere")


WRITE = [*RUN, "--overwrite", "--out"]


@pytest.mark.parametrize(
    ("arrange", "command", "named"),
    [
        (lambda out: mine(out / "README.md"), [*RUN, "--out"], "README.md"),
        (lambda out: mine(out / "README.md"), WRITE, "README.md"),
        (lambda out: (out / "README.md").mkdir(parents=True), WRITE, "README.md"),
        (lambda out: elsewhere(out, "README.md"), WRITE, "README.md"),
        (lambda out: (made(out), (out / "README.md").open("a").write("mine")), WRITE, "README.md"),
        (lambda out: (made(out), mine(out / "heinw_A" / "notes.txt")), WRITE, "heinw_A/notes.txt"),
        (lambda out: (made(out), mine(out / "heinw_A" / "x" / "y")), WRITE, "heinw_A/x"),
        (lambda out: mine(out / "heinw_A"), WRITE, "heinw_A"),
        (lambda out: elsewhere(out, "heinw_A"), WRITE, "heinw_A"),
        (lambda out: (out / "heinw_A").symlink_to("nowhere"), WRITE, "heinw_A"),
        (lambda out: (made(out), mine(out / "heinw_B" / "manifest.json")), WRITE, "heinw_B"),
        (lambda out: (parted(out), mine(out / "heinw_A.parts" / "x")), [*JOIN], "heinw_A.parts/x"),
        (
            lambda out: (parted(out), mine(out / "heinw_A.parts" / "1-of-2" / "x")),
            [*JOIN],
            "heinw_A.parts/1-of-2/x",
        ),
        (lambda out: (parted(out), mine(out / "README.md")), [*JOIN], "README.md"),
        (lambda out: (parted(out), mine(out / "heinw_A")), [*JOIN, "--overwrite"], "heinw_A"),
        (
            lambda out: mine(out / "heinw_A.parts"),
            [*RUN, "--shard", "1/1", "--out"],
            "heinw_A.parts",
        ),
        (
            lambda out: elsewhere(out, "heinw_A.parts"),
            [*RUN, "--shard", "1/1", "--overwrite", "--out"],
            "heinw_A.parts",
        ),
        (
            lambda out: mine(out / "heinw_A.parts" / "1-of-1"),
            [*RUN, "--shard", "1/1", "--overwrite", "--out"],
            "heinw_A.parts/1-of-1",
        ),
        (
            lambda out: mine(out / "heinw_A.parts" / "mine"),
            [*RUN, "--shard", "1/1", "--out"],
            "heinw_A.parts/mine",
        ),
    ],
)
def test_what_is_not_ours_is_refused_by_name_and_stays(
    arrange: Callable[[Path], object],
    command: list[str],
    named: str,
    tmp_path: Path,
    capsys: Captured,
):
    out = tmp_path / "out"
    out.mkdir()
    arrange(out)
    before = contents(tmp_path)
    capsys.readouterr()
    assert main([*command, str(out)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert f"{out}/{named}" in printed.err
    assert "→" in printed.err
    assert contents(tmp_path) == before


def test_another_scenario_cannot_hang_the_card_or_write_on_the_terminal(
    tmp_path: Path, capsys: Captured
):
    made(tmp_path)
    other = ["--scenario", "C", "--n", "5", "--out", str(tmp_path)]
    certificate = tmp_path / "heinw_A" / "certificate.txt"
    certificate.unlink()
    os.mkfifo(certificate)
    assert main(other) == 2
    assert "certificate.txt: is no regular file" in capsys.readouterr().err
    assert not (tmp_path / "heinw_C").exists()
    certificate.unlink()
    certificate.write_text("\x1b[31mforged")
    assert main(other) == 0
    assert "\x1b" not in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_a_part_that_is_there_is_replaced_only_on_request(tmp_path: Path, capsys: Captured):
    parted(tmp_path)
    before = contents(tmp_path)
    other = [
        "--scenario",
        "A",
        "--n",
        "20",
        "--seed",
        "8",
        "--shard",
        "2/2",
        "--out",
        str(tmp_path),
    ]
    assert main(other) == 2
    assert "2-of-2: exists already → give --overwrite" in capsys.readouterr().err
    assert contents(tmp_path) == before
    assert main([*other, "--overwrite"]) == 0
    assert contents(tmp_path) != before


@pytest.mark.parametrize(("held", "copied"), [("1-of-2", "2-of-2"), ("2-of-2", "1-of-2")])
def test_a_copied_part_does_not_join(held: str, copied: str, tmp_path: Path, capsys: Captured):
    parted(tmp_path)
    parts = tmp_path / "heinw_A.parts"
    shutil.rmtree(parts / copied)
    shutil.copytree(parts / held, parts / copied)
    before = contents(tmp_path)
    assert main(["join", str(tmp_path)]) == 2
    number = copied[0]
    assert f"is not part {number}/2 → make this part anew" in capsys.readouterr().err
    assert contents(tmp_path) == before


def test_a_scenario_joins_a_folder_whose_card_is_ours(tmp_path: Path):
    made(tmp_path)
    assert main(["--scenario", "C", "--n", "5", "--out", str(tmp_path)]) == 0
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "heinw_A" in card
    assert "heinw_C" in card


def test_the_card_of_what_was_made_before_a_failure_is_right(tmp_path: Path, capsys: Captured):
    """D cannot be made with these settings, A can, and is made first."""
    run = ["--scenario", "A,D", "--n", "5", "--metadata", '{"store_sizes": [3]}']
    assert main([*run, "--out", str(tmp_path)]) == 2
    assert read(tmp_path, "A").manifest.rows == 5
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == render(tmp_path)
