"""The index against the samples that it was made from, joined by hand."""

from __future__ import annotations

import json
import shutil
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from hei_nw_tasks.metrics import PRIMARY
from postprocess.__main__ import main
from postprocess.comparison.rows import on_front
from postprocess.measures import HEADLINE, PAIRED
from postprocess.schema.index import ArmRow
from testing.scripted import copied, results_file, run_lm_eval
from tests.postprocess.saved import experiment_of, index_of, metrics_of, samples_of
from tests.postprocess.summary.test_measured import answer

ARMS = ["none", "rag", "long-context", "oracle"]


def edit_results(path: Path, change: Any) -> None:
    saved = json.loads(path.read_text())
    change(saved)
    path.write_text(json.dumps(saved))


def test_arms_of_one_model_and_dataset_are_one_experiment(arms_report: Path) -> None:
    found = index_of(arms_report)["experiments"]
    assert [one["id"] for one in found] == ["A-1", "A-2", "D", "E"]
    for one in (found[0], found[2], found[3]):
        assert [arm["label"] for arm in one["arms"]] == ARMS
    assert [arm["label"] for arm in found[1]["arms"]] == ["none", "long-context"]
    assert found[0]["arms"][1]["arm"] == "rag (bm25, k=5)"


@pytest.mark.parametrize("name", ["A-1", "D", "E"])
def test_differences_are_over_the_questions_that_both_answered(
    name: str, saved_arms: Path, arms_report: Path
) -> None:
    experiment = experiment_of(arms_report, name)
    runs = {arm["label"]: samples_of(saved_arms, arm["run_id"]) for arm in experiment["arms"]}
    found = {(d["a"], d["b"], d["metric"]): d for d in experiment["differences"]}
    expected_pairs = {(a, b) for b, a in combinations(ARMS, 2)}
    assert {(a, b) for a, b, _ in found} == expected_pairs
    assert len(found) == len(PAIRED) * len(expected_pairs)
    differing = 0
    for (a, b, metric), one in found.items():
        of_a, of_b = (
            {row["doc_hash"]: row for row in runs[arm] if metric in row["metrics"]}
            for arm in (a, b)
        )
        shared = of_a.keys() & of_b.keys()
        assert one["n"] == len(shared) > 0
        assert one["unpaired"] == len(of_a) + len(of_b) - 2 * len(shared)
        assert one["worlds"] == len({of_a[key]["doc"]["world_id"] for key in shared})
        expected = fmean(of_a[key][metric] - of_b[key][metric] for key in shared)
        assert one["difference"] == pytest.approx(expected, abs=1e-12)
        assert one["mean_a"] == pytest.approx(fmean(of_a[key][metric] for key in shared))
        differing += one["difference"] != 0
        if metric == PRIMARY:
            only_a = sum(of_a[key][metric] > of_b[key][metric] for key in shared)
            only_b = sum(of_a[key][metric] < of_b[key][metric] for key in shared)
            assert one["p_mcnemar"] == pytest.approx(binomial_p(only_a, only_b))
    assert differing > 6


def binomial_p(b: int, c: int) -> float:
    """Two-sided exact McNemar by adding up the binomial."""
    from math import comb

    n, least = b + c, min(b, c)
    return min(1.0, 2 * sum(comb(n, k) for k in range(least + 1)) / 2**n) if n else 1.0


def test_holm_is_over_all_experiments_of_the_index(arms_report: Path) -> None:
    index = index_of(arms_report)
    tests = [
        one
        for experiment in index["experiments"]
        for one in experiment["differences"]
        if one["metric"] == PRIMARY
    ]
    assert len(tests) == 19
    known = sorted((one for one in tests if one["p"] is not None), key=lambda one: one["p"])
    worst = 0.0
    for place, one in enumerate(known):
        worst = max(worst, min(1.0, one["p"] * (len(known) - place)))
        assert one["p_holm"] == pytest.approx(worst)
    assert index["comparisons"] == len(known) >= 6


