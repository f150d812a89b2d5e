"""The solver reads texts; it must notice when a text says something else."""

from __future__ import annotations

import ast
import inspect

from generators.scenario_a import SCENARIO, solver
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.solver import Solver

LOG = [
    "On 1 May 2022 at 08:00, Ada Holm repaired a copper lantern in Thornvale.",
    "Some cyclists chatted about the drizzle on 2 May 2022 at 10:00.",
    "Ada Holm sold an oval mirror in Ravenby on 3 May 2022 at 14:05.",
    "In Thornvale, Bo Lind repaired a copper kettle at 09:30 on 4 May 2022.",
]


def ask(query: str, visible: int = 4, log: list[str] = LOG) -> list[str]:
    return Solver(log).solve(query, visible).values


def test_it_answers_from_the_texts():
    assert ask("Who repaired something in Thornvale at 08:00 on 1 May 2022?") == ["Ada Holm"]
    assert ask("What did Ada Holm most recently deal with?") == ["oval mirror"]
    assert ask("At what time of day did someone sell something?") == ["14:05"]
    assert ask("List every place where Ada Holm dealt with something.") == ["Thornvale", "Ravenby"]
    assert ask("Where did Ada Holm repair the copper kettle?") == []


def test_it_understands_other_words():
    assert ask("Who fixed the metallic source of light?") == ["Ada Holm"]
    assert ask("Who fixed something in the place named after a prickly plant?") == [
        *("Ada Holm", "Bo Lind")
    ]
    on = "on the first Tuesday of the fifth month in twenty twenty-two"
    assert ask(
        f"What did someone exchange for cash {on} at five minutes past two in the afternoon?"
    ) == ["oval mirror"]
    assert (
        ask("At what exact time did someone most recently deal with the egg-shaped puzzle?") == []
    )


def test_it_reports_what_is_ambiguous():
    assert ask("Which person repaired something in Thornvale?") == ["Ada Holm", "Bo Lind"]


def test_it_sees_nothing_after_the_prefix():
    assert ask("What did Ada Holm most recently deal with?", visible=2) == ["copper lantern"]


def test_small_talk_is_no_episode():
    assert Solver(LOG).mentions("Who repaired something?", visible=4) == [
        *("Ada Holm", "Ada Holm", "Bo Lind")
    ]


def test_a_changed_text_changes_the_answer():
    changed = 0
    for world in SCENARIO.worlds(EpisodeConfig(n=50, seed=3)):
        texts = [event.text for event in world.events]
        for question in world.questions:
            if question.query_kind != "single":
                continue
            place = [event.event_id for event in world.events].index(question.evidence[0])
            old = question.answers[0]
            new = {"who": "Ada Holm", "what": "oval thing", "where": "Elsewhere", "when": "23:59"}
            edited = list(texts)
            edited[place] = texts[place].replace(old, new[question.asked_slot])
            size = question.store_size
            assert Solver(texts).solve(question.query, size).values == [old]
            assert Solver(edited).solve(question.query, size).values == [new[question.asked_slot]]
            changed += 1
    assert changed == 25


def test_it_shares_no_code_with_the_derivation_of_the_answers():
    tree = ast.parse(inspect.getsource(solver))
    imported = {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }
    ours = {name for name in imported if name.startswith("generators")}
    assert ours == {
        *("generators.solving", "generators.world.pools", "generators.glossary"),
        "generators.scenario_a.almanac",
    }
