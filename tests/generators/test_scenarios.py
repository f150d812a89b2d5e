"""The registry says what the tasks show, and importing it loads no library but pydantic."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from generators.errors import ConfigError
from generators.prompts import ANSWER_TOKENS, INSTRUCTION
from generators.records import Question
from generators.scenario_e.phrasing import prompt
from generators.scenarios import SCENARIOS, scenario

TASKS = Path(__file__).resolve().parents[2] / "hei_nw_tasks" / "tasks"


def task(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((TASKS / name).read_text().replace("!function", ""))
    return loaded


@pytest.mark.parametrize("letter", SCENARIOS)
def test_tasks_are_as_the_registry_says(letter: str):
    entry = scenario(letter)
    leaf = task("_shared.yaml") | task(f"{entry.name}.yaml")
    assert (leaf["task"], leaf["dataset_kwargs"]["letter"]) == (entry.name, letter)
    assert leaf["description"] == entry.instruction
    steps = {row["name"]: row["filter"][0] for row in leaf["filter_list"] if row["name"] != "all"}
    rows = {name: (step["field"], step["low"], step.get("high")) for name, step in steps.items()}
    slices = [
        (axis.column, name, *ends) for axis in entry.axes for name, ends in axis.slices.items()
    ]
    assert list(rows.items()) == [(name, (column, *ends)) for column, name, *ends in slices]


def test_prompts_are_those_of_the_tasks():
    shared = task("_shared.yaml")
    assert shared["description"] == INSTRUCTION
    assert shared["generation_kwargs"]["max_gen_toks"] == ANSWER_TOKENS
    question = shared["doc_to_text"].replace("{{query}}", "Who?")
    assert prompt(["One.", "Two."], "Who?") == f"{INSTRUCTION}One.\nTwo.\n\n{question}"


def test_axes_are_columns_of_the_dataset():
    columns = {column.name for column in fields(Question)}
    assert {axis.column for entry in SCENARIOS.values() for axis in entry.axes} <= columns
    assert len({entry.title for entry in SCENARIOS.values()}) == len(SCENARIOS)


def test_an_unknown_letter_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match="scenario 'Q' is unknown → the scenarios are A, B, C"):
        scenario("Q")
