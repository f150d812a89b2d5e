"""`python -m postprocess` on real lm_eval output, from files to files."""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hei_nw_tasks.compute.costs import COSTS
from hei_nw_tasks.metrics import PRIMARY
from postprocess.__main__ import main
from postprocess.rendering.json_text import schema
from postprocess.schema.run import Metrics
from testing.scripted import copied, results_file, samples_file

SCORES = ("correct", "exact_match", "exact_match_strict", "f1", "abstained", "false_abstained")


def metrics_of(reports: Path, *options: str) -> dict[str, Any]:
    """Reports, and the one metrics file, through the schema."""
    assert main([str(reports), "--format", "json", *options]) == 0
    (path,) = (reports / "baseline").glob("*_metrics.json")
    return Metrics.model_validate_json(path.read_text()).model_dump()


def markdown_of(reports: Path, *options: str) -> str:
    assert main([str(reports), "--format", "md", *options]) == 0
    (path,) = (reports / "baseline").glob("*_report.md")
    return path.read_text()


def edit(path: Path, **changes: Any) -> None:
    """Changes top-level keys of a results file."""
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def rows_of(reports: Path, filter_name: str = "all") -> list[dict[str, Any]]:
    lines = samples_file(reports).read_bytes().split(b"\n")
    rows = [json.loads(line) for line in lines if line]
    return [row for row in rows if row["filter"] == filter_name]


# --- numbers -------------------------------------------------------------------------------------


def test_the_means_are_those_in_lm_evals_own_table(reports: Path) -> None:
    table = json.loads(results_file(reports).read_text())["results"]["heinw_A"]
    metrics = metrics_of(reports)
    for name in SCORES:
        assert metrics["aggregate"][name]["mean"] == pytest.approx(table[f"{name},all"])
    assert 0 < metrics["aggregate"][PRIMARY]["mean"] < 1
    assert 0 < metrics["aggregate"]["abstained"]["mean"] < 1
    assert len(metrics["lag_bins"]) == 5
    for row in metrics["lag_bins"]:
        ends = f"-{row['high']:g}" if row["high"] else "+"
        name = f"lag_{row['low']:g}{ends}"
        for metric in ("correct", "exact_match", "f1"):
            assert row["scores"][metric]["mean"] == pytest.approx(table[f"{metric},{name}"])


def test_what_place_alone_gives_is_the_evidence_in_the_newest_tenth(reports: Path) -> None:
    docs = [row["doc"] for row in rows_of(reports) if row["doc"]["lag"] is not None]
    for row in metrics_of(reports)["lag_bins"]:
        inside = [d for d in docs if row["low"] <= d["lag"] < (row["high"] or 10**9)]
        newest = [d["lag_events"] < d["store_size"] / 10 for d in inside]
        assert row["newest"] == pytest.approx(sum(newest) / len(newest))
    assert "| In the newest tenth |" in markdown_of(reports)


def test_counts_and_strata_add_up_to_what_the_samples_hold(reports: Path) -> None:
    docs = [row["doc"] for row in rows_of(reports)]
    metrics = metrics_of(reports)
    counts = metrics["counts"]
    assert counts["questions"] == counts["questions_expected"] == len(docs) == 60
    assert counts["rows"] == counts["rows_expected"] == 6 * 60
    assert counts["answerable"] == sum(doc["answerable"] for doc in docs)
    assert counts["worlds"] == len({doc["world_id"] for doc in docs}) >= 5
    assert counts["complete"]
    kinds = Counter(doc["query_kind"] for doc in docs)
    assert {row["name"]: row["questions"] for row in metrics["by_query_kind"]} == kinds
    cues = Counter(doc["cue_type"] or "–" for doc in docs)
    assert {row["name"]: row["questions"] for row in metrics["by_cue_type"]} == cues
    overlaps = Counter(doc["cue_overlap"] for doc in docs)
    assert {row["name"]: row["questions"] for row in metrics["by_cue_overlap"]} == overlaps
    given = Counter(str(len(doc["given_slots"])) for doc in docs)
    assert {row["name"]: row["questions"] for row in metrics["by_given_slots"]} == given
    binned = sum(row["questions"] for row in metrics["lag_bins"])
    assert binned + metrics["without_lag"] == 60
    assert sum(metrics["outcomes_answerable"].values()) == counts["answerable"]
    assert sum(metrics["outcomes_unanswerable"].values()) == counts["unanswerable"]


