"""Two real processes give the answers, scores and costs of one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hei_nw_tasks.model.running import NOMINAL, TASKS

ROOT = TASKS.parents[1]
# Enough for each process to meet every lag bin: lm_eval gathers no row that one of them lacks.
SETTINGS = {"n": 48}


def run(processes: int, checkpoint: Path, out: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """lm_eval's own command line, as a data-parallel run calls it: metrics and rows."""
    launch = [sys.executable, "-m"]
    if processes > 1:
        launch += ["torch.distributed.run", "--standalone", f"--nproc-per-node={processes}", "-m"]
    arguments = {
        "--model": "heinw",
        "--model_args": f"pretrained={checkpoint},baseline=rag,retriever=bm25,k=3",
        "--tasks": "heinw_A",
        "--include_path": str(TASKS),
        "--metadata": json.dumps(SETTINGS),
        "--gen_kwargs": "max_gen_toks=4",
        "--device": "cpu",
        "--batch_size": "3",
        "--output_path": str(out),
    }
    words = [word for pair in arguments.items() for word in pair]
    done = subprocess.run(
        [*launch, "lm_eval", "run", *words, "--log_samples"],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "ACCELERATE_USE_CPU": "true",
            "OMP_NUM_THREADS": "1",
            "HF_HUB_OFFLINE": "1",
            "PYTHONPATH": str(ROOT),
        },
    )
    assert done.returncode == 0, done.stderr[-3000:]
    (results,) = out.glob("*/results_*.json")
    (samples,) = out.glob("*/samples_*.jsonl")
    rows = [json.loads(line) for line in samples.read_bytes().splitlines()]
    answered = {row["doc"]["id"]: row for row in rows if row["filter"] == "all"}
    return json.loads(results.read_text())["results"]["heinw_A"], answered


@pytest.mark.slow
def test_two_processes_together(checkpoint: Path, tmp_path: Path):
    means, rows = run(2, checkpoint, tmp_path / "two")
    alone, expected = run(1, checkpoint, tmp_path / "one")
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
