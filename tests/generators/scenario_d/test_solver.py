"""The solver reads texts; it must notice when a text says something else."""

from __future__ import annotations

import ast
import inspect

import pytest

from generators.scenario_d import SCENARIO, solver
from generators.scenario_d.config import InterferenceConfig
from generators.scenario_d.solver import Solver

LOG = [
    "On 1 May 2022 at 08:00, parcel KXM-4471 was handed to Ada Holm in Thornvale; receipt 52817.",
    "The queue at the bank was short on 2 May 2022, so there was time to chat.",
    "Ada Holmes collected parcel KXM-4417 in Thornwick at 14:05 on 3 May 2022; receipt 52871.",
    "In Ravenby, Bo Lind signed receipt 52171 for parcel KXM-4477 on 4 May 2022 at 09:30.",
]


def ask(query: str, visible: int = 4, log: list[str] = LOG) -> list[str]:
    return Solver(log).solve(query, visible).values


def test_it_answers_from_the_texts():
    assert ask("Who collected parcel KXM-4471?") == ["Ada Holm"]
    assert ask("To whom was parcel KXM-4477 handed?") == ["Bo Lind"]
    assert ask("In which place was parcel KXM-4417 picked up?") == ["Thornwick"]
    assert ask("What number is on the receipt for parcel KXM-4477?") == ["52171"]
    assert ask("Name the place where parcel KXM-4478 was handed over.") == []


def test_it_says_which_events_say_so():
    assert Solver(LOG).solve("Who collected parcel KXM-4477?", 4).support == [3]


def test_it_reports_what_is_ambiguous():
    twice = [*LOG, LOG[3].replace("Bo Lind", "Cy Lind")]
    assert ask("Who collected parcel KXM-4477?", 5, twice) == ["Bo Lind", "Cy Lind"]


def test_it_sees_nothing_after_the_prefix():
    assert ask("Who collected parcel KXM-4477?", visible=3) == []
    reader = Solver(LOG)
    assert reader.mentions("Who collected parcel KXM-4477?", 3) == ["Ada Holm", "Ada Holmes"]
    assert reader.mentions("Who collected parcel KXM-4477?", 4)[-1] == "Bo Lind"
    assert reader.mentions("Where was parcel KXM-4477 collected?", 1) == ["Thornvale"]


def test_a_question_without_a_code_cannot_be_read():
    with pytest.raises(ValueError, match="no code"):
        ask("Who collected the parcel?")


def test_a_changed_text_changes_the_answer():
    changed = 0
    new = {"who": "Ada Zee", "where": "Elsewhere", "receipt": "11111"}
    for world in SCENARIO.worlds(InterferenceConfig(n=60, seed=3)):
        for question in world.questions[:15]:
            if not question.answerable:
                continue
            store = world.store(question.store_size)
            texts = [event.text for event in store]
            ids = [event.event_id for event in store]
            place = ids.index(question.evidence[0])
            edited = list(texts)
            value = new[question.asked_slot]
            edited[place] = texts[place].replace(question.answers[0], value)
            size = question.store_size
            assert Solver(texts).solve(question.query, size).values == question.answers
            assert Solver(edited).solve(question.query, size).values == [value]
            changed += 1
    assert changed == 24


def test_it_shares_no_code_with_the_derivation_of_the_answers():
    tree = ast.parse(inspect.getsource(solver))
    imported = {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }
    ours = {name for name in imported if name.startswith("generators")}
    assert ours == {"generators.solving"}
