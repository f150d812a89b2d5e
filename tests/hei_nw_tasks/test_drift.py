"""What sleep does to tasks that are not ours, from the command to its report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lm_eval.tasks import TaskManager

from hei_nw_tasks.__main__ import main
from testing.stock_tasks import write_tasks

Captured = pytest.CaptureFixture[str]
_INIT = TaskManager.__init__
DREAMING = "tests.hei_nw_tasks.memory.dreaming"


@pytest.mark.slow
def test_the_model_alone_and_b3_are_asked_other_tasks_too(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    tasks, out = tmp_path / "tasks", tmp_path / "out"
    write_tasks(tasks, "quiz_colours", "words")
    # Its name begins with that of another task.
    text = (tasks / "words.yaml").read_text().replace("task: words", "task: quiz_colours_words")
    (tasks / "words.yaml").write_text(text)
    monkeypatch.chdir(tasks)
    # Reading all tasks of lm_eval takes longer than the rest.
    monkeypatch.setattr(TaskManager, "__init__", _without_defaults)

    def command(drift: str) -> list[str]:
        return [
            *("--mode", "B2,B3", "--memory", f"{DREAMING}:Restless", "--scenario", "A"),
            *("--drift", drift, "--include_path", str(tasks), "--n", "12", "--device", "cpu"),
            *("--model_args", f"pretrained={checkpoint}", "--gen_kwargs", "max_gen_toks=4"),
            *("--batch_size", "8", "--outdir", str(out)),
        ]

    for drift, message in (
        ("quiz_colours,quiz_*", "--drift quiz_*: is neither reading nor a task that lm_eval"),
        ("reading,nowhere", "--drift nowhere: is neither reading nor a task that lm_eval knows"),
        ("heinw_B", "--drift heinw_B: is a task of this suite"),
    ):
        assert main(command(drift)) == 2
        assert message in capsys.readouterr().err
        assert not out.exists()

    several = [*command("quiz_colours"), "--scenario", "A,C"]
    assert main(several) == 2
    assert "is asked with the weights of one scenario" in capsys.readouterr().err
    (tasks / "words.json").rename(tasks / "gone")
    assert main(command("quiz_colours_words")) == 2
    assert "lm_eval cannot load that" in capsys.readouterr().err
    assert not out.exists()
    (tasks / "gone").rename(tasks / "words.json")

    assert main(command("reading,quiz_colours,quiz_colours_words")) == 0
    assert "arm 1 of 5: none" in capsys.readouterr().out
    asked = {
        (config["mode"], config.get("drift")): "quiz_colours" in results["results"]
        for path in (out / "lm_eval").rglob("results_*.json")
        for results in [json.loads(path.read_text())]
        for config in [results["config"]["heinw"]]
        if config.get("baseline") != "oracle"
    }
    assert asked == {
        ("B0", None): True,
        ("B2", None): False,
        ("B3", None): True,
        ("B3", "reading"): False,
    }
    (found,) = json.loads((out / "index.json").read_text())["experiments"]
    (cycle,) = found["consolidation"][0]["cycles"]
    accuracy = next(one for one in cycle["others"] if one["metric"] == "acc,none")
    effect = accuracy["effect"]
    assert (accuracy["task"], effect["n"], effect["worlds"]) == ("quiz_colours", 24, 2)
    assert {one["task"] for one in cycle["others"]} == {"quiz_colours", "quiz_colours_words"}
    (note,) = cycle["others_notes"]
    assert note.startswith("quiz_colours_words perplexity,none: ")
    assert cycle["drift"] is not None


def _without_defaults(self: TaskManager, **options: Any) -> None:
    _INIT(self, **{**options, "include_defaults": False})
