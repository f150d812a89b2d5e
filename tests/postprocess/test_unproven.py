"""A run on data that nobody can make again says so on its report."""

from __future__ import annotations

import json
from pathlib import Path

from postprocess.__main__ import main


def test_a_doubt_about_the_data_is_a_warning_of_the_run(short_reports: Path, tmp_path: Path):
    (path,) = short_reports.rglob("results_*.json")
    results = json.loads(path.read_text(encoding="utf-8"))
    manifest = results["configs"]["heinw_A"]["metadata"]["manifest"]
    manifest |= {"source": "data/forged", "doubt": "its rows are anybody's"}
    path.write_text(json.dumps(results), encoding="utf-8")
    assert main([str(short_reports), "--outdir", str(tmp_path), "--format", "json,md"]) == 0
    (metrics,) = tmp_path.glob("*_metrics.json")
    found = json.loads(metrics.read_text(encoding="utf-8"))["warnings"]
    assert any("is not proven" in one and "anybody's" in one for one in found)
    for page in tmp_path.glob("*.md"):
        assert "NOT PROVEN: " in page.read_text(encoding="utf-8")
