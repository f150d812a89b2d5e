"""An installed suite is found by stock lm_eval, by every road, from any folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.environments import Environment

ROWS = ("all", "lag_0-1", "lag_1-3", "lag_3-7", "lag_7-30", "lag_30+")


def names_in_table(output: str) -> set[str]:
    """First cells of the rows of the tables that lm_eval prints."""
    return {line.split("|")[1].strip() for line in output.splitlines() if line.startswith("|")}


@pytest.mark.slow
def test_the_commands_on_the_card_run_word_for_word(
    from_wheel: Environment, checkpoint: Path, tmp_path: Path
) -> None:
    done = from_wheel.run(
        "lm_eval",
        *("--model", "hf", "--model_args", f"pretrained={checkpoint},load_in_4bit=True"),
        *("--tasks", "heinw_A", "--device", "cpu", "--batch_size", "16", "--limit", "32"),
        *("--output_path", "reports", "--log_samples"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout
    cells = [line.split("|") for line in done.stdout.splitlines() if line.startswith("|")]
    assert {row[3].strip() for row in cells} >= set(ROWS), done.stdout
    (samples,) = (tmp_path / "reports").rglob("samples_heinw_A_*.jsonl")
    assert len(samples.read_text(encoding="utf-8").split("\n")) - 1 == 32 * len(ROWS)

    report = from_wheel.run("python", "-m", "postprocess", "reports", cwd=tmp_path)
    assert report.returncode == 0, report.stdout
    assert [*tmp_path.rglob("*_A_B0_metrics.json")], report.stdout
    assert [*tmp_path.rglob("*_A_B0_report.md")], report.stdout


@pytest.mark.slow
def test_the_other_name_of_the_command_lists_task_and_group(
    from_wheel: Environment, tmp_path: Path
) -> None:
    done = from_wheel.run("lm-eval", "ls", "tasks", cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-2000:]
    assert {"heinw", "heinw_A", "hellaswag"} <= names_in_table(done.stdout)


@pytest.mark.slow
def test_a_launcher_finds_them_too(from_wheel: Environment, tmp_path: Path) -> None:
    launch = ("launch", "--cpu", "--num_processes", "1", "-m", "lm_eval")
    run = ("--model", "dummy", "--tasks", "heinw_A", "--limit", "4")
    done = from_wheel.run("accelerate", *launch, *run, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "heinw_A" in names_in_table(done.stdout)


@pytest.mark.slow
def test_an_editable_installation_passes_the_validation_of_lm_eval(
    editable: Environment, tmp_path: Path
) -> None:
    done = editable.run("lm_eval", "validate", "--tasks", "heinw", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "found" in done.stdout


@pytest.mark.slow
def test_in_python_switched_off_and_on_again_and_overridden(
    from_wheel: Environment, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "task.yaml").write_text("task: heinw_A\n")
    (tmp_path / "script.py").write_text("""
import sys, lm_eval
from lm_eval.tasks import TaskManager
print("off:", [name for name in TaskManager().all_tasks if name.startswith("heinw")])
import hei_nw_tasks
hei_nw_tasks.register()
index = TaskManager(include_path="mine").task_index
print("mine:", index["heinw_A"].yaml_path)
print("ours:", index["heinw"].yaml_path.parent.parent.name)
results = lm_eval.simple_evaluate(model="dummy", tasks=["heinw_A"], limit=32)
print("rows:", *sorted({key.split(",")[1] for key in results["results"]["heinw_A"] if "," in key}))
""")
    done = from_wheel.run("python", "script.py", cwd=tmp_path, HEINW_NO_BRIDGE="1")
    assert done.returncode == 0, done.stdout
    lines = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    assert lines["off"] == "[]"
    assert lines["mine"] == str(Path("mine/task.yaml"))
    assert lines["ours"] == "hei_nw_tasks"
    assert lines["rows"].split() == sorted(ROWS)
