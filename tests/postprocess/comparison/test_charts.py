"""The pictures of an experiment show the numbers of its reports."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from hei_nw_tasks.metrics import PRIMARY
from postprocess.figures import labels
from tests.postprocess.saved import experiment_of, metrics_of

SHOWN = {
    "A-1": ["differences", "lag", "outcomes", "pareto", "reading"],
    "A-2": ["differences", "lag", "outcomes", "pareto"],
    "D": ["differences", "interference", "outcomes", "pareto", "reading"],
    "E": ["differences", "depth_length", "outcomes", "pareto", "reading"],
}


def data(report: Path, name: str) -> list[dict[str, str]]:
    with (report / "figures" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def summaries(report: Path, name: str) -> dict[str, dict[str, Any]]:
    arms = experiment_of(report, name)["arms"]
    return {arm["label"]: metrics_of(report, arm["run_id"]) for arm in arms}


@pytest.mark.parametrize("name", SHOWN)
def test_every_experiment_has_its_pictures(name: str, arms_report: Path) -> None:
    figures = experiment_of(arms_report, name)["figures"]
    assert [figure["name"] for figure in figures] == [f"{name}_{kind}" for kind in SHOWN[name]]
    for figure in figures:
        for ending in ("svg", "png", "csv"):
            path = arms_report / "figures" / f"{figure['name']}.{ending}"
            assert path.stat().st_size > 50
        assert figure["title"]
        assert figure["description"]


def test_the_forest_shows_the_differences(arms_report: Path) -> None:
    experiment = experiment_of(arms_report, "A-1")
    rows = {row["label"]: row for row in data(arms_report, "A-1_differences")}
    exact = [one for one in experiment["differences"] if one["metric"] == PRIMARY]
    assert len(rows) == len(exact) == 6
    for one in exact:
        row = rows[f"{one['a']} − {one['b']}"]
        assert float(row["difference"]) == one["difference"]
        low = one["interval"]["low"] if one["interval"] else None
        assert row["low"] == ("" if low is None else repr(low))
        assert int(row["n"]) == one["n"]


def test_the_lag_curve_shows_the_lag_bins(arms_report: Path) -> None:
    rows = data(arms_report, "A-1_lag")
    for label, metrics in summaries(arms_report, "A-1").items():
        own = [row for row in rows if row["series"] == label]
        assert [row["x"] for row in own] == [b["name"] for b in metrics["lag_bins"]]
        for row, found in zip(own, metrics["lag_bins"], strict=True):
            assert float(row["y"]) == found["scores"][PRIMARY]["mean"]


def test_the_interference_curve_shows_the_stores(arms_report: Path) -> None:
    rows = data(arms_report, "D_interference")
    for label, metrics in summaries(arms_report, "D").items():
        own = [row for row in rows if row["series"] == label]
        stores = metrics["interference"]["by_store_size"]
        assert [float(row["x"]) for row in own] == [one["store_size"] for one in stores]
        assert [float(row["y"]) for row in own] == [
            one["scores"][PRIMARY]["mean"] for one in stores
        ]
        slope = 100 * metrics["interference"]["score_slope"]["per_doubling"]
        shown = labels.points(slope / 100)
        assert f"{shown} points per doubling" in own[0]["note"]


def test_the_heatmap_shows_every_cell(arms_report: Path) -> None:
    rows = data(arms_report, "E_depth_length")
    for label, metrics in summaries(arms_report, "E").items():
        own = {(row["depth"], row["length"]): row for row in rows if row["panel"] == label}
        assert len(own) == 10
        for cell in metrics["depth_length"]:
            row = own[f"{100 * cell['depth']:g}%", f"{cell['target_tokens']:,}"]
            mean = cell["scores"][PRIMARY]["mean"]
            assert row["mean"] == ("" if mean is None else repr(mean))


def test_bars_matrix_and_front(arms_report: Path) -> None:
    found = summaries(arms_report, "A-1")
    for row in data(arms_report, "A-1_outcomes"):
        if row["outcome"] != "overflow":
            kind = "answerable" if row["answerable"] == "yes" else "unanswerable"
            assert int(row["count"]) == found[row["label"]][f"outcomes_{kind}"][row["outcome"]]
    counts = [int(row["count"]) for row in data(arms_report, "A-1_reading")]
    assert counts == list(found["rag"]["retrieval"]["reading"].values())
    points = {row["label"]: row for row in data(arms_report, "A-1_pareto")}
    for arm in experiment_of(arms_report, "A-1")["arms"]:
        assert float(points[arm["label"]]["flops"]) == arm["economics"]["flops_per_question"]
        assert points[arm["label"]]["on_front"] == ("yes" if arm["on_front"] else "no")
