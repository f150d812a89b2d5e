"""Damage of every kind to two arms with costs: their numbers, or one line."""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from postprocess.__main__ import main
from testing import damage, restructuring
from testing.judging import DishonestError, Judge
from testing.measured_arms import run_two_arms

ROWS = restructuring.ROWS
KINDS = {**damage.BYTES, **damage.TEXTS, **restructuring.STRUCTURES, **ROWS}
Row = dict[str, Any]


@dataclass(frozen=True)
class Arms:
    """Two runs, and who judges reports of them; what a test damages is put back after it."""

    folder: Path
    judge: Judge

    def files(self, kind: str) -> list[Path]:
        return sorted(self.folder.rglob(f"{kind}_*"))

    def rows(self) -> list[Row]:
        """Of the arm with a retriever."""
        return [json.loads(line) for line in self.files("samples")[-1].read_bytes().splitlines()]

    def save(self, rows: list[Row]) -> None:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        self.files("samples")[-1].write_bytes(text.encode())


@pytest.fixture(scope="module")
def saved_arms(tmp_path_factory: pytest.TempPathFactory) -> Arms:
    folder = tmp_path_factory.mktemp("arms")
    run_two_arms(folder / "reports", store_sizes=[40, 80], collision_groups=[1, 4])
    return Arms(folder / "reports", Judge(folder / "reports", folder / "out"))


@pytest.fixture
def arms(saved_arms: Arms) -> Iterator[Arms]:
    files = {path: path.read_bytes() for path in saved_arms.folder.rglob("*") if path.is_file()}

    def hang(_: int, __: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, hang)
    signal.alarm(30)
    yield saved_arms
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
    for path, raw in files.items():
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
        path.write_bytes(raw)


