"""Two real processes give the answers, scores and costs of one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hei_nw_tasks.model.running import NOMINAL, TASKS, answers, evaluate

ROOT = TASKS.parents[1]
# Enough for each process to meet every lag bin: lm_eval gathers no row that one of them lacks.
SETTINGS = {"n": 48}


MODEL = {"baseline": "rag", "retriever": "bm25", "k": 3}
BATCH_SIZE = 3
GEN_KWARGS = "max_gen_toks=4"


def in_two_processes(
    checkpoint: Path, lm_eval: Path, out: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    """lm_eval's own command line, as a data-parallel run calls it: metrics and rows."""
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    arguments = {
        "--model": "heinw",
        "--model_args": f"pretrained={checkpoint},"
        + ",".join(f"{k}={v}" for k, v in MODEL.items()),
        "--tasks": "heinw_A",
        "--include_path": str(TASKS),
        "--metadata": json.dumps(SETTINGS),
        "--gen_kwargs": GEN_KWARGS,
        "--device": "cpu",
        "--batch_size": str(BATCH_SIZE),
        "--output_path": str(out),
    }
    words = [word for pair in arguments.items() for word in pair]
    done = subprocess.run(
        [*launch, "-m", "lm_eval", "run", *words, "--log_samples"],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "ACCELERATE_USE_CPU": "true",
            "OMP_NUM_THREADS": "1",
            "HF_HUB_OFFLINE": "1",
            "PYTHONPATH": os.pathsep.join((str(lm_eval), str(ROOT))),
        },
    )
    assert done.returncode == 0, done.stderr[-3000:]
    (results,) = out.glob("*/results_*.json")
    (samples,) = out.glob("*/samples_*.jsonl")
    rows = [json.loads(line) for line in samples.read_bytes().splitlines()]
    answered = {row["doc"]["id"]: row for row in rows if row["filter"] == "all"}
    return json.loads(results.read_text())["results"]["heinw_A"], answered


@pytest.mark.slow
def test_two_processes_together(checkpoint: Path, few_tasks: Path, tmp_path: Path):
    means, rows = in_two_processes(checkpoint, few_tasks, tmp_path)
    arguments = {"pretrained": str(checkpoint), **MODEL}
    results = evaluate(
        *("heinw", arguments, ["heinw_A"], SETTINGS), gen_kwargs=GEN_KWARGS, batch_size=BATCH_SIZE
    )
    alone, expected = results["results"]["heinw_A"], answers(results, "heinw_A")
    assert rows.keys() == expected.keys()
    assert len(rows) == 48
    lags = {"lag_0-1", "lag_1-3", "lag_3-7", "lag_7-30", "lag_30+"}
    assert {key.split(",")[1] for key in means if "," in key} == {"all", *lags}
    for name, row in rows.items():
        columns = (
            *NOMINAL,
            "evidence_shown",
            "recall_any@5",
            "exact_match",
            "abstained",
            "overflow",
        )
        assert [row.get(key) for key in columns] == [expected[name].get(key) for key in columns]
        assert row["resps"][0][0] == expected[name]["resps"][0][0]
        assert row["arguments"]["gen_args_0"]["arg_2"]["heinw"]["compute"]["basis"]
    timed = ("latency_s", "retrieval_s")
    for key, value in alone.items():
        if isinstance(value, float) and not key.startswith(timed) and "stderr" not in key:
            assert abs(means[key] - value) <= 1e-9 * abs(value), key
