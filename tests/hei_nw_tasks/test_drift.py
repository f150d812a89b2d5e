"""What sleep does to tasks that are not ours, from the command to its report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hei_nw_tasks.__main__ import main
from testing.stock_tasks import write_tasks

Captured = pytest.CaptureFixture[str]
DREAMING = "tests.hei_nw_tasks.memory.dreaming"


@pytest.mark.slow  # lm_eval reads all of its tasks
def test_the_model_alone_and_b3_are_asked_other_tasks_too(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    tasks, out = tmp_path / "tasks", tmp_path / "out"
    write_tasks(tasks, "quiz_colours")
    monkeypatch.chdir(tasks)

    def command(memory: str, drift: str) -> list[str]:
        return [
            *("--mode", "B2,B3", "--memory", f"{DREAMING}:{memory}", "--scenario", "A"),
            *("--drift", drift, "--include_path", str(tasks), "--n", "12", "--device", "cpu"),
            *("--model_args", f"pretrained={checkpoint}", "--gen_kwargs", "max_gen_toks=4"),
            *("--batch_size", "8", "--outdir", str(out / memory)),
        ]

    for drift, message in (
        ("reading,nowhere", "--drift nowhere: is neither reading nor a task that lm_eval knows"),
        ("heinw_B", "--drift heinw_B: is a task of this suite"),
    ):
        assert main(command("Restless", drift)) == 2
        assert message in capsys.readouterr().err
        assert not (out / "Restless").exists()

    for memory in ("Restless", "Dreamless"):
        assert main(command(memory, "reading,quiz_colours")) == 0
        printed = capsys.readouterr().out
        assert "arm 1 of 5: none" in printed
        asked = {
            (config["mode"], config.get("drift")): "quiz_colours" in results["results"]
            for path in (out / memory / "lm_eval").rglob("results_*.json")
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
        (found,) = json.loads((out / memory / "index.json").read_text())["experiments"]
        (cycle,) = found["consolidation"][0]["cycles"]
        accuracy = next(one for one in cycle["others"] if one["metric"] == "acc,none")
        effect = accuracy["effect"]
        assert (accuracy["task"], effect["n"], effect["worlds"]) == ("quiz_colours", 24, 2)
        assert cycle["drift"] is not None
        if memory == "Dreamless":
            assert effect["differing_worlds"] == 0
