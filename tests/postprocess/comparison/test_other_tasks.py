"""Other tasks after sleep: groups of them, and those that cannot be compared."""

from __future__ import annotations

import json
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from postprocess.__main__ import main
from testing.slept import Phase, run_phase
from testing.stock_tasks import write_tasks
from tests.conftest import Once
from tests.postprocess.saved import experiment_of

ALONE: Phase = ("B0", None, None, 0.3)
ASLEEP: Phase = ("B3", "prioritised", 1, 0.6)
_GROUP = """\
group: both
task: [stories, tales]
aggregate_metric_list:
  - {metric: exact_match, weight_by_size: true, filter_list: stripped}
metadata: {version: 1}
"""


@pytest.fixture(scope="module")
def runs(once: Once) -> Path:
    """Mode B0 and B3 with a group of two tasks. Not to be written to."""

    def run(folder: Path) -> None:
        tasks = folder / "tasks"
        write_tasks(tasks, "stories")
        text = (tasks / "stories.yaml").read_text().replace("stories", "tales")
        (tasks / "tales.yaml").write_text(text)
        stories = (tasks / "stories.json").read_text()
        (tasks / "tales.json").write_text(stories.replace("has a", "owns a"))
        (tasks / "both.yaml").write_text(_GROUP)
        with chdir(tasks):
            for phase in (ALONE, ASLEEP):
                run_phase(folder / "runs", phase, others=tasks, asked=["both"], n=20)

    return once("other_tasks", run) / "runs"


def cycle_of(runs: Path, out: Path) -> Any:
    assert main([str(runs), "--outdir", str(out)]) == 0
    (of,) = experiment_of(out, "A")["consolidation"]
    return of["cycles"][0]


def copied(runs: Path, to: Path) -> Path:
    for path in runs.rglob("*.json*"):
        copy = to / path.relative_to(runs)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    return to


def of_mode(runs: Path, mode: str, task: str) -> Path:
    """The samples of a task in a mode."""
    for results in runs.rglob("results_*.json"):
        if json.loads(results.read_text())["config"]["heinw"]["mode"] == mode:
            return results.parent / f"samples_{task}_{results.stem.removeprefix('results_')}.jsonl"
    raise AssertionError(mode)


def right(samples: Path) -> list[float]:
    return [json.loads(line)["exact_match"] for line in samples.read_text().splitlines()]


def test_a_group_is_one_row_over_the_documents_of_its_tasks(runs: Path, tmp_path: Path) -> None:
    cycle = cycle_of(runs, tmp_path / "out")
    (one,) = cycle["others"]
    before, after = (
        [score for task in ("stories", "tales") for score in right(of_mode(runs, mode, task))]
        for mode in ("B0", "B3")
    )
    assert (one["task"], one["metric"], one["effect"]["n"]) == ("both", "exact_match,stripped", 60)
    assert one["effect"]["mean_b"] == pytest.approx(sum(before) / 60)
    assert one["effect"]["mean_a"] == pytest.approx(sum(after) / 60)
    # Bleu is no number of a document.
    assert all("bleu" in note for note in cycle["others_notes"])


def test_what_cannot_be_compared_is_said_and_does_not_end_the_report(
    runs: Path, tmp_path: Path
) -> None:
    damaged = copied(runs, tmp_path / "damaged")
    of_mode(damaged, "B3", "tales").write_text("{\n")
    of_mode(damaged, "B0", "stories").unlink()
    cycle = cycle_of(damaged, tmp_path / "out")
    assert cycle["others"] == []
    notes = "\n".join(cycle["others_notes"])
    assert "stories: the model alone (B0) was not asked, or its samples are gone" in notes
    assert "samples_tales_" in notes
    page = (tmp_path / "out" / "index.md").read_text()
    assert page.count("- Other tasks, cycle 1: ") == len(cycle["others_notes"]) == 2


def test_other_demonstrations_are_named(runs: Path, tmp_path: Path) -> None:
    other = copied(runs, tmp_path / "other")
    (results,) = of_mode(other, "B3", "stories").parent.glob(
        f"results_{of_mode(other, 'B3', 'stories').stem.removeprefix('samples_stories_')}.json"
    )
    saved = json.loads(results.read_text())
    saved["n-shot"]["stories"] = 5
    results.write_text(json.dumps(saved))
    notes = cycle_of(other, tmp_path / "out")["others_notes"]
    assert any("NUMBERS OF DEMONSTRATIONS (n-shot) differ: 5" in note for note in notes)


def test_a_later_run_of_the_model_alone_without_them_is_said(runs: Path, tmp_path: Path) -> None:
    more = copied(runs, tmp_path / "more")
    run_phase(more, ALONE, n=20)
    cycle = cycle_of(more, tmp_path / "out")
    assert cycle["others"] == []
    assert len([note for note in cycle["others_notes"] if "(B0) was not asked" in note]) == 2
