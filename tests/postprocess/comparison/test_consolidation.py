"""Consolidation in the report, against the samples of the runs by hand and by scipy."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from hei_nw_tasks.metrics import PRIMARY
from postprocess.__main__ import main
from testing.slept import (
    BYTES,
    FLOPS,
    LEARNT,
    MEMORY,
    OLD,
    OTHER,
    SECONDS,
    TOKENS,
    WEIGHTS,
    run_phases,
)
from tests.conftest import Once
from tests.postprocess.saved import experiment_of, index_of, metrics_of

Scores = dict[str, tuple[float, str]]


@pytest.fixture(scope="module")
def slept(once: Once) -> Path:
    """Runs of a memory that sleeps, with their report in "report". Not to be written to."""

    def run(folder: Path) -> None:
        run_phases(folder / "runs")
        assert main([str(folder / "runs"), "--outdir", str(folder / "report")]) == 0

    return once("slept", run)


@pytest.fixture(scope="module")
def found(slept: Path) -> list[dict[str, Any]]:
    return list(experiment_of(slept / "report", "A")["consolidation"])


def scores_of(
    slept: Path,
    mode: str,
    cycle: int | None = None,
    order: str | None = None,
    *,
    trained: bool = False,
    drift: str | None = "",
) -> Scores:
    """Correct answers of a phase by question, with its world, as lm_eval saved them.

    With `trained`, only those whose evidence was trained on. With `drift`, of reading: of the arm
    before sleep if that is None.
    """
    for results in (slept / "runs").rglob("results_*.json"):
        arm = json.loads(results.read_text())["config"]["heinw"]
        own = (arm.get("memory_args") or {}).get("order")
        reads = arm.get("drift") or arm.get("baseline") == "oracle"
        if bool(reads) is not (drift != ""):
            continue
        if (arm["mode"], arm.get("cycle")) == (mode, cycle) and order in (None, own):
            date = results.stem.removeprefix("results_")
            (path,) = results.parent.glob(f"samples_heinw_A_{date}.jsonl")
            rows = [json.loads(line) for line in path.read_text().split("\n") if line]
            return {
                row["doc"]["id"]: (row[PRIMARY], row["doc"]["world_id"])
                for row in rows
                if row["filter"] == "all" and row["doc"]["answers"]
                if not trained or row["doc"]["lag"] < OLD
            }
    raise AssertionError((mode, cycle, order))


def cluster_t(influences: dict[str, float], centre: float) -> tuple[float, float]:
    """Ends of the t interval, from what each world adds to the statistic."""
    u, groups = np.array([*influences.values()]), len(influences)
    error = np.sqrt(groups / (groups - 1) * (u**2).sum())
    low, high = stats.t.interval(0.95, groups - 1, loc=centre, scale=error)
    return float(low), float(high)


def test_retention_is_right_answers_after_sleep_per_right_answer_before(
    slept: Path, found: list[dict[str, Any]]
) -> None:
    before, after = scores_of(slept, "B1"), scores_of(slept, "B3", 2, "prioritised")
    right = {
        name: sum(score for score, _ in part.values())
        for name, part in (("before", before), ("after", after))
    }
    ratio = right["after"] / right["before"]
    influences: dict[str, float] = defaultdict(float)
    for key, (score, world) in after.items():
        influences[world] += (score - ratio * before[key][0]) / right["before"]
    one = found[0]["cycles"][1]
    assert 0.5 < ratio < 0.95
    assert one["retention"]["value"] == pytest.approx(ratio)
    low, high = cluster_t(influences, ratio)
    assert one["retention"]["interval"]["low"] == pytest.approx(max(0, low))
    assert one["retention"]["interval"]["high"] == pytest.approx(high)


@pytest.mark.parametrize(
    ("name", "of", "without"),
    [("uplift", ("B3", 1), ("B0", None)), ("beside_recall", ("B2", 1), ("B1", None))],
)
def test_differences_are_paired_and_clustered(
    name: str, of: tuple[str, int], without: tuple[str, None], slept: Path, found: list[Any]
) -> None:
    a, b = scores_of(slept, *of), scores_of(slept, *without)
    mean = float(np.mean([a[key][0] - b[key][0] for key in a]))
    influences: dict[str, float] = defaultdict(float)
    for key, (score, world) in a.items():
        influences[world] += (score - b[key][0] - mean) / len(a)
    effect = found[0]["cycles"][0][name]
    assert effect["difference"] == pytest.approx(mean)
    if any(influences.values()):
        low, high = cluster_t(influences, mean)
        assert effect["interval"]["low"] == pytest.approx(low)
        assert effect["interval"]["high"] == pytest.approx(high)
    else:
        assert mean == 0


def test_each_configuration_has_its_cycles(found: list[dict[str, Any]]) -> None:
    prioritised, shuffled = found
    assert [one["cycle"] for one in prioritised["cycles"]] == [1, 2]
    assert [one["cycle"] for one in shuffled["cycles"]] == [2]
    assert prioritised["without"] == "none"
    assert prioritised["recalling"] == shuffled["recalling"] == MEMORY
    labels = [f"{MEMORY} (order={order})" for order in ("prioritised", "shuffled")]
    assert [one["label"] for one in found] == labels
    assert shuffled["cycles"][0]["on"] is None
    assert shuffled["cycles"][0]["correct_on"] is None
    assert "retained" in prioritised["verdict"]


def test_replay_orders_are_compared_at_the_same_cycle_once(
    slept: Path, found: list[dict[str, Any]]
) -> None:
    a, b = (scores_of(slept, "B3", 2, order) for order in ("prioritised", "shuffled"))
    (one,) = [effect for of in found for effect in of["against"]]
    assert one["difference"] == pytest.approx(np.mean([a[key][0] - b[key][0] for key in a]))
    assert "prioritised" in one["a"]
    assert "shuffled" in one["b"]


def test_sleep_costs_are_the_sums_over_cycles_and_means_over_moments(
    found: list[dict[str, Any]],
) -> None:
    first, second = (one["sleep"] for one in found[0]["cycles"])
    for cycles, sleep in ((1, first), (2, second)):
        assert sleep["seconds"] == pytest.approx(SECONDS * cycles)
        assert sleep["trained_tokens"] == TOKENS * cycles
        assert sleep["trained_flops"] == FLOPS * cycles
        assert sleep["bytes"] == BYTES
        assert sleep["events"] == 7  # of moments after 4 events, and after 10
        assert sleep["changed"] == sleep["moments"]
    # The last event of each moment is replayed from the second cycle on.
    assert (first["replayed"], second["replayed"]) == (6, 7)


def test_drift_is_tested_for_equivalence_within_a_point(
    slept: Path, found: list[dict[str, Any]]
) -> None:
    first, second = (one["drift"] for one in found[0]["cycles"])
    assert (first["b"], first["difference"], first["margin"]) == ("oracle", 0, 0.01)
    # No answer has changed, but so few worlds cannot show that fewer than one in a hundred would.
    assert first["equivalent"] is False
    before, after = (
        scores_of(slept, mode, cycle, drift=drift)
        for mode, cycle, drift in (("B0", None, None), ("B3", 2, "reading"))
    )
    assert second["difference"] == pytest.approx(
        np.mean([after[key][0] - before[key][0] for key in before])
    )
    assert second["difference"] < -0.05
    assert second["equivalent"] is False
    said = "that it is within ±1 point is not shown; it is lower than before."
    assert said in found[0]["verdict"]
    assert found[1]["cycles"][0]["drift"] is None
    assert "| Reading from the evidence |" in (slept / "report" / "index.md").read_text()


def stories_of(slept: Path, mode: str, cycle: int | None) -> dict[str, float]:
    """Right answers to the task that is not ours, by the document's hash."""
    for results in (slept / "runs").rglob("results_*.json"):
        arm = json.loads(results.read_text())["config"]["heinw"]
        found = [*results.parent.glob(f"samples_{OTHER}_{results.stem[len('results_') :]}.jsonl")]
        if found and (arm["mode"], arm.get("cycle")) == (mode, cycle):
            rows = [json.loads(line) for line in found[0].read_text().split("\n") if line]
            return {row["doc_hash"]: row["exact_match"] for row in rows}
    raise AssertionError((mode, cycle))