def test_every_item_is_there_with_the_response_to_the_letter(reports: Path) -> None:
    rows = rows_of(reports)
    items = metrics_of(reports)["items"]
    assert [item["id"] for item in items] == [row["doc"]["id"] for row in rows]
    assert [item["response"] for item in items] == [row["filtered_resps"][0] for row in rows]
    assert any("\u2028" in row["resps"][0][0] for row in rows)
    for item, row in zip(items, rows, strict=True):
        assert item["scores"] == {name: row[name] for name in row["metrics"]}


def test_hard_negatives_are_described_and_counted(reports: Path) -> None:
    docs = [row["doc"] for row in rows_of(reports)]
    metrics = metrics_of(reports)
    having = sum(bool(doc["distractor_answers"]) for doc in docs)
    found = metrics["hard_negatives"]
    assert found["with_hard_negatives"]["questions"] == having > 0
    assert found["without_hard_negatives"]["questions"] == 60 - having
    assert found["hard_negative"] is True
    assert found["confounders_ratio"] == 1.0
    errors = sum(item["outcome"] == "distractor" for item in metrics["items"])
    assert found["distractor_error"]["mean"] == pytest.approx(errors / having)
    assert errors > 0


def test_what_was_not_measured_is_null_with_a_reason(reports: Path) -> None:
    metrics = metrics_of(reports)
    assert tuple(metrics["compute"]) == tuple(COSTS)
    for quantity in metrics["compute"].values():
        assert (quantity["mean"], quantity["n"], quantity["basis"]) == (None, 0, None)
        assert quantity["reason"] == "the run records no compute; --model heinw does"
    assert (metrics["latency"]["p50_s"], metrics["latency"]["p95_s"]) == (None, None)
    assert metrics["latency"]["reason"]
    assert metrics["retrieval"] is None
    assert all(row["ranking"] == {} for row in metrics["lag_bins"])
    assert metrics["economics"]["flops_per_question"] is None
    assert metrics["economics"]["reason"]


def test_the_headline_is_the_harmonic_mean(reports: Path) -> None:
    aggregate = metrics_of(reports)["aggregate"]
    a, b = aggregate[PRIMARY]["mean"], aggregate["abstained"]["mean"]
    assert aggregate["headline"]["mean"] == pytest.approx(1 / ((1 / a + 1 / b) / 2))
    interval = aggregate["headline"]["interval"]
    assert interval["low"] < aggregate["headline"]["mean"] < interval["high"]


def test_provenance_names_model_data_versions_and_files(reports: Path) -> None:
    results = json.loads(results_file(reports).read_text())
    manifest = results["configs"]["heinw_A"]["metadata"]["manifest"]
    found = metrics_of(reports)["provenance"]
    assert found["model"] == "org/scripted"
    assert found["rows_sha256_recorded"] == manifest["rows_sha256"]
    assert found["rows_sha256_recomputed"] == manifest["rows_sha256"]
    assert found["seeds"]["dataset"] == 3
    assert found["versions"]["lm_eval"] == results["lm_eval_version"]
    assert found["versions"]["torch"] == __import__("torch").__version__
    assert "--tasks heinw_A" in found["command"]
    assert '"seed": 3' in found["command"]
    for file in found["files"]:
        digest = subprocess.run(
            ["sha256sum", reports / file["path"]], capture_output=True, text=True, check=True
        )
        assert digest.stdout.split()[0].lstrip("\\") == file["sha256"]


