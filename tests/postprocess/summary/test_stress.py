"""Scenario D by store, scenario E by depth and length, and retrieval, from the samples by hand."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pytest

from hei_nw_tasks.metrics import PRIMARY
from tests.postprocess.saved import experiment_of, metrics_of, samples_of

Rows = list[dict[str, Any]]


def run_of(report: Path, experiment: str, label: str) -> str:
    arms = experiment_of(report, experiment)["arms"]
    return str(next(arm["run_id"] for arm in arms if arm["label"] == label))


def mean_of(rows: Rows, metric: str) -> float:
    return fmean(row[metric] for row in rows if metric in row["metrics"])


def test_interference_is_by_size_of_the_store(saved_arms: Path, arms_report: Path) -> None:
    run_id = run_of(arms_report, "D", "rag")
    rows = samples_of(saved_arms, run_id)
    found = metrics_of(arms_report, run_id)["interference"]
    assert [row["store_size"] for row in found["by_store_size"]] == [40, 80]
    for row in found["by_store_size"]:
        own = [one for one in rows if one["doc"]["store_size"] == row["store_size"]]
        assert row["questions"] == len(own) == 20
        assert row["scores"][PRIMARY]["mean"] == pytest.approx(mean_of(own, PRIMARY))
        assert row["ranking"]["recall_any@5"]["mean"] == pytest.approx(mean_of(own, "recall_any@5"))
        assert row["ranking"]["mrr@10"]["mean"] == pytest.approx(mean_of(own, "mrr@10"))
        seconds = [one["latency_s"] for one in own]
        assert row["latency"]["p95_s"] == pytest.approx(np.percentile(seconds, 95))
    asked = [one for one in rows if PRIMARY in one["metrics"]]
    doublings = np.log2([one["doc"]["store_size"] for one in asked])
    slope = np.polyfit(doublings, [one[PRIMARY] for one in asked], 1)[0]
    assert found["score_slope"]["per_doubling"] == pytest.approx(slope)
    small, large = (row["scores"][PRIMARY]["mean"] for row in found["by_store_size"])
    assert found["effective_size"] == (80 if large >= 0.85 * small else 40)
    collisions = [row["collision"]["mean"] for row in found["by_store_size"]]
    outcomes = metrics_of(arms_report, run_id)["outcomes_answerable"]
    assert sum(c * 16 for c in collisions) == pytest.approx(outcomes["distractor"])


def test_depth_and_length_are_crossed(saved_arms: Path, arms_report: Path) -> None:
    run_id = run_of(arms_report, "E", "long-context")
    rows = samples_of(saved_arms, run_id)
    cells = metrics_of(arms_report, run_id)["depth_length"]
    assert {cell["target_tokens"] for cell in cells} == {1000, 1400}
    assert {cell["depth"] for cell in cells} == {0, 0.25, 0.5, 0.75, 1}
    asked = 0
    for cell in cells:
        own = [
            row
            for row in rows
            if (row["doc"]["target_tokens"], row["doc"]["depth"])
            == (cell["target_tokens"], cell["depth"])
            and PRIMARY in row["metrics"]
        ]
        assert cell["scores"][PRIMARY]["n"] == len(own)
        asked += len(own)
        if own:
            assert cell["scores"][PRIMARY]["mean"] == pytest.approx(mean_of(own, PRIMARY))
    assert asked == sum(PRIMARY in row["metrics"] for row in rows)


@pytest.mark.parametrize(("name", "label"), [("A-1", "rag"), ("D", "rag"), ("E", "oracle")])
def test_retrieval_and_reading_are_told_apart(
    name: str, label: str, saved_arms: Path, arms_report: Path
) -> None:
    run_id = run_of(arms_report, name, label)
    rows = [row for row in samples_of(saved_arms, run_id) if "evidence_shown" in row["metrics"]]
    cells = {
        (shown, right): sum(
            (row["evidence_shown"] == 1, row[PRIMARY] == 1) == (shown, right) for row in rows
        )
        for shown in (True, False)
        for right in (True, False)
    }
    found = metrics_of(arms_report, run_id)["retrieval"]
    assert found["reading"] == {
        "shown_right": cells[True, True],
        "shown_wrong": cells[True, False],
        "missed_right": cells[False, True],
        "missed_wrong": cells[False, False],
    }
    assert sum(cells.values()) == len(rows) > 20
    assert set(found["ranking"]) == (set() if label == "oracle" else RANKING)


RANKING = {
    *("recall_any@1", "recall_any@5", "recall_any@10", "recall_all@1", "recall_all@5"),
    *("recall_all@10", "mrr@10", "ndcg@10"),
}


def test_other_arms_and_scenarios_have_none_of_it(arms_report: Path) -> None:
    found = metrics_of(arms_report, run_of(arms_report, "A-1", "none"))
    assert found["interference"] is None
    assert found["depth_length"] == []
    assert found["retrieval"] is None
    interval = found["aggregate"][PRIMARY]["interval"]
    by_interval = "pass" if interval and interval["high"] < 0.7 else "inconclusive"
    assert found["gate"] == {"threshold": 0.7, "by_interval": by_interval, "by_point": "pass"}
    assert metrics_of(arms_report, run_of(arms_report, "A-1", "oracle"))["gate"] is None