def test_other_tasks_are_compared_with_the_weights_as_draws(
    slept: Path, found: list[dict[str, Any]]
) -> None:
    prioritised, shuffled = found
    assert shuffled["cycles"][0]["others"] == []
    before = stories_of(slept, "B0", None)
    for of in prioritised["cycles"]:
        after = stories_of(slept, "B3", of["cycle"])
        assert len(before) == len(after) == 30
        (one,) = of["others"]
        effect, mean = one["effect"], float(np.mean([after[i] - before[i] for i in before]))
        assert (one["task"], one["metric"]) == (OTHER, "exact_match,stripped")
        assert one["is_share"]
        assert (effect["b"], effect["n"], effect["worlds"]) == ("none", 30, WEIGHTS)
        assert effect["difference"] == pytest.approx(mean)
        assert mean > 0.2
        influences: dict[str, float] = defaultdict(float)
        for i in before:
            turn = str(int(i[:8], 16) % WEIGHTS)
            influences[turn] += (after[i] - before[i] - mean) / len(before)
        low, high = cluster_t(influences, mean)
        assert effect["interval"]["low"] == pytest.approx(low)
        assert effect["interval"]["high"] == pytest.approx(min(high, 1))
        assert (effect["margin"], effect["equivalent"]) == (0.01, False)
    assert f"On {OTHER} (exact_match,stripped), drift is +" in prioritised["verdict"]
    shown = f"| `{OTHER}: exact_match,stripped` | 30 |"
    assert shown in (slept / "report" / "index.md").read_text()


