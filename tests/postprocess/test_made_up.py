"""An arm and a metric that are only in their registries are in every part of the report."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from testing.scripted import copied, results_file

# In a process of its own, because registries are read when modules are imported.
SCRIPT = """
import json, sys
from dataclasses import replace
from pathlib import Path
from hei_nw_tasks import metrics
from hei_nw_tasks.memory import registry

metrics.METRICS["brief"] = metrics.Metric(
    "brief", "brevity", "has one word at most", lambda doc, said: float(len(said.split()) < 2)
)
registry.ARMS["hippocampus"] = replace(
    registry.ARMS["recent"], name="hippocampus", colour="#AA3377", marker="P", shared_block=True
)
from postprocess.__main__ import main

folder, out = map(Path, sys.argv[1:])
for results in folder.rglob("results_*.json"):
    saved = json.loads(results.read_text())
    path = results.with_name(results.stem.replace("results", "samples_heinw_A") + ".jsonl")
    rows = [json.loads(line) for line in path.read_bytes().splitlines()]
    values = {}
    for row in rows:
        if row["metrics"] and row["doc"]["answerable"]:
            row["metrics"].append("brief")
            row["brief"] = metrics.score(row["doc"], row["filtered_resps"][0])["brief"]
            values.setdefault(row["filter"], []).append(row["brief"])
    path.write_text("".join(json.dumps(row) + "\\n" for row in rows))
    for name, found in values.items():
        saved["results"]["heinw_A"][f"brief,{name}"] = sum(found) / len(found)
    results.write_text(json.dumps(saved))
sys.exit(main([str(folder), "--outdir", str(out), "--format", "json,md,html,csv"]))
"""


@pytest.fixture(scope="module")
def report(saved_short_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on two arms, one of them made up, with a made-up metric."""
    folder = tmp_path_factory.mktemp("made-up")
    saved = results_file(saved_short_run)
    copied(saved, folder / "runs", "2031-01-01T00-00-00.000001")
    arm = {"baseline": "hippocampus", "inner": json.loads(saved.read_text())["config"]["model"]}
    copied(saved, folder / "runs", "2031-01-02T00-00-00.000001", model="heinw", heinw=arm)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder / "runs"), str(folder / "out")],
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "out"


def test_the_metric_is_in_files_tables_and_exports(report: Path) -> None:
    for path in report.glob("*_metrics.json"):
        metrics = json.loads(path.read_text())
        assert metrics["aggregate"]["brief"]["n"] == metrics["counts"]["answerable"] > 0
        assert all("brief" in row["scores"] for row in metrics["by_cue_type"])
        assert "| Brevity |" in path.with_name(path.stem[:-7] + "report.md").read_text()
    index = json.loads((report / "index.json").read_text())
    assert all("brief" in arm["scores"] for arm in index["experiments"][0]["arms"])
    assert "| Brevity |" in (report / "index.md").read_text()
    assert ">Brevity<" in (report / "index.html").read_text()
    with (report / "samples.csv").open(newline="") as file:
        assert {row["brief"] for row in csv.DictReader(file)} == {"0.0", "1.0", ""}


def test_the_arm_is_in_files_tables_and_figures(report: Path) -> None:
    (experiment,) = json.loads((report / "index.json").read_text())["experiments"]
    assert [arm["label"] for arm in experiment["arms"]] == ["none", "hippocampus"]
    assert "The best memory, hippocampus," in experiment["verdict"]
    assert {(one["a"], one["b"]) for one in experiment["differences"]} == {("hippocampus", "none")}
    assert len(list(report.glob("*_A_B0_hippocampus_*"))) == 2
    assert "`hippocampus`" in (report / "index.md").read_text()
    assert ">hippocampus<" in (report / "index.html").read_text()
    assert "#aa3377" in (report / "figures" / "A_lag.svg").read_text()
    for name in ("differences", "lag", "outcomes"):
        assert "hippocampus" in (report / "figures" / f"A_{name}.csv").read_text()
