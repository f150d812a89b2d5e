"""One unusable run never blocks the others; what is left out is listed, here and on the page."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from postprocess.__main__ import main
from postprocess.reading.strict_json import MAX_BYTES
from testing.scripted import copied, results_file, run_lm_eval
from tests.conftest import Once
from tests.postprocess.saved import index_of

DATE = "2031-01-01T00-00-00.000001"


@pytest.fixture(scope="session")
def unscored(once: Once) -> Path:
    """Folder of a run with --predict_only. Not to be written to."""

    def run(folder: Path) -> None:
        run_lm_eval(folder / "reports", limit=12, predict_only=True)

    return once("unscored-run", run) / "reports"


def changed(path: Path, **parts: Any) -> None:
    saved = json.loads(path.read_text())
    for part, of_tasks in parts.items():
        saved[part] |= of_tasks
    path.write_text(json.dumps(saved))


def samples_of(path: Path) -> Path:
    return path.with_name(f"samples_heinw_A_{DATE}.jsonl")


def older_version(path: Path) -> str:
    changed(path, versions={"heinw_A": 1.0})
    return "heinw_A has version 1.0, and 2.0 scores by other rules → run again"


def of_a_later_scenario(path: Path) -> str:
    path.write_text(path.read_text().replace("heinw_A", "heinw_F"))
    samples_of(path).rename(path.with_name(f"samples_heinw_F_{DATE}.jsonl"))
    return "heinw_F is no task of this version → report with the version that made it"


def no_samples(path: Path) -> str:
    samples_of(path).unlink()
    return "heinw_A has no samples → run again with --log_samples"


def no_whole_row(path: Path) -> str:
    samples_of(path).write_bytes(samples_of(path).read_bytes()[:100])
    return "no whole row of filter 'all' in 0 rows → restore the file that lm_eval wrote"


def a_damaged_row(path: Path) -> str:
    samples_of(path).write_bytes(b"{]\n" + samples_of(path).read_bytes())
    return f"{samples_of(path)}:1: not JSON"


def rows_of_a_later_version(path: Path) -> str:
    first, rest = samples_of(path).read_bytes().split(b"\n", 1)
    row = json.loads(first)
    row["doc"]["mood"] = "glad"
    text = json.dumps(row["doc"], indent=2, ensure_ascii=False)
    row["doc_hash"] = hashlib.sha256(text.encode()).hexdigest()
    samples_of(path).write_bytes(json.dumps(row).encode() + b"\n" + rest)
    return "doc has the unknown column 'mood' → make the run with the heinw tasks of this version"


def half_of_the_results(path: Path) -> str:
    path.write_bytes(path.read_bytes()[:5000])
    return f"{path}:"


def no_results(path: Path) -> str:
    path.unlink()
    return f"{samples_of(path)}: its results file is missing"


def an_endless_row(path: Path) -> str:
    end = samples_of(path).stat().st_size
    os.truncate(samples_of(path), end + MAX_BYTES + 1)  # sparse: it takes no space on the disk
    return "a row of over 67,108,864 bytes"


def an_endless_results_file(path: Path) -> str:
    os.truncate(path, MAX_BYTES + 1)
    return f"{path}: over 67,108,864 bytes"


UNUSABLE = (
    older_version,
    of_a_later_scenario,
    no_samples,
    no_whole_row,
    a_damaged_row,
    rows_of_a_later_version,
    an_endless_row,
    half_of_the_results,
    an_endless_results_file,
    no_results,
)


def reported(folder: Path, out: Path) -> int:
    return main([str(folder), "--outdir", str(out), "--format", "json,md,html"])


def require_listed(about: str, folder: Path, out: Path, err: str) -> None:
    """The good run is reported; the other one is listed on stderr and on both pages, once."""
    assert err.startswith("warning: left out: ")
    assert err.count("\n") == 1
    assert about in err
    index = index_of(out)
    assert [len(one["arms"]) for one in index["experiments"]] == [1]
    (one,) = index["left_out"]
    line = f":{one['line']}" if one["line"] else ""
    assert err == f"warning: left out: {folder}/{one['path']}{line}: " + (
        f"{one['reason']} → {one['advice']}\n"
    )
    for page in ("index.html", "index.md"):
        text = (out / page).read_text()
        assert one["path"] in text
        assert "Left out: 1 that cannot be reported on" in text.replace("\n", " ")


@pytest.mark.parametrize("damage", UNUSABLE)
def test_an_unusable_run_is_listed_and_the_others_are_reported(
    damage: Callable[[Path], str],
    short_reports: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    good = results_file(short_reports)
    bad = copied(good, short_reports / "b", DATE, model_args="pretrained=org/other")
    about = damage(bad)
    capsys.readouterr()
    assert reported(short_reports, tmp_path / "out") == 0
    require_listed(about, short_reports, tmp_path / "out", capsys.readouterr().err)


@pytest.mark.parametrize("damage", UNUSABLE)
def test_alone_it_is_refused_in_one_line(
    damage: Callable[[Path], str],
    short_reports: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    about = damage(copied(results_file(short_reports), tmp_path / "alone", DATE))
    capsys.readouterr()
    assert reported(tmp_path / "alone", tmp_path / "out") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("heinw: ")
    assert err.count("\n") == 1
    assert about in err
    assert not (tmp_path / "out").exists()


def test_predict_only_is_listed_with_its_remedy(
    unscored: Path, short_reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    about = "heinw_A was not scored (--predict_only) → run again without --predict_only"
    capsys.readouterr()
    assert reported(unscored, tmp_path / "alone") == 2
    assert capsys.readouterr().err == f"heinw: {results_file(unscored)}: {about}\n"
    shutil.copytree(unscored, short_reports / "unscored")
    assert reported(short_reports, tmp_path / "out") == 0
    require_listed(about, short_reports, tmp_path / "out", capsys.readouterr().err)


def test_several_of_the_same_kind_have_one_remedy(
    short_reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (1, 2):
        older_version(copied(results_file(short_reports), tmp_path / "r" / str(number), DATE))
    capsys.readouterr()
    assert reported(tmp_path / "r", tmp_path / "out") == 2
    *warnings, last = capsys.readouterr().err.splitlines()
    assert len(warnings) == 2
    assert last == f"heinw: {tmp_path / 'r'}: none of its 2 runs can be reported on → run again"


def test_an_older_run_takes_the_place_of_an_unusable_rerun(
    short_reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = results_file(short_reports)
    a_damaged_row(copied(older, short_reports / "again", DATE))
    assert reported(short_reports, tmp_path / "out") == 0
    (experiment,) = index_of(tmp_path / "out")["experiments"]
    assert [arm["run_id"].split("_")[0] for arm in experiment["arms"]] == [
        older.stem.removeprefix("results_")
    ]
    (one,) = index_of(tmp_path / "out")["left_out"]
    assert one["run_id"] == f"{DATE}_A_B0"


def test_a_run_that_contradicts_itself_still_ends_the_report(
    short_reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = copied(results_file(short_reports), short_reports / "b", DATE, model_args="pretrained=x")
    saved = json.loads(bad.read_text())
    saved["results"]["heinw_A"]["correct,all"] += 0.25
    bad.write_text(json.dumps(saved))
    assert reported(short_reports, tmp_path / "out") == 2
    assert "lm_eval's correct,all is" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_about_other_tasks_as_well_needs_only_ours(
    short_reports: Path, tmp_path: Path
) -> None:
    changed(
        results_file(short_reports),
        configs={"other": {"filter_list": None, "metadata": None}},
        **{"n-shot": {"other": "many"}},
    )
    assert reported(short_reports, tmp_path / "out") == 0
    assert index_of(tmp_path / "out")["left_out"] == []


# --- files of others ------------------------------------------------------------------------------


def test_strangers_files_are_skipped_with_a_note(
    short_reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = results_file(short_reports)
    double = results.with_name(f"._{results.name}")
    double.write_bytes(b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        ")
    apart = short_reports / "__MACOSX" / double.name
    apart.parent.mkdir()
    shutil.copy(double, apart)
    (short_reports / f"train_{DATE}.json").write_text('{"loss": 0.1}')
    (short_reports / f"log_{DATE}.json").write_text("step 1\nstep 2\n")
    (short_reports / f"list_{DATE}.json").write_text("[1, 2]")
    capsys.readouterr()
    assert reported(short_reports, tmp_path / "out") == 0
    first = short_reports / f"list_{DATE}.json"
    assert capsys.readouterr().err == f"note: skipped, not of lm_eval: {first}, and 4 more\n"
    assert index_of(tmp_path / "out")["left_out"] == []


def test_what_hidden_folders_hold_is_no_run(short_reports: Path, tmp_path: Path) -> None:
    """The harness keeps there what is not finished."""
    half = short_reports / ".unfinished-1f" / "output-7" / "m"
    copied(results_file(short_reports), half, DATE, model_args="pretrained=org/other")
    assert reported(short_reports, tmp_path / "out") == 0
    index = index_of(tmp_path / "out")
    assert [len(experiment["arms"]) for experiment in index["experiments"]] == [1]
    assert index["left_out"] == []


def test_a_damaged_file_of_another_name_with_samples_beside_it_is_a_run(
    short_reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = copied(results_file(short_reports), short_reports / "b", DATE)
    bad.write_text("{")
    bad = bad.rename(bad.with_name(f"mine_{DATE}.json"))
    capsys.readouterr()
    assert reported(short_reports, tmp_path / "out") == 0
    require_listed(f"{bad}:", short_reports, tmp_path / "out", capsys.readouterr().err)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read_is_left_out(
    short_reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (short_reports / "lost+found").mkdir(mode=0)
    capsys.readouterr()
    assert reported(short_reports, tmp_path / "out") == 0
    about = "lost+found: Permission denied → make the folder readable"
    require_listed(about, short_reports, tmp_path / "out", capsys.readouterr().err)
