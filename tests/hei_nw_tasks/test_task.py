"""The tasks as lm_eval sees them: which there are, what they ask, and what their rows mean."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import lm_eval
import pytest
import yaml
from lm_eval.api.model import LM
from lm_eval.tasks import TaskManager

from generators.datasets.source import config_from
from generators.datasets.storage import write
from generators.datasets.tables import Tables, build, describe
from generators.errors import HeinwError
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_c.config import SettingsConfig
from generators.scenarios import SCENARIOS
from generators.world.pools import pools
from hei_nw_tasks.task import load_dataset, process_results, target

ROOT = Path(__file__).resolve().parents[2]
TASKS = ROOT / "hei_nw_tasks" / "tasks"
BINS = {
    **{"lag_0-1": (0, 1), "lag_1-3": (1, 3), "lag_3-7": (3, 7), "lag_7-30": (7, 30)},
    "lag_30+": (30, 10**9),
}


def manager(metadata: dict[str, Any] | None = None) -> TaskManager:
    return TaskManager(include_path=str(TASKS), include_defaults=False, metadata=metadata)


class Recall(LM):
    """Remembers all answers up to a lag, and abstains from what it cannot know."""

    def __init__(self, rows: list[dict[str, Any]], up_to: int) -> None:
        super().__init__()
        self.prompts: list[str] = []
        self._answers = {
            row["id"]: row["answers"][0]
            if row["answerable"] and (row["lag"] or 0) < up_to
            else "unknown"
            for row in rows
        }

    def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
        self.prompts = [request.args[0] for request in requests]
        # By id: questions of two worlds may be worded alike.
        return [self._answers[request.doc["id"]] for request in requests]

    def loglikelihood(self, requests: list[Any]) -> list[tuple[float, bool]]:
        raise AssertionError("only generation is asked for")

    def loglikelihood_rolling(self, requests: list[Any]) -> list[float]:
        raise AssertionError("only generation is asked for")


def evaluate(model: LM, metadata: dict[str, Any], tasks: list[str]) -> dict[str, Any]:
    return lm_eval.simple_evaluate(model=model, tasks=tasks, task_manager=manager(metadata))


def test_exactly_our_tasks_are_indexed():
    index = manager().task_index
    tasks = {f"heinw_{letter}": "PY_TASK" for letter in SCENARIOS}
    assert {name: entry.kind.name for name, entry in index.items()} == {"heinw": "GROUP", **tasks}
    assert yaml.safe_load((TASKS / "heinw.yaml").read_text())["task"] == list(tasks)


def test_guesses_of_defaults_are_a_row_of_scenario_c():
    rows = list(build("C", SettingsConfig(n=200, seed=2)).rows())
    guesser = Recall([row | {"answers": ["5432"], "answerable": True} for row in rows], up_to=99)
    scores = evaluate(guesser, {"n": 200, "seed": 2}, ["heinw_C"])["results"]["heinw_C"]
    ports = sum(row["asked_slot"] in ("port", "port label") for row in rows)
    assert ports >= 2
    assert scores["default_guess,all"] == pytest.approx(ports / 200)


def test_each_row_is_about_its_own_questions():
    rows = list(build("A", EpisodeConfig(n=100, seed=2)).rows())
    model = Recall(rows, up_to=3)
    results = evaluate(model, {"n": 100, "seed": 2}, ["heinw_A"])
    scores = results["results"]["heinw_A"]
    answerable = [row for row in rows if row["answerable"]]
    known = sum(row["lag"] < 3 for row in answerable) / len(answerable)
    assert scores["exact_match,all"] == pytest.approx(known)
    assert scores["false_abstained,all"] == pytest.approx(1 - known)
    assert scores["abstained,all"] == 1.0
    recalled = {name: float(low < 3) for name, (low, _) in BINS.items()}
    assert {name: scores[f"exact_match,{name}"] for name in BINS} == recalled
    assert all(f"abstained,{name}" not in scores for name in BINS)
    for sample in results["samples"]["heinw_A"]:
        low, high = BINS.get(sample["filter"], (-1, 10**9))
        lag = sample["doc"]["lag"]
        inside = sample["filter"] == "all" or (lag is not None and low <= lag < high)
        assert bool(sample["metrics"]) == inside


def test_the_group_is_the_mean_over_its_tasks():
    made = {letter: build(letter, config_from(letter, {"n": 50})) for letter in SCENARIOS}
    model = Recall([row for tables in made.values() for row in tables.rows()], up_to=2)
    results = evaluate(model, {"n": 50}, ["heinw"])["results"]
    scores = [results[f"heinw_{letter}"]["correct,all"] for letter in SCENARIOS]
    assert 0 < min(scores) < max(scores) <= 1
    assert results["heinw"]["correct,all"] == pytest.approx(sum(scores) / len(scores))


@pytest.mark.parametrize(
    ("letter", "field", "prefix", "values"),
    [
        ("D", "store_size", "store", (100, 300, 1000)),
        ("E", "target_tokens", "length", (1000, 2000, 4000, 8000)),
    ],
)
def test_stores_and_lengths_have_rows(
    letter: str, field: str, prefix: str, values: tuple[int, ...]
):
    settings = {"n": 100, "seed": 2}
    rows = list(build(letter, config_from(letter, settings)).rows())
    results = evaluate(Recall(rows, up_to=3), settings, [f"heinw_{letter}"])
    scores = results["results"][f"heinw_{letter}"]
    for value in values:
        mine = [row for row in rows if row[field] == value and row["answerable"]]
        known = sum(row["lag"] < 3 for row in mine) / len(mine)
        assert scores[f"exact_match,{prefix}_{value}"] == pytest.approx(known)


def test_the_prompt_is_instruction_question_and_cue():
    rows = list(build("A", EpisodeConfig(n=20)).rows())
    model = Recall(rows, up_to=99)
    evaluate(model, {"n": 20}, ["heinw_A"])
    instruction = model.prompts[0].split("Question:")[0]
    assert "unknown" in instruction
    assert model.prompts == [f"{instruction}Question: {row['query']}\nAnswer:" for row in rows]


def test_the_instruction_has_no_word_that_could_be_an_answer():
    shared = (TASKS / "_shared.yaml").read_text()
    words = set(re.findall("[a-z]+", shared.split("description:")[1].split("\n")[0].lower()))
    known = pools()
    values = {*known.adjectives, *known.nouns, *(form for verb in known.verbs for form in verb)}
    values |= {name.lower() for name in (*known.first_names, *known.last_names)}
    assert not words & values


def test_results_say_what_they_were_made_from():
    made = build("A", EpisodeConfig(n=20, seed=6))
    results = evaluate(Recall(list(made.rows()), 9), {"n": 20, "seed": 6}, ["heinw_A"])
    manifest = results["configs"]["heinw_A"]["metadata"]["manifest"]
    assert manifest == {**made.manifest.model_dump(mode="json"), "source": "generated"}


def test_frozen_data_is_used_as_it_is(tmp_path: Path):
    made = build("A", EpisodeConfig(n=20, seed=6, confounders_ratio=0.0))
    write(made, tmp_path)
    loaded = load_dataset("A", dataset=str(tmp_path), version=1.0)
    assert loaded["test"].to_list() == list(made.rows())


def test_the_results_say_whether_frozen_data_is_proven(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    """Answers that an always-unknown model gets right, under a checksum of their own."""
    made = build("A", EpisodeConfig(n=20, seed=6))
    write(made, tmp_path)
    manifest: dict[str, object] = {}
    load_dataset("A", manifest, dataset=str(tmp_path))
    assert manifest["doubt"] is None
    worlds = [
        replace(w, questions=[replace(q, answers=[*q.answers, "unknown"]) for q in w.questions])
        for w in made.worlds
    ]
    forged = Tables(describe("A", made.manifest.config, worlds), worlds)
    write(forged, tmp_path, overwrite=True)
    load_dataset("A", manifest, dataset=str(tmp_path))
    assert str(manifest["doubt"]).endswith("differs from what its settings make in answers")
    assert "is not proven: question" in caplog.text


def test_a_target_is_the_canonical_answer_or_unknown():
    rows = list(build("A", EpisodeConfig(n=10)).rows())
    for row in rows:
        assert target(row) == (row["answers"][0] if row["answerable"] else "unknown")
        assert process_results(row, [None]) == {}
        right = process_results(row, [target(row)])
        assert right.get("abstained", right.get("exact_match")) == 1.0


@pytest.mark.slow
def test_a_misspelt_setting_is_one_line_on_the_command_line():
    """Python would show forty lines of lm_eval; we show the one that matters."""
    command = [sys.executable, "-m", "lm_eval", "--model", "dummy", "--tasks", "heinw_A"]
    settings = ["--include_path", str(TASKS), "--metadata", json.dumps({"confounder_ratio": 0})]
    done = subprocess.run([*command, *settings], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1] == (
        "heinw: unknown key 'confounder_ratio' → did you mean 'confounders_ratio'?"
    )


def test_a_setting_of_another_scenario_is_said_to_be_none_of_this_one(
    caplog: pytest.LogCaptureFixture,
):
    load_dataset("D", n=10, store_size=500, tokenizer="x", pretrained="x")
    load_dataset("A", n=10, store_size=200, tokenizer="x", pretrained="x")
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warnings == ["heinw_D: not a setting of this scenario: store_size"]


def test_in_a_program_it_is_an_exception():
    with pytest.raises(HeinwError, match="n=0"):
        evaluate(Recall([], 0), {"n": 0}, ["heinw_A"])


def test_no_argument_of_any_model_of_lm_eval_is_taken_for_a_misspelt_setting():
    """lm_eval hands model arguments over with the metadata; read from its sources, not imported."""
    arguments: set[str] = set()
    for path in Path(lm_eval.__file__).parent.glob("models/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name == "__init__":
                arguments |= {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
    assert {"pretrained", "tensor_parallel_size", "base_url"} <= arguments
    for letter in SCENARIOS:
        config_from(letter, dict.fromkeys(arguments - {"n", "seed", "tokenizer"}, 1))