@pytest.mark.parametrize(
    ("arguments", "dtype", "quantization"),
    [
        ("pretrained=x,load_in_4bit=True,dtype=bfloat16", "bfloat16", "load_in_4bit=True"),
        ({"pretrained": "x", "load_in_8bit": True}, None, "load_in_8bit=True"),
        ("pretrained=x,load_in_4bit=False", None, None),
        (None, None, None),
    ],
)
def test_dtype_and_quantization_come_from_the_models_arguments(
    reports: Path, arguments: Any, dtype: str | None, quantization: str | None
) -> None:
    config = json.loads(results_file(reports).read_text())["config"]
    edit(results_file(reports), config=config | {"model_args": arguments})
    found = metrics_of(reports)["provenance"]
    assert (found["dtype"], found["quantization"]) == (dtype, quantization)


# --- the text ------------------------------------------------------------------------------------


def test_the_markdown_has_what_the_milestone_asks_for(reports: Path) -> None:
    metrics = metrics_of(reports)
    text = markdown_of(reports)
    first_paragraph = text.split("\n\n")[1]
    assert first_paragraph == f"**{metrics['verdict']}**"
    assert "| Lag (days) |" in text
    assert "## Hard negatives and confounders" in text
    assert "distractor" in text
    assert "Latency" in text
    for key in ("Exact match", "F1", "Abstention recall", *COSTS):
        assert key in text
    assert metrics["provenance"]["rows_sha256_recorded"] in text
    told = text.split("## Provenance")[0].replace("None: every", "")
    assert not re.search(r"\b(nan|None|null|inf)\b", told)


def test_the_verdict_is_one_sentence_with_the_numbers(reports: Path) -> None:
    metrics = metrics_of(reports)
    exact = metrics["aggregate"][PRIMARY]
    assert f"{100 * exact['mean']:.1f}% of {exact['n']} answerable" in metrics["verdict"]
    assert metrics["verdict"].endswith(".")
    assert "\n" not in metrics["verdict"]


# --- which runs ----------------------------------------------------------------------------------


def test_paths_of_the_reports_are_printed_and_nothing_else(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(reports)]) == 0
    date = results_file(reports).stem.removeprefix("results_")
    stem = reports / "baseline" / f"{date}_A_B0"
    pages = ("index.md", "index.html", "A_answers.html", "index.json")
    index = [reports / "baseline" / name for name in pages]
    expected = [f"{stem}_metrics.json", f"{stem}_report.md", *map(str, index)]
    assert capsys.readouterr() == ("".join(f"{path}\n" for path in expected), "")
    drawn = {path.name for path in (reports / "baseline" / "figures").iterdir()}
    assert drawn == {
        f"A_{name}.{ending}" for name in ("lag", "outcomes") for ending in ("svg", "png", "csv")
    }