def test_what_is_memorised_stands_beside_what_of_it_is_usable(
    slept: Path, found: list[dict[str, Any]]
) -> None:
    for of in found[0]["cycles"]:
        sleep = of["sleep"]
        assert sleep["learnt"] == pytest.approx(LEARNT * of["cycle"])
        rows = scores_of(slept, "B3", of["cycle"], "prioritised", trained=True)
        right = [score for score, _ in rows.values()]
        assert sleep["usable"]["n"] == len(right) > 10
        assert sleep["usable"]["mean"] == pytest.approx(np.mean(right))
        assert len(right) < of["correct_off"]["n"]
        assert "Memorised" in (slept / "report" / "index.md").read_text()


def test_what_was_kept_is_shown_beside_what_was_recalled(
    slept: Path, found: list[dict[str, Any]]
) -> None:
    report, experiment = slept / "report", experiment_of(slept / "report", "A")
    runs = {arm["label"]: metrics_of(report, arm["run_id"]) for arm in experiment["arms"]}
    one = found[0]
    before, after = runs[one["recalling"]], runs[one["cycles"][-1]["off"]]
    rows = {(row["by"], row["name"]): row for row in one["kept"]}
    for by, part in (("lag", "lag_bins"), ("kind of question", "by_query_kind")):
        for stratum in after[part]:
            if stratum["scores"][PRIMARY]["n"]:
                row = rows[by, stratum["name"]]
                assert row["kept"] == stratum["scores"][PRIMARY]
                (theirs,) = [s for s in before[part] if s["name"] == stratum["name"]]
                assert row["recalled"] == theirs["scores"][PRIMARY]
    assert {name for by, name in rows if by == "pinned"} == {"pinned", "not pinned"}
    assert {name for by, name in rows if by == "times replayed"} == {"0", "10–99"}


def test_sleep_is_paid_once_and_in_what_a_right_answer_costs(slept: Path) -> None:
    report, experiment = slept / "report", experiment_of(slept / "report", "A")
    rows = {arm["label"]: arm for arm in experiment["arms"]}
    once = [one for one in experiment["break_even"] if one["once"] == "sleep"]
    assert {one["kept"] for one in once} == {
        label
        for label, row in rows.items()
        if "B3" in row["arm"] and "reading" not in label  # asked of weights of another world
    }
    for one in once:
        assert one["against"] == MEMORY
        cycle = rows[one["kept"]]["cycle"]
        expected = (FLOPS if one["unit"] == "FLOP" else SECONDS) * cycle
        assert one["spent_once"] == pytest.approx(expected)
        # So many questions on sleep is cheaper, and one fewer it is not.
        saved = one["against_question"] - one["further_question"]
        assert one["questions"] * saved > expected >= (one["questions"] - 1) * saved
    assert index_of(report)["experiments"][0]["parity"] == []


def test_pages_and_figure_show_the_cycles(slept: Path) -> None:
    report = slept / "report"
    page, markdown = ((report / f"index.{kind}").read_text() for kind in ("html", "md"))
    for text in (page, markdown):
        assert "Consolidation" in text
        assert "something was retained" in text
    # The scripted memory recalls nothing; in B3 nobody asks it to.
    warned = [line for line in markdown.splitlines() if "RECALLED NOTHING" in line]
    assert any("B2 of cycle" in line for line in warned)
    assert not any("B3" in line or "reading" in line for line in warned)
    lines = (report / "figures" / "A_cycles.csv").read_text().splitlines()
    for order in ("prioritised", "shuffled"):
        name = f"{MEMORY} (order={order})"
        assert any(line.startswith(f"{name}: memory off,2,") for line in lines)
        assert any(line.startswith(f"{name}: memory on,before,") for line in lines)
