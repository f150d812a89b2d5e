"""Logs for Inspect, read back by Inspect, against what lm_eval saved."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from inspect_ai.analysis import evals_df, samples_df
from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log

from generators.scenarios import SCENARIOS
from hei_nw_tasks.metrics import METRICS
from tests.postprocess.export.conftest import Saved, export, saved
from tests.postprocess.saved import metrics_of


def logs_of(folder: Path) -> dict[str, EvalLog]:
    """Logs by the run and task that they are of, as lm_eval's file names its samples."""
    logs = [read_eval_log(info) for info in list_eval_logs(str(folder / "inspect"))]
    found = {
        log.eval.metadata["provenance"]["files"][1]["path"]: log
        for log in logs
        if log.eval.metadata is not None
    }
    assert len(found) == len(logs)
    return found


def log_of(logs: dict[str, EvalLog], run: Saved) -> EvalLog:
    """The log of a run; its dataset has the same questions."""
    (log,) = [
        log
        for log in logs.values()
        if log.eval.task == run.task
        and log.eval.metadata is not None
        and log.eval.metadata["mode"] == run.results["config"]["heinw"]["mode"]
        and log.eval.tags
        and run.arm in log.eval.tags
        and log.eval.dataset.sample_ids == [row["doc"]["id"] for row in by_document(run)]
        and log.stats.started_at.startswith("20")
        and abs(timestamp(log) - run.results["date"]) < 1e-3
    ]
    return log


def timestamp(log: EvalLog) -> float:
    from datetime import datetime

    return datetime.fromisoformat(log.stats.started_at).timestamp()


def by_document(run: Saved) -> list[dict]:  # type: ignore[type-arg]
    return sorted(run.rows, key=lambda row: int(row["doc_id"]))


@pytest.mark.parametrize("which", ["arms", "odd"])
def test_every_sample_says_what_lm_eval_saved(which: str, request: pytest.FixtureRequest) -> None:
    runs = request.getfixturevalue("saved_arms" if which == "arms" else "odd_runs")
    exported = request.getfixturevalue("exported" if which == "arms" else "exported_odd")
    logs, seen = logs_of(exported), 0
    for run in saved(runs):
        log = log_of(logs, run)
        assert log.status == "success"
        assert log.eval.model == run.results["model_name"]
        samples = {str(sample.id): sample for sample in log.samples or []}
        assert samples.keys() == {row["doc"]["id"] for row in run.rows}
        for row in run.rows:
            sample, doc = samples[row["doc"]["id"]], row["doc"]
            assert sample.input == doc["query"]
            assert sample.target == (doc["answers"] or ["unknown"])
            assert sample.output.completion == row["resps"][0][0]
            asked, said = sample.messages
            assert asked.text == row["arguments"]["gen_args_0"]["arg_0"]
            assert said.text == row["resps"][0][0]
            scores = sample.scores or {}
            expected = {name: row[name] for name in METRICS if name in row["metrics"]}
            assert {k: s.value for k, s in scores.items() if k != "right"} == expected
            right = expected.get("correct", expected.get("abstained"))
            assert scores["right"].value == ("C" if right else "I")
            assert sample.metadata["outcome"] in str(scores["right"].explanation)
            costs = row["arguments"]["gen_args_0"]["arg_2"]["heinw"]["compute"]
            (usage,) = sample.model_usage.values()
            assert usage.input_tokens == costs["prompt_tokens"]
            assert usage.output_tokens == costs["generated_tokens"]
            assert sample.total_time == costs["latency_s"]
            seen += 1
    assert seen == (14 * 40 if which == "arms" else 12 + 10)


def test_means_are_those_of_lm_eval(saved_arms: Path, exported: Path) -> None:
    logs = logs_of(exported)
    for run in saved(saved_arms):
        log = log_of(logs, run)
        assert log.results is not None
        theirs = run.results["results"][run.task]
        means = {s.name: s.metrics["mean"].value for s in log.results.scores if s.name != "right"}
        assert means.keys() == {
            name for name in METRICS if isinstance(theirs.get(f"{name},all"), float)
        }
        for name, mean in means.items():
            assert math.isclose(mean, theirs[f"{name},all"], abs_tol=1e-12), name
        right = log.results.scores[0]
        share = [row.get("correct", row.get("abstained")) for row in run.rows]
        assert math.isclose(right.metrics["accuracy"].value, sum(share) / len(share))
        assert log.results.headline is not None
        best = log.results.headline
        assert (best.scorer, best.metric) == ("right", "headline")


def test_intervals_are_those_of_the_report(exported: Path) -> None:
    seen = 0
    for log in logs_of(exported).values():
        assert log.results is not None
        metrics = {score.name: score.metrics for score in log.results.scores}
        assert log.eval.metadata is not None
        report = metrics_of(exported, log.eval.metadata["run_id"])
        for name, found in {**report["aggregate"], **report["own"]}.items():
            key, ours = (
                ("headline", metrics["right"])
                if name == "headline"
                else ("mean", metrics.get(name, {}))
            )
            ends = found["interval"] or {}
            for end in ("low", "high"):
                written = ours.get(f"{key}_{end}")
                assert (written and written.value) == ends.get(end)
                seen += bool(ends)
    assert seen > 50


def test_what_the_memory_showed_is_the_lines_of_its_events(
    saved_arms: Path, exported: Path
) -> None:
    logs = logs_of(exported)
    for run in saved(saved_arms):
        samples = {str(sample.id): sample for sample in log_of(logs, run).samples or []}
        for row in run.rows:
            found = samples[row["doc"]["id"]].metadata
            prompt = row["arguments"]["gen_args_0"]["arg_0"]
            rest = prompt.removeprefix(SCENARIOS[run.task[-1]].instruction)
            block = rest.rpartition(f"Question: {row['doc']['query']}")[0]
            assert "\n".join(found["memory_showed"]) == block.strip().replace("\n\n", "\n")
            if run.arm == "none":
                assert found["memory_showed"] == []
            if run.arm == "oracle" and row["doc"]["answerable"]:
                assert found["evidence"]
                assert found["evidence_showed"] is True


def test_inspects_tables_have_what_tells_runs_apart(exported: Path) -> None:
    evals = evals_df(str(exported / "inspect"))
    assert len(evals) == 14
    assert len(set(evals["task_display_name"])) == 12  # two arms were asked without rivals too
    assert set(evals["task_name"]) == {"heinw_A", "heinw_D", "heinw_E"}
    assert {"none", "oracle", "long-context", "rag (bm25, k=5)"} == set(evals["task_arg_arm"])
    assert evals["score_headline_value"].notna().all()
    assert evals["eval_id"].is_unique
    samples = samples_df(str(exported / "inspect"))
    assert len(samples) == 14 * 40
    assert samples["sample_id"].is_unique
    shares = samples.groupby("eval_id")["score_correct"].mean()
    for _, row in evals.iterrows():
        assert math.isclose(shares[row["eval_id"]], row["score_correct_mean"])


def test_the_same_runs_give_the_same_bytes(
    odd_runs: Path, exported_odd: Path, tmp_path: Path
) -> None:
    export(odd_runs, tmp_path)
    files = [path for path in exported_odd.rglob("*") if path.is_file()]
    assert len(files) == 2 + 2 * 2 + 3  # the last are the metrics files and the index
    for path in files:
        assert (tmp_path / path.relative_to(exported_odd)).read_bytes() == path.read_bytes()


def test_text_of_a_model_is_not_rendered(exported: Path) -> None:
    for log in logs_of(exported).values():
        assert log.eval.viewer is not None
        assert log.eval.viewer.trust_content is False
