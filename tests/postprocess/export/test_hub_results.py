"""Results for a model's repository on the Hub, as the Hub's client reads them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from postprocess.__main__ import main

GIVEN = ["--format", "hub", "--hub-dataset", "org/heinw"]


@pytest.fixture(scope="module")
def comparable(saved_arms: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The four of `saved_arms` that were asked the same, as runs of a model on the Hub."""
    folder = tmp_path_factory.mktemp("comparable")
    for path in sorted(saved_arms.rglob("results_*.json"))[:4]:
        results = json.loads(path.read_text())
        results["model_name"] = "org/small-1.5"
        (folder / path.name).write_text(json.dumps(results))
        date = path.stem.removeprefix("results_")
        for samples in path.parent.glob(f"samples_*_{date}.jsonl"):
            shutil.copy(samples, folder)
    return folder


def test_every_arm_and_task_has_its_file(comparable: Path, tmp_path: Path) -> None:
    from huggingface_hub import parse_eval_result_entries

    assert main([str(comparable), "--outdir", str(tmp_path), *GIVEN]) == 0
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert {path.parent for path in files} == {tmp_path / "hub/org/small-1.5/.eval_results"}
    arms = ("long-context", "none", "oracle", "rag-bm25-k-5")
    assert [path.name for path in files] == [
        f"heinw_{letter}_{arm}.yaml" for letter in "ADE" for arm in arms
    ]
    theirs = {}
    for path in comparable.glob("results_*.json"):
        results = json.loads(path.read_text())
        for task, found in results["results"].items():
            theirs[task, results["config"]["heinw"]["baseline"]] = found["correct,all"]
    notes = set()
    for path in files:
        (entry,) = parse_eval_result_entries(yaml.safe_load(path.read_text()))
        assert (entry.dataset_id, entry.task_id) == ("org/heinw", path.name[:7])
        baseline = path.stem[8:].removesuffix("-bm25-k-5")
        assert entry.value == pytest.approx(theirs[entry.task_id, baseline], abs=1e-6)
        assert entry.date is not None
        assert entry.date.endswith("+00:00")
        assert entry.notes is not None
        notes.add((entry.task_id, entry.notes))
    assert len(notes) == len(files)  # the Hub tells variants apart by them


def test_one_dataset_has_one_set_of_questions(
    saved_arms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(saved_arms), "--outdir", str(tmp_path / "out"), *GIVEN]) == 2
    error = capsys.readouterr().err
    assert "was not asked the questions that" in error
    assert error.endswith("→ export the runs of each dataset by themselves\n")
    assert not (tmp_path / "out").exists()


def test_a_part_of_a_dataset_is_no_result(
    odd_runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(odd_runs), "--outdir", str(tmp_path), *GIVEN]) == 0
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert all(": no result for the Hub, it has 12 of " in line for line in said)
    assert not (tmp_path / "hub").exists()
