"""Memories of mode B1 as arms: parity, break-even with writing, and side by side."""

from __future__ import annotations

import csv
from pathlib import Path

from hei_nw_tasks.metrics import PRIMARY
from tests.postprocess.saved import experiment_of, metrics_of, samples_of


def test_b1_without_a_memory_is_b0_question_by_question(memories_report: Path) -> None:
    experiment = experiment_of(memories_report, "A")
    labels = {arm["label"]: arm for arm in experiment["arms"]}
    found = {one["a"]: one for one in experiment["parity"]}
    assert {labels[name]["baseline"].split(":")[-1] for name in found} >= {"none", "Mute"}
    for one in found.values():
        assert one["b"] == "none"
        assert (one["questions"], one["differing"]) == (60, 0)
        assert one["effect"]["difference"] == 0
        assert one["effect"]["margin"] == 0.001
    assert not any("Gated" in name for name in found)


def test_break_even_counts_writing_and_leaves_out_what_shows_nothing(
    saved_memories: Path, memories_report: Path
) -> None:
    experiment = experiment_of(memories_report, "A")
    arms = {arm["label"]: arm for arm in experiment["arms"]}
    found = experiment["break_even"]
    assert {one["against"] for one in found} == {"rag"}
    shows = {
        label
        for label, arm in arms.items()
        if arm["memory"] is not None
        and any(row["memory_tokens"] for row in samples_of(saved_memories, arm["run_id"]))
    }
    assert not any("Mute" in label or "none" in label for label in shows)
    assert sum("Gated" in label for label in shows) == 2
    # Only what counts its FLOPs can save some.
    counted = {(label, "FLOP") for label in shows if "Gated" in label}
    assert {(one["kept"], one["unit"]) for one in found} == {(one, "s") for one in shows} | counted
    for one in found:
        costs = arms[one["kept"]]["economics"]
        names = (
            ("write_seconds", "seconds_per_question")
            if one["unit"] == "s"
            else ("write_flops", "flops_per_question")
        )
        once, further = (costs[name] for name in names)
        assert once > 0
        against = arms["rag"]["economics"][names[1]]
        assert one["spent_once"] == once
        n = one["questions"]
        if n is None:
            assert further >= against
        else:
            assert once + n * further < n * against
            assert n == 1 or once + (n - 1) * further >= (n - 1) * against


def test_a_curve_shows_what_was_stored_against_what_was_right(memories_report: Path) -> None:
    arms = experiment_of(memories_report, "A")["arms"]
    expected = []
    for arm in arms:
        metrics = metrics_of(memories_report, arm["run_id"])
        if metrics["memory"] and (share := metrics["memory"]["stored"]["mean"]):
            expected.append((arm["baseline"], share, arm["scores"][PRIMARY]["mean"]))
    with (memories_report / "figures" / "A_stored.csv").open(newline="") as file:
        rows = [(row["series"], float(row["x"]), float(row["y"])) for row in csv.DictReader(file)]
    assert sorted(rows) == sorted(expected)
    gated = [share for name, share, _ in rows if "Gated" in name]
    assert len(gated) == 2
    assert min(gated) < max(gated)
    assert not any("Mute" in name for name, *_ in rows)


def test_memories_stand_side_by_side_and_n_a_where_they_cannot(memories_report: Path) -> None:
    page = (memories_report / "index.md").read_text()
    table = page[page.index("## Memories") :]
    lines = {
        row.split("|")[1].strip(): row.split("|")[2:-1] for row in table.split("\n") if "|" in row
    }
    heading = next(row for row in table.split("\n") if "Notebook" in row).split("|")[2:-1]
    place = next(i for i, cell in enumerate(heading) if "Notebook" in cell)
    for name in ("Write gate: precision", "Write gate: PR-AUC of its score"):
        assert lines[name][place].strip() == "n/a"
    for name in ("Acknowledged events lost", "FLOPs to write per event", "Bytes on disk per event"):
        assert lines[name][place].strip() == "n/a"
    html = (memories_report / "index.html").read_text()
    assert "<h2>Memories</h2>" in html
    assert html.count("STORED NOTHING") == 1