def test_the_rows_of_the_table_are_those_of_the_runs(arms_report: Path) -> None:
    for arm in experiment_of(arms_report, "A-1")["arms"]:
        metrics = metrics_of(arms_report, arm["run_id"])
        assert arm["scores"] == metrics["aggregate"] | metrics["own"]
        retrieval = metrics["retrieval"]
        assert arm["ranking"] == (retrieval["ranking"] if retrieval else {})
        assert arm["compute"] == metrics["compute"]
        assert all((arms_report / name).exists() for name in arm["files"])
        assert len(arm["files"]) == 2


def test_what_sharing_saved_is_that_of_the_run(saved_arms: Path, arms_report: Path) -> None:
    arms = {arm["label"]: arm for arm in experiment_of(arms_report, "A-1")["arms"]}
    run_id = arms["long-context"]["run_id"]
    others = [run_id.replace("_A_", f"_{letter}_") for letter in "ADE"]
    tokens = sum(row["prompt_tokens"] for one in others for row in samples_of(saved_arms, one))
    sharing = metrics_of(arms_report, run_id)["sharing"]
    assert sharing["prompt_tokens"] == tokens
    share = arms["long-context"]["tokens_computed_share"]
    assert share == sharing["tokens_computed"] / tokens
    assert 0 < share < 1
    assert arms["none"]["tokens_computed_share"] is None


def test_the_front_is_what_nobody_beats_on_both(arms_report: Path) -> None:
    for name in ("A-1", "D", "E"):
        arms = experiment_of(arms_report, name)["arms"]
        points = {
            a["label"]: (a["economics"]["flops_per_question"], a["scores"]["headline"]["mean"])
            for a in arms
        }
        for arm in arms:
            cost, quality = points[arm["label"]]
            beaten = any(
                c <= cost and q >= quality and (c, q) != (cost, quality) for c, q in points.values()
            )
            assert arm["on_front"] is (quality > 0 and not beaten)
        assert not next(arm for arm in arms if arm["label"] == "long-context")["on_front"]


def test_what_is_never_right_is_not_on_the_front_however_cheap_it_is(arms_report: Path) -> None:
    arms = map(ArmRow.model_validate, experiment_of(arms_report, "A-1")["arms"])
    rows = [
        arm.model_copy(
            update={
                "scores": arm.scores
                | {HEADLINE: arm.scores[HEADLINE].model_copy(update={"mean": 0.0})}
            }
        )
        for arm in arms
    ]
    assert [on_front(row, rows) for row in rows] == [False] * len(rows)


def test_the_verdict_says_what_the_table_says(arms_report: Path) -> None:
    experiment = experiment_of(arms_report, "E")
    for arm in experiment["arms"]:
        assert (
            f"{arm['label']} {100 * arm['scores'][PRIMARY]['mean']:.1f}%" in experiment["verdict"]
        )
    memories = [a for a in experiment["arms"] if a["label"] in ("rag", "long-context")]
    best = max(memories, key=lambda arm: arm["scores"][PRIMARY]["mean"])
    (found,) = [
        d
        for d in experiment["differences"]
        if (d["a"], d["b"], d["metric"]) == (best["label"], "none", PRIMARY)
    ]
    assert f"The best memory, {best['label']}, differs from none by" in experiment["verdict"]
    assert f"{100 * found['difference']:+.1f} points (95% CI " in experiment["verdict"]
    low, high = found["interval"]["low"], found["interval"]["high"]
    few = f", from {found['worlds']} worlds"
    assert f"(95% CI {100 * low:+.1f} to {100 * high:+.1f}{few})" in experiment["verdict"]


def test_the_effect_of_hard_negatives_pairs_the_same_questions(
    saved_arms: Path, arms_report: Path
) -> None:
    with_them, without = (experiment_of(arms_report, name) for name in ("A-1", "A-2"))
    assert without["hard_negatives"] == []
    assert [one["arm"] for one in with_them["hard_negatives"]] == ["none", "long-context"]
    for one in with_them["hard_negatives"]:
        rows = [
            {
                row["doc"]["id"]: row[PRIMARY]
                for row in samples_of(saved_arms, one[name])
                if PRIMARY in row["metrics"]
            }
            for name in ("run_with", "run_without")
        ]
        assert rows[0].keys() == rows[1].keys()
        assert one["effect"]["n"] == len(rows[0]) == 32
        expected = fmean(rows[0][key] - rows[1][key] for key in rows[0])
        assert one["effect"]["difference"] == pytest.approx(expected)
        assert "confounders_ratio=1.0 against" in one["setting"]


