"""What the bridge changes in lm_eval."""

from __future__ import annotations

import logging
import math
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hei_nw_tasks import patches, register
from hei_nw_tasks.metrics import METRICS
from hei_nw_tasks.response import MEASUREMENTS
from hei_nw_tasks.task import target
from testing.scripted import ScriptedModel
from tests.hei_nw_tasks.model.running import evaluate

BUILT_IN = Path("/lib/lm_eval/tasks")
FOLDERS = st.lists(st.sampled_from("abcde").map(lambda name: Path("/home") / name), max_size=4)


@given(before=FOLDERS, after=FOLDERS)
def test_ours_come_right_after_the_built_in_tasks_and_before_the_users(
    before: list[Path], after: list[Path]
) -> None:
    paths = [*before, BUILT_IN, *after]
    assert patches.with_task_folder(paths, BUILT_IN) == [
        *before,
        BUILT_IN,
        patches.TASK_FOLDER,
        *after,
    ]


@given(paths=FOLDERS)
def test_without_the_built_in_tasks_only_what_was_named_is_read(paths: list[Path]) -> None:
    assert patches.with_task_folder(paths, BUILT_IN) == paths


@given(after=FOLDERS)
def test_an_lm_eval_that_found_us_by_the_entry_point_gets_nothing_twice(after: list[Path]) -> None:
    # However the folder is written.
    paths = [BUILT_IN, patches.TASK_FOLDER / ".." / "tasks", *after]
    assert patches.with_task_folder(paths, BUILT_IN) == paths


def test_the_index_of_lm_eval_has_our_tasks_and_an_included_one_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from lm_eval.tasks import _index

    built_in = tmp_path / "lm_eval"
    mine = tmp_path / "mine"
    for folder, task in ((built_in, "other"), (mine, "heinw_A")):
        folder.mkdir()
        (folder / "task.yaml").write_text(f"task: {task}\n")
    # Reading lm_eval's own fourteen thousand tasks takes seconds; this module stands elsewhere.
    monkeypatch.setattr(_index, "__file__", str(built_in / "_index.py"))
    original = getattr(_index.TaskIndex.build, "__wrapped__", _index.TaskIndex.build)
    monkeypatch.setattr(_index.TaskIndex, "build", staticmethod(original))
    assert set(_index.TaskIndex().build([built_in])) == {"other"}

    patches.add_task_folder(_index)
    patches.add_task_folder(_index)

    index = _index.TaskIndex().build([built_in])
    ours = {name: entry for name, entry in index.items() if name != "other"}
    assert {"heinw", "heinw_A"} <= set(ours)
    assert {entry.yaml_path.parent for entry in ours.values()} == {patches.TASK_FOLDER}
    with caplog.at_level(logging.WARNING):
        index = _index.TaskIndex().build([built_in, mine])
    assert index["heinw_A"].yaml_path == mine / "task.yaml"
    assert sum("overrides" in record.getMessage() for record in caplog.records) == 1


def test_a_build_that_is_no_static_method_is_refused() -> None:
    module = ModuleType("lm_eval.tasks._index")
    module.TaskIndex = type("TaskIndex", (), {"build": lambda self, paths: {}})  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="static method"):
        patches.add_task_folder(module)


def test_the_model_of_lm_eval_is_extended_once() -> None:
    class Model:
        def _create_model(self, pretrained: str, **kwargs: object) -> tuple[str, dict[str, object]]:
            return pretrained, kwargs

    module = ModuleType("lm_eval.models.huggingface")
    vars(module)["HFLM"] = Model
    patches.accept_quantization_flags(module)
    once = Model._create_model
    patches.accept_quantization_flags(module)
    assert Model._create_model is once
    assert Model()._create_model("gpt2", dtype="auto") == ("gpt2", {"dtype": "auto"})


def test_the_table_of_samples_of_wandb_has_every_row_and_every_metric() -> None:
    register()
    from lm_eval.loggers.wandb_logger import WandbLogger

    model = ScriptedModel(lambda _, doc: target(doc))
    results = evaluate(model, {}, ["heinw_B"], {"n": 40})
    samples: list[dict[str, Any]] = results["samples"]["heinw_B"]
    before = [dict(row) for row in samples]
    # What it logs of each task's samples; making a logger starts a run of W&B.
    table = WandbLogger.__new__(WandbLogger)._generate_dataset(
        samples, results["configs"]["heinw_B"]
    )
    names = [*METRICS, *MEASUREMENTS]
    assert len(table) == len(samples) == 6 * 40
    assert set(names) <= set(table.columns)
    for row, sample in zip(table.to_dict("records"), samples, strict=True):
        told = {name: row[name] for name in names if row[name] is not None}
        found = {name: value for name, value in told.items() if not math.isnan(value)}
        assert found == {name: sample[name] for name in sample["metrics"]}
    assert samples == before


def test_git_is_asked_inside_repositories_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    register()
    from lm_eval.evaluator import get_git_commit_hash

    # The folder of pytest's may itself be inside a repository.
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    assert get_git_commit_hash() is None
    assert capfd.readouterr().err == ""

    subprocess.run(["git", "init", "-q"], check=True)
    commit = ["commit", "-q", "--allow-empty", "-m", "first"]
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a", *commit], check=True)
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    head = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    assert head.stdout.startswith(get_git_commit_hash())
