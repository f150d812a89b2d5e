"""The solver reads texts; it must notice when a text says something else."""

from __future__ import annotations

import ast
import inspect

import pytest

from generators.scenario_e import SCENARIO, solver
from generators.scenario_e.config import TranscriptConfig
from generators.scenario_e.solver import Solver

LOG = [
    "1 May 2022: Nora got box 447.",
    "The tea went cold twice on 2 May 2022, and nobody cared.",
    "3 May 2022: hut 474 went to Otto.",
    "On 4 May 2022 Ivo got box 744.",
    "Cora got van 774 on 5 May 2022.",
]


def ask(query: str, visible: int = 5, log: list[str] = LOG) -> list[str]:
    return Solver(log).solve(query, visible).values


def test_it_answers_from_the_texts():
    assert ask("What is the number of Nora's box?") == ["447"]
    assert ask("Which hut number did Otto get?") == ["474"]
    assert ask("Name the person who got box 744.") == ["Ivo"]
    assert ask("To which person did van 774 go?") == ["Cora"]
    assert ask("To which person did van 447 go?") == []
    assert ask("Name the number of Nora's hut.") == []


def test_it_says_which_events_say_so():
    assert Solver(LOG).solve("Who was it that got box 744?", 5).support == [3]


def test_it_reports_what_is_ambiguous():
    assert ask("Who was it that got box 744?", 6, [*LOG, "6 May 2022: Elena got box 744."]) == [
        *("Ivo", "Elena")
    ]


def test_it_sees_nothing_after_the_prefix():
    assert ask("Who was it that got box 744?", visible=3) == []
    assert Solver(LOG).mentions("Who was it that got box 744?", 4) == ["Nora", "Otto", "Ivo"]


def test_a_question_without_a_fact_cannot_be_read():
    with pytest.raises(ValueError, match="no fact"):
        ask("Who got the box?")


def test_a_changed_text_changes_the_answer():
    changed = 0
    new = {"who": "Zoe", "number": "111"}
    for world in SCENARIO.worlds(TranscriptConfig(n=50, seed=3)):
        texts = [event.text for event in world.events]
        ids = [event.event_id for event in world.events]
        for question in world.questions:
            if not question.answerable:
                continue
            place = ids.index(question.evidence[0])
            edited = list(texts)
            value = new[question.asked_slot]
            edited[place] = texts[place].replace(question.answers[0], value)
            size = question.store_size
            assert Solver(texts).solve(question.query, size).values == question.answers
            assert Solver(edited).solve(question.query, size).values == [value]
            changed += 1
    assert changed == 40


def test_it_shares_no_code_with_the_derivation_of_the_answers():
    tree = ast.parse(inspect.getsource(solver))
    imported = {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }
    ours = {name for name in imported if name.startswith("generators")}
    assert ours == {"generators.solving"}