def test_runs_of_other_questions_are_listed_as_not_compared(arms_report: Path) -> None:
    (refused,) = index_of(arms_report)["not_compared"]
    shas = [experiment_of(arms_report, name)["rows_sha256"][:12] for name in ("A-1", "A-2")]
    assert refused["reason"] == (f"their datasets differ: rows sha256 {shas[0]}… and {shas[1]}…")
    ids = [[a["run_id"] for a in experiment_of(arms_report, n)["arms"]] for n in ("A-1", "A-2")]
    assert sorted(refused["a"]) == sorted(ids[0])
    assert sorted(refused["b"]) == sorted(ids[1])


def test_runs_of_another_style_are_listed_as_not_compared(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    for style in ("log", "dialogue"):
        run_lm_eval(folder, limit=12, style=style)
    assert compared(folder, tmp_path / "out") == 0
    index = index_of(tmp_path / "out")
    (refused,) = index["not_compared"]
    assert refused["reason"] == "their events are told in different styles: log and dialogue"
    told = [json.loads(one["dataset"])["style"] for one in index["experiments"]]
    assert told == ["log", "dialogue"]


def other_prompt(saved: dict[str, Any]) -> None:
    saved["system_instruction_sha"] = "0" * 64


def other_model(saved: dict[str, Any]) -> None:
    saved["config"]["model_args"] = "pretrained=org/other"


def other_batch(saved: dict[str, Any]) -> None:
    saved["config"]["model_args"] += ",batch_size=4"


def an_arm(saved: dict[str, Any]) -> None:
    inner = saved["config"]["model"]
    saved["config"] |= {"model": "heinw", "heinw": {"baseline": "oracle", "inner": inner}}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (other_prompt, "their prompts differ"),
        (other_model, None),
        (an_arm, ""),
    ],
)
def test_what_has_to_be_equal(
    change: Any, reason: str | None, short_reports: Path, tmp_path: Path
) -> None:
    first = results_file(short_reports)
    second = copied(first, short_reports / "two", "2031-01-01T00-00-00.000001")
    edit_results(second, other_batch)  # does not matter
    edit_results(second, change)
    out = tmp_path / "out"
    assert main([str(short_reports), "--outdir", str(out), "--format", "json"]) == 0
    index = index_of(out)
    together = [len(one["arms"]) for one in index["experiments"]]
    if reason == "":
        assert together == [2]
        assert index["not_compared"] == []
    else:
        assert together == [1, 1]
        reasons = [one["reason"] for one in index["not_compared"]]
        assert reasons == [] if reason is None else reason in reasons[0]


def test_what_is_not_compared_is_listed_once_for_each_further_prompt(
    short_reports: Path, tmp_path: Path
) -> None:
    first = results_file(short_reports)
    for number in range(5):
        date = f"2031-01-01T00-00-00.00000{number}"
        edit_results(
            copied(first, short_reports / "more", date),
            lambda saved, number=number: saved.update(system_instruction_sha=f"{number}" * 64),
        )
    assert main([str(short_reports), "--outdir", str(tmp_path), "--format", "json"]) == 0
    refused = index_of(tmp_path)["not_compared"]
    oldest = f"{first.stem.removeprefix('results_')}_A_B0"
    assert [one["a"] for one in refused] == [[oldest]] * 5
    assert len({one["b"][0] for one in refused}) == 5


# --- two that are named --------------------------------------------------------------------------


def compared(folder: Path, out: Path, *options: str) -> int:
    return main([str(folder), "--outdir", str(out), "--format", "json", *options])


