"""Several processes, of which each takes every second, third … document, score as one does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TASKS = ROOT / "hei_nw_tasks" / "tasks"


def scores(processes: int, limit: int) -> dict[str, float]:
    program = Path(__file__).with_name("two_processes.py")
    launch = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    done = subprocess.run(
        [sys.executable, *launch, str(program), str(TASKS), str(limit)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("scores: ")]
    found = json.loads(line.removeprefix("scores: "))
    # Two processes add the same numbers up in another order.
    return {key: round(one, 12) if isinstance(one, float) else one for key, one in found.items()}


@pytest.mark.slow
def test_two_processes_have_every_lag_row_and_the_same_scores():
    # Few documents, so that each process meets every lag bin only if the order provides for it.
    together, alone = scores(2, limit=24), scores(1, limit=24)
    assert together == alone
    rows = {key.split(",")[1] for key in together if "," in key}
    assert rows == {"all", "lag_0-1", "lag_1-3", "lag_3-7", "lag_7-30", "lag_30+"}