def test_output_path_with_a_json_name_is_found(
    short_reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = results_file(short_reports)
    saved.rename(saved.with_name(saved.name.replace("results_", "mine_")))
    assert main([str(short_reports), "--format", "json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_rerun_replaces_and_lists_the_older_one(
    saved_short_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, runs = results_file(saved_short_run), tmp_path / "r"
    older = copied(saved, runs / "z", "2031-01-01T00-00-00.000001")
    newer = copied(saved, runs / "a", "2031-01-02T00-00-00.000001")
    copied(saved, runs / "a", "2031-01-03T00-00-00.000001", gen_kwargs={"max_gen_toks": 7})
    copied(saved, runs / "a", "2031-01-04T00-00-00.000001", model_args="pretrained=org/other")
    copied(saved, runs / "a", "2031-01-05T00-00-00.000001", heinw={"baseline": "recent"})
    assert main([str(runs), "--outdir", str(tmp_path / "out"), "--format", "json"]) == 0
    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert written.pop().name == "index.json"
    superseded = [json.loads(p.read_text())["provenance"]["superseded"] for p in sorted(written)]
    assert superseded == [[older.relative_to(runs).as_posix()], [], [], []]
    date = newer.stem.removeprefix("results_")
    assert sorted(written)[0].name == f"{date}_A_B0_metrics.json"


def test_a_run_without_samples_does_not_replace_one_that_has_them(
    short_reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = results_file(short_reports)
    newer = copied(older, short_reports, "2031-01-01T00-00-00.000001")
    newer.with_name(newer.name.replace("results_", "samples_heinw_A_") + "l").unlink()
    capsys.readouterr()
    assert main([str(short_reports), "--format", "json"]) == 0
    shown = capsys.readouterr()
    assert older.stem.removeprefix("results_") in shown.out
    assert shown.err == (
        f"warning: left out: {newer}: heinw_A has no samples → run again with --log_samples\n"
    )


def test_the_arm_is_taken_from_the_heinw_models_config(reports: Path) -> None:
    config = json.loads(results_file(reports).read_text())["config"]
    arm = {"mode": "B0", "baseline": "long-context", "inner": "hf"}
    edit(results_file(reports), config=config | {"heinw": arm})
    metrics = metrics_of(reports)
    assert len(list((reports / "baseline").glob("*_A_B0_long-context_*"))) == 1
    assert metrics["baseline"] == "long-context"
    assert "With long-context as memory (B0)" in metrics["verdict"]


@pytest.mark.parametrize("baseline", ["../../etc", "a b", "", "x|y"])
def test_a_baseline_that_is_no_file_name_is_refused(
    reports: Path, baseline: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = json.loads(results_file(reports).read_text())["config"]
    edit(results_file(reports), config=config | {"heinw": {"baseline": baseline}})
    assert main([str(reports)]) == 2
    assert "config.heinw.baseline" in capsys.readouterr().err


def test_rows_that_two_processes_wrote_are_the_same_run(reports: Path) -> None:
    whole = metrics_of(reports)
    # Process 0 has the even documents under every filter, then process 1 the odd ones; the last
    # document of the shorter share is asked twice, to fill the batch.
    rows = [json.loads(line) for line in samples_file(reports).read_bytes().split(b"\n") if line]
    rows.sort(key=lambda row: int(row["doc_id"]) % 2)
    for row in rows:
        if row["doc_id"] == 59:
            row["resps"] = [row["resps"][0] * 2]
    hashes = "".join(row["doc_hash"] + row["prompt_hash"] + row["target_hash"] for row in rows)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    samples_file(reports).write_bytes(text.encode())
    digest = hashlib.sha256(hashes.encode()).hexdigest()
    edit(results_file(reports), task_hashes={"heinw_A": digest})
    again = metrics_of(reports)
    for part in ("counts", "aggregate", "lag_bins", "items", "warnings"):
        assert again[part] == whole[part]


def test_runs_of_other_tasks_are_none_of_our_business(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = json.loads(results_file(reports).read_text().replace("heinw_A", "arc_easy"))
    (reports / "results_2031-01-01T00-00-00.000001.json").write_text(json.dumps(other))
    (reports / "notes.json").write_text("not even JSON")
    (reports / "plain_2031-01-01.json").write_text("[]")
    assert main([str(reports), "--format", "json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_nothing_to_report_says_how_to_make_a_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"--tasks heinw_A --output_path {tmp_path} --log_samples" in error
    assert not (tmp_path / "baseline").exists()


def test_a_folder_named_like_a_package_of_ours_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "generators").mkdir()
    (tmp_path / "generators" / "__init__.py").write_text("")
    shadowed = subprocess.run(
        [sys.executable, "-m", "postprocess", "."],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shadowed.returncode == 2
    passed_over, refused = shadowed.stderr.splitlines()
    assert str(tmp_path / "generators") in passed_over
    assert "is not used in this process" in passed_over
    assert refused.startswith("heinw: .: ")


def test_a_folder_that_is_not_there_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "no\nwhere")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "no such folder" in error


def test_two_runs_of_one_moment_do_not_overwrite_each_other(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = results_file(reports).parent
    shutil.copytree(model, reports / "copy")
    copied = reports / "copy" / results_file(model).name
    config = json.loads(copied.read_text())["config"]
    edit(copied, config=config | {"model_args": "pretrained=org/other"})
    assert main([str(reports)]) == 2
    assert "two different runs of heinw_A were saved at" in capsys.readouterr().err
    assert not (reports / "baseline").exists()


# --- options -------------------------------------------------------------------------------------


def test_lag_bins_can_be_given_and_what_lies_outside_is_shown(reports: Path) -> None:
    lags = [row["doc"]["lag"] for row in rows_of(reports) if row["doc"]["lag"] is not None]
    metrics = metrics_of(reports, "--lag-bins", "0.25,0.5,2,5")
    empty, low, high, longer, outside = metrics["lag_bins"]
    assert (empty["questions"], empty["scores"][PRIMARY]["mean"]) == (0, None)
    assert empty["scores"][PRIMARY]["n"] == 0
    assert low["questions"] == sum(lag == 1 for lag in lags)
    assert high["questions"] == sum(2 <= lag < 5 for lag in lags)
    assert (longer["name"], longer["low"], longer["high"]) == ("5+", 5, None)
    assert longer["questions"] == sum(lag >= 5 for lag in lags) > 0
    assert outside["name"] == "below the bins"
    assert outside["questions"] == sum(lag == 0 for lag in lags) > 0
    assert any("below the lag bins" in warning for warning in metrics["warnings"])
    assert "| [0.25, 0.5) | 0 | – | – |" in markdown_of(reports, "--lag-bins", "0.25,0.5,2,5")


@pytest.mark.parametrize("bins", ["3,1", "1", "1,1", "a,b", "", "0,nan", "0,inf", "0,1,x"])
def test_lag_bins_that_do_not_increase_are_refused(
    reports: Path, bins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(reports), "--lag-bins", bins])
    assert stopped.value.code == 2
    assert "give days like 0,1,3,7,30" in capsys.readouterr().err


def test_one_format_writes_one_file(reports: Path) -> None:
    assert main([str(reports), "--format", "json"]) == 0
    assert {path.suffix for path in (reports / "baseline").iterdir()} == {".json"}
    with pytest.raises(SystemExit):
        main([str(reports), "--format", "md,pdf"])


@pytest.mark.parametrize(
    ("arguments", "name"),
    [([], "run"), (["run"], "run"), (["index"], "index"), (["pair"], "pair")],
)
def test_the_committed_schema_is_the_one_that_is_printed(
    arguments: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--json-schema", *arguments]) == 0
    printed = capsys.readouterr().out
    committed = Path(__file__).parents[2] / "postprocess" / "schema" / f"{name}.schema.json"
    assert printed == schema(name) == committed.read_text()


# --- files ---------------------------------------------------------------------------------------


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_the_same_runs_give_the_same_bytes_anywhere(reports: Path, tmp_path: Path) -> None:
    assert main([str(reports)]) == 0
    first = contents(reports / "baseline")
    assert main([str(reports)]) == 0  # over its own output
    assert contents(reports / "baseline") == first
    moved = shutil.copytree(reports, tmp_path / "elsewhere")
    shutil.rmtree(moved / "baseline")
    environment = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": str(Path.cwd())}
    subprocess.run(
        [sys.executable, "-m", "postprocess", "elsewhere"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
    )
    assert contents(moved / "baseline") == first


def test_a_full_disk_leaves_the_old_reports_as_they_were(reports: Path) -> None:
    assert main([str(reports)]) == 0
    before = contents(reports / "baseline")

    def allow_small_files_only() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    failed = subprocess.run(
        [sys.executable, "-m", "postprocess", str(reports), "--lag-bins", "0,2"],
        preexec_fn=allow_small_files_only,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(Path.cwd())},
        check=False,
    )
    assert failed.returncode == 2
    assert failed.stderr.count("\n") == 1
    assert "cannot write (File too large)" in failed.stderr
    assert contents(reports / "baseline") == before


@pytest.mark.parametrize("fails_at", [1, 2])
def test_a_write_that_fails_puts_neither_file_in_place(
    reports: Path,
    fails_at: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    calls = 0

    def fsync(_: int) -> None:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    assert main([str(reports)]) == 2
    assert "cannot write (No space left on device)" in capsys.readouterr().err
    assert not (reports / "baseline").exists()


def test_an_output_folder_that_is_a_file_is_one_line(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (reports / "baseline").write_text("mine")
    assert main([str(reports)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert (reports / "baseline").read_text() == "mine"


def test_the_report_needs_neither_lm_eval_nor_torch_nor_datasets() -> None:
    code = (
        "import sys, postprocess.__main__ as m; m.main(['--json-schema']); "
        "sys.exit(bool({'lm_eval','torch','datasets','transformers'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
