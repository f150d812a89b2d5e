"""What the heinw model measured, in reports: means, percentiles, and what did not fit."""

from __future__ import annotations

import json
import shutil
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hei_nw_tasks.compute.record import ComputeRecord, all_unknown, estimated, measured
from hei_nw_tasks.metrics import PRIMARY
from hei_nw_tasks.response import MeasuredResponse
from postprocess.__main__ import main
from testing.scripted import mixed, run_lm_eval

RAG = {"heinw": {"baseline": "rag"}}
Change = Callable[[dict[str, Any]], None]


def answer(number: int, doc: dict[str, Any]) -> str:
    """A response with a record whose numbers follow from its position; each seventh overflows."""
    known: dict[str, Any] = {
        "prompt_tokens": measured(100 + number),
        "total_flops": estimated(1e9 * number),
        "latency_s": measured(0.01 * (number % 10)),
        "batch_size": measured(4),
    }
    if number % 2:
        known["kv_cache_bytes"] = (measured if number % 3 else estimated)(10 * number)
    record_of_costs = ComputeRecord(costs=all_unknown("nobody knows") | known)
    compute = record_of_costs.model_dump(mode="json")
    overflow = number % 7 == 3
    record = {
        "question_id": doc["id"],
        "baseline": "rag",
        "overflow": overflow,
        "shown": 2,
        "evidence_shown": 1.0 if doc["evidence"] else None,
        "retrieved": ["x", *doc["evidence"]],
        "compute": compute,
    }
    return MeasuredResponse("" if overflow else mixed(number, doc), record)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("measured") / "reports"
    run_lm_eval(folder, answer, model_info=RAG)
    return folder


@pytest.fixture(scope="module")
def metrics(folder: Path) -> dict[str, Any]:
    assert main([str(folder), "--outdir", str(folder.parent / "out")]) == 0
    (path,) = (folder.parent / "out").glob("*_metrics.json")
    return json.loads(path.read_text())


def rows(folder: Path) -> list[dict[str, Any]]:
    (path,) = folder.rglob("samples_*.jsonl")
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_means_and_percentiles_are_over_what_was_asked(folder: Path, metrics: dict[str, Any]):
    asked = [
        row["doc_id"] for row in rows(folder) if row["filter"] == "all" and row["doc_id"] % 7 != 3
    ]
    compute = metrics["compute"]
    tokens = statistics.fmean(100 + number for number in asked)
    assert compute["prompt_tokens"] == {
        "mean": tokens,
        "n": len(asked),
        "basis": "measured",
        "reason": None,
    }
    assert compute["total_flops"]["mean"] == pytest.approx(statistics.fmean(1e9 * n for n in asked))
    assert compute["total_flops"]["basis"] == "estimated"
    assert compute["batch_size"]["mean"] == 4.0
    # Of every second answer, some of it measured and some estimated.
    odd = [number for number in asked if number % 2]
    assert compute["kv_cache_bytes"]["mean"] == pytest.approx(statistics.fmean(10 * n for n in odd))
    assert compute["kv_cache_bytes"]["n"] == len(odd)
    assert compute["kv_cache_bytes"]["basis"] == "measured and estimated"
    assert compute["kv_cache_bytes"]["reason"] == "nobody knows"
    assert compute["embed_flops"] == {"mean": None, "n": 0, "basis": None, "reason": "nobody knows"}
    seconds = [0.01 * (number % 10) for number in asked]
    latency = metrics["latency"]
    assert latency["p50_s"] == pytest.approx(np.percentile(seconds, 50))
    assert latency["p95_s"] == pytest.approx(np.percentile(seconds, 95))
    ranking = metrics["retrieval"]["ranking"]
    assert [ranking[f"recall_any@{k}"]["mean"] for k in (1, 5, 10)] == [0.0, 1.0, 1.0]


def test_what_did_not_fit_is_counted_and_scored_nowhere(folder: Path, metrics: dict[str, Any]):
    documents = {row["doc_id"] for row in rows(folder)}
    left_out = {number for number in documents if number % 7 == 3}
    assert metrics["counts"]["overflowed"] == len(left_out)
    assert metrics["counts"]["questions"] == len(documents) - len(left_out)
    assert {item["doc_id"] for item in metrics["items"]} == documents - left_out
    assert any(
        f"{len(left_out)} of {len(documents)} questions did not" in w for w in metrics["warnings"]
    )
    answerable = metrics["counts"]["answerable"]
    assert metrics["aggregate"][PRIMARY]["n"] == answerable
    assert sum(metrics["outcomes_answerable"].values()) == answerable


@pytest.mark.parametrize("answer_it", [True, False])
def test_an_overflow_with_an_answer_or_a_score_is_refused(
    answer_it: bool, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    broken = Path(shutil.copytree(folder, tmp_path / "reports"))
    (path,) = broken.rglob("samples_*.jsonl")
    changed = rows(broken)
    row = next(row for row in changed if row["doc_id"] == 3 and row["filter"] == "all")
    if answer_it:
        row["resps"], row["filtered_resps"] = [["5433"]], ["5433"]
    else:
        row["metrics"] += [PRIMARY]
        row[PRIMARY] = 1.0
    path.write_text("".join(json.dumps(row) + "\n" for row in changed))
    capsys.readouterr()
    assert main([str(broken)]) != 0
    error = capsys.readouterr().err
    assert "is marked as overflow, and yet has a response or a score" in error
    assert error.count("\n") == 1
