"""Reports on the other scenarios: what only they measure."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from generators.scenarios import SCENARIOS
from hei_nw_tasks.metrics import PRIMARY
from postprocess.__main__ import main
from postprocess.measures import heading
from testing.scripted import run_lm_eval


def metrics_of(folder: Path) -> dict[str, Any]:
    assert main([str(folder)]) == 0
    (path,) = folder.rglob("*_metrics.json")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


@pytest.mark.parametrize("letter", SCENARIOS)
def test_every_scenario_is_reported(letter: str, tmp_path: Path) -> None:
    saved = run_lm_eval(tmp_path / "reports", task=f"heinw_{letter}")
    metrics = metrics_of(tmp_path / "reports")
    table = json.loads(saved.read_text())["results"][f"heinw_{letter}"]
    assert metrics["scenario"] == letter
    assert metrics["aggregate"][PRIMARY]["mean"] == pytest.approx(table[f"{PRIMARY},all"])
    own = {"B": {"efficacy", "locality", "paraphrase", "stale"}, "C": {"default_guess"}}
    assert set(metrics["own"]) == own.get(letter, set())
    assert (metrics["hot_patch"] is None) == (letter != "B")
    for name, estimate in metrics["own"].items():
        assert estimate["mean"] == pytest.approx(table[f"{name},all"])
    (report,) = (tmp_path / "reports").rglob("*_report.md")
    for name in metrics["own"]:
        assert f"| {heading(name)} " in report.read_text()


def obstinate(number: int, doc: dict[str, Any]) -> str:
    """Takes up a correction when asked directly, else sticks to what was right before."""
    if doc["query_kind"] == "paraphrase" and doc["prior_answers"] and number % 3:
        return str(doc["prior_answers"][0])
    return str(doc["answers"][0]) if doc["answers"] else "unknown"


def test_corrections_are_scored_as_a_whole(tmp_path: Path) -> None:
    run_lm_eval(tmp_path / "reports", obstinate, task="heinw_B", n=120)
    metrics = metrics_of(tmp_path / "reports")
    items = [item for item in metrics["items"] if item["answerable"]]
    by_kind = {
        kind: [item["scores"][PRIMARY] for item in items if item["query_kind"] == kind]
        for kind in ("direct", "paraphrase", "locality")
    }
    means = {kind: sum(scores) / len(scores) for kind, scores in by_kind.items()}
    assert means["direct"] == means["locality"] == 1.0
    assert 0 < means["paraphrase"] < 1
    expected = 3 / sum(1 / mean for mean in means.values())
    assert metrics["hot_patch"]["score"] == pytest.approx(expected)
    (samples,) = (tmp_path / "reports").rglob("samples_*.jsonl")
    rows = [json.loads(line) for line in samples.read_text().split("\n")[:-1]]
    groups: dict[str, list[str]] = {}
    for row in rows:
        if row["filter"] == "all" and row["doc"]["query_kind"] in ("direct", "paraphrase"):
            groups.setdefault(row["doc"]["group_id"], []).append(row["resps"][0][0])
    shares = []
    for said in groups.values():
        pairs = list(combinations(said, 2))
        if pairs:
            shares.append(sum(one == other for one, other in pairs) / len(pairs))
    expected = sum(shares) / len(shares)
    assert metrics["hot_patch"]["paraphrase_consistency"] == pytest.approx(expected)
