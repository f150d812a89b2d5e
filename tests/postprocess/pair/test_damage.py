"""Files that were cut short, damaged or changed: one line each, and nothing half-written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from postprocess.__main__ import main
from tests.postprocess.pair.saved_pairs import (
    A,
    B,
    Row,
    copied,
    edit,
    one,
    paired,
    results_file,
    samples_file,
)

Damage = Callable[[Path], object]


@pytest.fixture
def a(tmp_path: Path) -> Path:
    return copied(A, tmp_path / "a")


def changed(side: Path, old: bytes, new: bytes) -> None:
    path = samples_file(side, "sums")
    whole = path.read_bytes()
    assert old in whole
    path.write_bytes(whole.replace(old, new, 1))


def lines(side: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path = samples_file(side, "sums")
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))


def other_mean(results: Row) -> None:
    results["results"]["sums"]["exact_match,strict-match"] = 0.25


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda a: changed(a, b'"doc_id": 2,', b'"doc_id": 2, "doc_id": 2,'), ":3: has the key"),
        (lambda a: changed(a, b'"doc_id": 2,', b'"doc_id": "2",'), ":3: doc_id: Input should be"),
        (lambda a: changed(a, b'"filter": "strict-match", ', b""), ":1: filter: Field required"),
        (lambda a: changed(a, b'"exact_match": 1.0', b'"exact_match": 0.0'), "the samples' mean"),
        (lambda a: changed(a, b'"exact_match": 1.0', b'"exact_match": 1e99'), "is 1e+99"),
        (lambda a: changed(a, b'"doc_hash": "', b'"doc_hash": "f'), "was changed after the run"),
        (lambda a: lines(a, lambda rows: [*rows, rows[0]]), "has a second row of filter"),
        (lambda a: lines(a, lambda rows: [*rows[2:], rows[0], rows[1]]), "60 rows, but not the 60"),
        (lambda a: lines(a, lambda rows: []), "no whole row"),
        (lambda a: lines(a, lambda rows: [rows[0], b"\xff\n", *rows[2:]]), ":2: not UTF-8"),
        (lambda a: edit(a, other_mean), "lm_eval's exact_match,strict-match is 0.25"),
        (lambda a: results_file(a).write_text("{"), ":1: not JSON"),
        (lambda a: results_file(a).write_text('{"results": 3}'), "not a results file of lm_eval"),
    ],
)
def test_damage_is_one_line_and_what_was_there_stays(
    damage: Damage, what: str, a: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "pair.json").write_text("mine")
    damage(a)
    assert main(["pair", str(a), str(B), "--task", "sums", "--outdir", str(out)]) == 2
    line = capsys.readouterr().err
    assert line.startswith("heinw: ")
    assert what in line
    assert "→" in line
    assert line.count("\n") == 1
    assert [path.name for path in out.iterdir()] == ["pair.json"]
    assert (out / "pair.json").read_text() == "mine"


def test_a_file_that_ends_early_is_compared_as_far_as_it_goes(
    a: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines(a, lambda rows: [*rows[:20], rows[20][:100]])
    pairing = paired(tmp_path / "out", a, B, "--task", "sums")
    found = one(pairing, "sums", "exact_match", "strict-match")
    assert (found["difference"]["n"], found["unpaired"]["a"]) == (20, 10)
    assert found["verdict"].startswith("INCOMPLETE: ")
    assert pairing["warnings"][0] == "sums: INCOMPLETE: the samples of small-a have 20 of 60 rows"
    assert f"warning: {pairing['warnings'][0]}\n" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_to_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("a file")
    assert main(["pair", str(A), str(B), "--outdir", str(tmp_path / "out")]) == 2
    assert "cannot write (" in capsys.readouterr().err
    assert (tmp_path / "out").read_text() == "a file"
