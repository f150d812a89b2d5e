"""Tables for notebooks, against the files of the report on the same runs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from postprocess import Results, load_results
from postprocess.errors import ReportError
from tests.postprocess.saved import index_of


@pytest.fixture(scope="module")
def results(saved_arms: Path) -> Results:
    return load_results(str(saved_arms))


def test_samples_are_those_of_the_report(results: Results, arms_report: Path) -> None:
    pd.testing.assert_frame_equal(results.samples, pd.read_parquet(arms_report / "samples.parquet"))
    assert results.left_out == []


def test_scores_are_those_of_the_report(results: Results, arms_report: Path) -> None:
    arms = [arm for one in index_of(arms_report)["experiments"] for arm in one["arms"]]
    overall = results.scores[results.scores["part"] == "all"].set_index(["run_id", "metric"])
    seen = 0
    for arm in arms:
        for metric, score in arm["scores"].items():
            row = overall.loc[(arm["run_id"], metric)]
            assert (row["n"], row["worlds"]) == (score["n"], score["worlds"])
            known = score["interval"] or {"low": None, "high": None}
            for name, value in {"mean": score["mean"], **known}.items():
                if name != "method":
                    assert pd.isna(row[name]) if value is None else row[name] == value
            seen += 1
    assert seen == len(arms) * len(arms[0]["scores"])


def test_scores_of_lag_bins_share_out_the_questions(results: Results) -> None:
    correct = results.scores[(results.scores["metric"] == "correct")]
    for _, rows in correct[correct["scenario"] == "A"].groupby("run_id"):
        by_part = rows.set_index("part")["n"]
        assert by_part["all"] == by_part.drop("all").sum() == 32


def test_differences_are_those_of_the_report(results: Results, arms_report: Path) -> None:
    experiments = index_of(arms_report)["experiments"]
    theirs = [(one, each) for one in experiments for each in one["differences"]]
    assert len(results.differences) == len(theirs) > 0
    for ours, (experiment, difference) in zip(
        results.differences.to_dict("records"), theirs, strict=True
    ):
        assert ours["scenario"] == experiment["scenario"]
        assert ours["model"] == experiment["model"]
        for name in ("a", "b", "metric", "n", "difference", "p_holm", "equivalent"):
            known = difference[name]
            assert pd.isna(ours[name]) if known is None else ours[name] == known
        low = (difference["interval"] or {"low": None})["low"]
        assert pd.isna(ours["low"]) if low is None else ours["low"] == low


def test_one_run_has_nothing_to_compare(saved_run: Path) -> None:
    differences = load_results(saved_run).differences
    assert len(differences) == 0
    assert differences["low"].dtype == "float64"


def test_a_folder_without_runs_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no run of a heinw task with samples → make one"):
        load_results(tmp_path)
