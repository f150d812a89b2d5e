"""Facts that nothing in a log of scenario B has changed, after sleep on the log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from hei_nw_tasks.metrics import PRIMARY
from postprocess.__main__ import main
from testing.slept import run_phase
from tests.postprocess.saved import experiment_of


def right(folder: Path, mode: str) -> dict[str, float]:
    """Correct answers to questions about what was not changed."""
    for results in folder.rglob("results_*.json"):
        if json.loads(results.read_text())["config"]["heinw"]["mode"] == mode:
            date = results.stem.removeprefix("results_")
            lines = (results.parent / f"samples_heinw_B_{date}.jsonl").read_text().split("\n")
            rows = [json.loads(line) for line in lines if line]
            return {
                row["doc"]["id"]: row[PRIMARY]
                for row in rows
                if (row["filter"], row["doc"]["query_kind"]) == ("all", "locality")
            }
    raise AssertionError(mode)


def test_b3_is_compared_with_the_model_alone_on_them(tmp_path: Path) -> None:
    for phase in (("B0", None, None, 0.9), ("B3", "prioritised", 1, 0.5)):
        run_phase(tmp_path / "runs", phase, task="heinw_B", n=200)
    assert main([str(tmp_path / "runs"), "--outdir", str(tmp_path / "report")]) == 0
    experiment: dict[str, Any] = experiment_of(tmp_path / "report", "B")
    (of,) = experiment["consolidation"]
    (cycle,) = of["cycles"]
    before, after = (right(tmp_path / "runs", mode) for mode in ("B0", "B3"))
    found = cycle["locality"]
    assert found["n"] == len(before) == len(after) >= 20
    assert found["n"] < cycle["correct_off"]["n"]
    assert found["difference"] == np.mean([after[id_] - before[id_] for id_ in before])
    assert found["difference"] < -0.2
    assert (found["margin"], found["equivalent"]) == (0.01, False)
    assert "On facts that nothing has changed, drift is -" in of["verdict"]
    assert "| Facts that nothing has changed |" in (tmp_path / "report" / "index.md").read_text()