def said(arms: Arms, code: int, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that a report about the folder says, while it ends with a code."""
    capsys.readouterr()
    given = [str(arms.folder), "--outdir", str(arms.folder.parent / "said"), "--format", "json"]
    assert main(given) == code
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    return err


def refused(arms: Arms, capsys: pytest.CaptureFixture[str]) -> str:
    return said(arms, 2, capsys)


def left_out(arms: Arms, capsys: pytest.CaptureFixture[str]) -> str:
    """The line about the one run that is left out, while the other is reported."""
    assert arms.judge.verdict() == "left out"
    line = said(arms, 0, capsys)
    assert line.startswith("warning: left out: ")
    return line


# --- of every kind -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_any_damage_gives_the_same_numbers_or_one_line(kind: str, arms: Arms) -> None:
    for seed in range(10):
        rng = random.Random(f"{kind}:{seed}")
        files = arms.files("samples") if kind in ROWS else sorted(arms.folder.rglob("*_*.*"))
        path = rng.choice(files)
        raw = path.read_bytes()
        path.write_bytes(KINDS[kind](rng, raw))
        arms.judge.verdict()
        path.write_bytes(raw)


@pytest.mark.parametrize("kind", ["results", "samples"])
def test_no_encoding_is_a_traceback(kind: str, arms: Arms) -> None:
    path = arms.files(kind)[0]
    raw = path.read_bytes()
    verdicts = []
    for number in range(damage.ENCODINGS):
        path.write_bytes(damage.encoded(number, raw))
        verdicts.append(arms.judge.verdict())
    assert verdicts.count("equal") >= 2  # with a byte order mark, and with \r\n
    assert verdicts.count("left out") >= damage.ENCODINGS - 6


def test_beginnings_of_the_results_are_left_out(arms: Arms) -> None:
    path = arms.files("results")[0]
    raw = path.read_bytes()
    for cut in range(0, len(raw.rstrip()), 1_001):
        path.write_bytes(raw[:cut])
        assert arms.judge.verdict() == "left out", cut


def test_beginnings_of_the_samples_are_incomplete(arms: Arms) -> None:
    path = arms.files("samples")[1]
    raw = path.read_bytes()
    first = raw.index(b"\n")
    for cut in range(0, len(raw) - 1, 16_001):
        path.write_bytes(raw[:cut])
        assert arms.judge.verdict() == ("left out" if cut < first else "incomplete"), cut


def test_the_judge_sees_another_number(arms: Arms) -> None:
    rows = arms.rows()
    rows[0]["arguments"]["gen_args_0"]["arg_2"]["heinw"]["compute"]["latency_s"] += 0.5
    rows[0]["latency_s"] += 0.5
    arms.save(rows)
    saved = json.loads(arms.files("results")[1].read_bytes())
    saved["results"]["heinw_D"]["latency_s,all"] += 0.5 / sum("latency_s" in row for row in rows)
    arms.files("results")[1].write_text(json.dumps(saved))
    # Only one who changes the record, the metric and the mean goes unnoticed.
    with pytest.raises(DishonestError, match="another interference"):
        arms.judge.verdict()


# --- records -------------------------------------------------------------------------------------


def record(row: Row) -> Row:
    found: Row = row["arguments"]["gen_args_0"]["arg_2"]["heinw"]
    return found


def leave_out_a_metric(rows: list[Row]) -> None:
    rows[0]["metrics"].remove("retrieval_s")  # the mean stays what it is


def leave_out_a_rank(rows: list[Row]) -> None:
    rows[0]["metrics"].remove("recall_any@10")


def exchange_records(rows: list[Row]) -> None:
    rows[0]["arguments"], rows[1]["arguments"] = rows[1]["arguments"], rows[0]["arguments"]


def exchange_seconds(rows: list[Row]) -> None:
    rows[0]["latency_s"], rows[1]["latency_s"] = rows[1]["latency_s"], rows[0]["latency_s"]


def another_arm(rows: list[Row]) -> None:
    record(rows[0])["baseline"] = "oracle"


def another_ranking(rows: list[Row]) -> None:
    record(rows[0])["retrieved"].insert(0, "nowhere")


def no_record(rows: list[Row]) -> None:
    del rows[0]["arguments"]


def half_a_record(rows: list[Row]) -> None:
    del record(rows[0])["retrieved"]


def no_number(rows: list[Row]) -> None:
    record(rows[0])["compute"]["batch_latency_s"] = -1.0


@pytest.mark.parametrize(
    ("change", "about"),
    [
        (leave_out_a_metric, "retrieval_s is None as a metric and 0.002 as recorded"),
        (leave_out_a_rank, "recall_any@10 is None as a metric and 1.0 as recorded"),
        (exchange_records, "has the record of another question"),
        (exchange_seconds, "latency_s is "),
        (another_arm, "answers for the arm 'oracle', but the run is of 'rag'"),
        (another_ranking, "as a metric and "),
        (no_record, "has measurements and no record of them"),
        (no_number, "arguments: batch_latency_s is -1.0"),
    ],
)
def test_measurements_that_are_not_their_record_are_refused(
    change: Callable[[list[Row]], None],
    about: str,
    arms: Arms,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = arms.rows()
    change(rows)
    arms.save(rows)
    err = refused(arms, capsys)
    assert f"{arms.files('samples')[-1]}:1: " in err
    assert about in err


def test_half_a_record_leaves_its_run_out(arms: Arms, capsys: pytest.CaptureFixture[str]) -> None:
    rows = arms.rows()
    half_a_record(rows)
    arms.save(rows)
    about = f"{arms.files('samples')[-1]}:1: arguments: heinw: retrieved: Field required"
    assert about in left_out(arms, capsys)


def rank_twice(rows: list[Row]) -> None:
    for row in rows:  # as a retriever does that returns the same event again and again
        if found := record(row)["retrieved"]:
            record(row)["retrieved"] = [found[0]] * 10


def show_more_than_all(rows: list[Row]) -> None:
    row = next(row for row in rows if "evidence_shown" in row["metrics"])
    row["evidence_shown"] = record(row)["evidence_shown"] = 1.5


@pytest.mark.parametrize(
    ("change", "about"),
    [
        (rank_twice, "the retriever ranked an event twice → mend the retriever"),
        (show_more_than_all, "evidence_shown is 1.5, and no share is → mend the memory"),
    ],
)
def test_a_share_above_1_leaves_its_run_out(
    change: Callable[[list[Row]], None],
    about: str,
    arms: Arms,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = arms.rows()
    change(rows)
    arms.save(rows)
    assert about in left_out(arms, capsys)


def test_an_arm_of_another_name_is_refused(arms: Arms, capsys: pytest.CaptureFixture[str]) -> None:
    path = arms.files("results")[1]
    saved = json.loads(path.read_bytes())
    del saved["config"]["heinw"]
    path.write_text(json.dumps(saved))
    assert "answers for the arm 'rag', but the run is of 'none'" in refused(arms, capsys)


@pytest.mark.parametrize(
    ("key", "value", "verdict"),
    [("prompt_tokens", 0, "incomplete"), ("latency_s", 1e308, "refused")],
)
def test_costs_that_cannot_be_are_no_traceback(
    key: str, value: float, verdict: str, arms: Arms
) -> None:
    # Without its last row a run has no means to be held against.
    rows = arms.rows()[:-1]
    for row in rows:
        if key in row["metrics"]:
            row[key] = float(value)
            record(row)["compute"][key] = value
    arms.save(rows)
    assert arms.judge.verdict() == verdict


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["results", "samples"])
@pytest.mark.parametrize(
    "place",
    [
        lambda path: None,
        lambda path: path.mkdir(),
        lambda path: path.symlink_to(path.name),
        lambda path: path.symlink_to(path.parent),
        lambda path: os.mkfifo(path),
    ],
    ids=["nothing", "folder", "loop", "link to a folder", "pipe"],
)
def test_what_is_no_file_is_refused_or_warned_about(
    kind: str, place: Callable[[Path], None], arms: Arms
) -> None:
    path = arms.files(kind)[0]
    path.unlink()
    place(path)
    arms.judge.verdict()


@pytest.mark.parametrize("kind", ["results", "samples"])
def test_the_file_of_another_arm_is_refused(kind: str, arms: Arms) -> None:
    one, other = arms.files(kind)
    other.write_bytes(one.read_bytes())
    assert arms.judge.verdict() == "refused"


def test_samples_without_results_are_left_out(
    arms: Arms, capsys: pytest.CaptureFixture[str]
) -> None:
    arms.files("results")[0].unlink()
    about = f"{arms.files('samples')[0]}: its results file is missing → "
    assert about in left_out(arms, capsys)


@pytest.mark.parametrize("part", ["configs", "results", "n-samples"])
def test_a_task_that_is_missing_from_one_part_is_left_out(
    part: str, arms: Arms, capsys: pytest.CaptureFixture[str]
) -> None:
    path = arms.files("results")[0]
    saved = json.loads(path.read_bytes())
    saved[part]["another"] = saved[part].pop("heinw_D")
    path.write_text(json.dumps(saved))
    assert f"{path}: heinw_D is missing from {part} → " in left_out(arms, capsys)


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "soon", ""])
def test_a_time_that_is_no_number_is_missing(text: str, arms: Arms) -> None:
    path = arms.files("results")[0]
    saved = json.loads(path.read_bytes())
    saved["total_evaluation_time_seconds"] = text
    path.write_text(json.dumps(saved))
    assert arms.judge.verdict() == "equal"


@pytest.mark.parametrize("text", ["nan", "inf", "-inf"])
@pytest.mark.parametrize("key", ["limit", "confounders_ratio"])
def test_a_setting_that_is_no_number_leaves_its_run_out(
    key: str, text: str, arms: Arms, capsys: pytest.CaptureFixture[str]
) -> None:
    path = arms.files("results")[0]
    saved = json.loads(path.read_bytes())
    configs = saved["configs"]["heinw_D"]["metadata"]["manifest"]["config"]
    (saved["config"] if key == "limit" else configs)[key] = text
    path.write_text(json.dumps(saved))
    assert f"{key}: Input should be a finite number" in left_out(arms, capsys)


def test_a_folder_whose_name_is_not_utf_8(arms: Arms, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/runs/\xff\n"
    os.makedirs(folder)  # noqa: PTH103 - a Path has no bytes
    for path in (arms.files("results")[0], arms.files("samples")[0]):
        Path(os.fsdecode(folder), path.name).write_bytes(path.read_bytes())
    assert main([str(tmp_path / "runs"), "--outdir", str(tmp_path / "out")]) == 0
    (metrics,) = (tmp_path / "out").glob("*_metrics.json")
    (file, _) = json.loads(metrics.read_bytes())["provenance"]["files"]
    assert file["path"].startswith("\\xff\n/results_")