def test_two_arms_that_are_named_are_compared_alone(saved_arms: Path, tmp_path: Path) -> None:
    # Of A there are two runs without a memory, so one has to be named by its run.
    folder = shutil.copytree(saved_arms, tmp_path / "reports")
    for path in [*folder.rglob("samples_heinw_A_*.jsonl")]:
        path.unlink()
    assert compared(folder, tmp_path / "out", "--compare", "oracle", "none") == 0
    index = index_of(tmp_path / "out")
    for experiment in index["experiments"]:
        assert {(d["a"], d["b"]) for d in experiment["differences"]} == {("oracle", "none")}
    assert [one["id"] for one in index["experiments"]] == ["D", "E"]
    tests = [d for one in index["experiments"] for d in one["differences"]]
    assert [d["metric"] for d in tests].count(PRIMARY) == 2


def test_a_name_that_fits_no_run_or_two_is_refused(
    saved_arms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compared(saved_arms, tmp_path, "--compare", "oracel", "none") == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "no run is called 'oracel'" in error
    assert "long-context, none, oracle, rag (bm25, k=5)" in error
    assert compared(saved_arms, tmp_path, "--compare", "oracle", "none") == 2
    assert "'none' could be either of" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_runs_of_different_questions_are_compared_only_on_request(
    saved_arms: Path, arms_report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_them, without = (
        next(
            arm["run_id"]
            for arm in experiment_of(arms_report, name)["arms"]
            if arm["label"] == "long-context"
        )
        for name in ("A-1", "A-2")
    )
    names = ("--compare", with_them, without)
    assert compared(saved_arms, tmp_path / "no", *names) == 2
    error = capsys.readouterr().err
    assert with_them in error
    assert without in error
    assert "their datasets differ" in error
    assert "--allow-differences" in error
    assert compared(saved_arms, tmp_path / "yes", *names, "--allow-differences") == 0
    (experiment,) = index_of(tmp_path / "yes")["experiments"]
    effects = experiment_of(arms_report, "A-1")["hard_negatives"]
    (effect,) = [one["effect"] for one in effects if one["arm"] == "long-context"]
    (found,) = [one for one in experiment["differences"] if one["metric"] == PRIMARY]
    assert (found["n"], found["difference"]) == (effect["n"], effect["difference"])


def test_two_models_on_the_same_questions(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    run_lm_eval(folder, limit=12)
    run_lm_eval(folder, lambda n, doc: "unknown", limit=12, model_args="pretrained=org/other")
    names = ("org/other", "org/scripted")
    for path in folder.rglob("results_*.json"):
        edit_results(path, lambda s: s.update(model_name=s["config"]["model_args"][11:]))
    assert compared(folder, tmp_path / "out", "--compare", *names) == 0
    (experiment,) = index_of(tmp_path / "out")["experiments"]
    assert [arm["label"] for arm in experiment["arms"]] == [f"none, {n}" for n in names[::-1]]
    found = {one["metric"]: one for one in experiment["differences"]}
    assert found["abstained"]["mean_a"] == 1.0
    assert found[PRIMARY]["mean_a"] == 0.0
    assert found[PRIMARY]["mean_b"] > 0


def test_questions_that_did_not_fit_are_left_out_of_pairs(tmp_path: Path) -> None:
    def all_fit(number: int, doc: dict[str, Any]) -> str:
        return str(doc["answers"][0]) if doc["answers"] else "unknown"

    folder = tmp_path / "reports"
    first = run_lm_eval(folder, all_fit)
    second = run_lm_eval(folder, answer)
    for path, baseline in ((first, "none"), (second, "rag")):
        arm = {"mode": "B0", "baseline": baseline, "inner": "scripted"}
        edit_results(path, lambda s, arm=arm: s["config"].update(heinw=arm))
    assert compared(folder, tmp_path / "out") == 0
    (experiment,) = index_of(tmp_path / "out")["experiments"]
    exact = next(d for d in experiment["differences"] if d["metric"] == PRIMARY)
    (row,) = [arm for arm in experiment["arms"] if arm["label"] == "rag"]
    assert row["overflowed"] > 0
    assert exact["unpaired"] > 0
    assert exact["n"] == row["scores"][PRIMARY]["n"]
    assert exact["mean_b"] == 1.0
