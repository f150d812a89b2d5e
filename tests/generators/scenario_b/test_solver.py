"""The solver reads texts; it must notice when a text says something else, or nothing for sure."""

from __future__ import annotations

import ast
import inspect
from datetime import timedelta

import pytest

from generators.scenario_b import SCENARIO, lexicon, solver
from generators.scenario_b.facts import table
from generators.scenario_b.phrasing import question_text
from generators.scenario_b.plan import WORDINGS
from generators.scenario_b.solver import Solver
from generators.world.lags import LagConfig
from generators.world.pools import pools
from generators.world.timestamps import spell_date

LOG = [
    "On 1 May 2022, the record was corrected: the capital of Peru is Oslo from 4 April 2022 on.",
    "Correction entered on 2 May 2022: since 3 March 2022, the capital of Peru is Quito.",
    "Some cyclists chatted about the drizzle on 2 May 2022.",
    "Heard on 3 May 2022 and never confirmed: since 2 May 2022, the capital of Peru is Rome.",
    "The record was looked up on 4 May 2022: Paris is still the capital of France.",
    "From 1 April 2022 on, Kyiv is the capital of Thornvale; the record was changed on 5 May 2022.",
    "The record was amended on 6 May 2022: Ulm is the birthplace of Franz Kafka since 1 May 2022.",
]


def ask(query: str, visible: int = len(LOG)) -> list[str]:
    return Solver(LOG).solve(query, visible).values


def test_the_day_from_which_it_holds_decides_and_not_the_telling():
    assert ask("What is the capital of Peru?") == ["Oslo"]
    assert ask("Before 4 April 2022, what was the capital of Peru?") == ["Quito"]
    assert ask("What was the capital of Peru before 3 March 2022?") == ["Lima"]
    assert ask("What is the capital of Peru?", visible=0) == ["Lima"]


def test_rumours_and_restatements_change_nothing():
    assert Solver(LOG[3:4]).solve("What is the capital of Peru?", 1).values == ["Lima"]
    assert Solver(LOG[4:5]).solve("Which city is the capital of France?", 1) == (
        ["Paris"],
        [],
        False,
    )


def test_made_up_subjects_have_what_the_log_says_and_nothing_else():
    assert ask("Name the capital city of Thornvale.") == ["Kyiv"]
    assert ask("Name the capital city of Ravenby.") == []
    assert ask("Before 1 April 2022, what was the capital of Thornvale?") == []
    assert ask("Where was Raphael Stackhouse born?") == []


def test_descriptions_are_followed():
    assert ask("What is the capital of the country whose calling code is +51?") == ["Oslo"]
    assert ask("Where was the author of “The Metamorphosis” born?") == ["Ulm"]


def test_a_description_follows_edits_too():
    log = ["On 1 May 2022, the record was corrected: the calling code of Peru is +33 from "
           "4 April 2022 on."]  # fmt: skip
    query = "What is the capital of the country whose calling code is +51?"
    assert Solver(log).solve(query, visible=1).values == []
    assert Solver(log).solve(query, visible=0).values == ["Lima"]


def test_all_values_of_the_asked_relation_are_mentions():
    mentions = Solver(LOG).mentions("What is the capital of Peru?", visible=6)
    assert mentions == ["Oslo", "Quito", "Rome", "Paris", "Kyiv"]
    assert Solver(LOG).mentions("Where was Franz Kafka born?", visible=7) == ["Ulm"]


def test_two_corrections_from_the_same_day_are_ambiguous():
    other = LOG[0].replace("Oslo", "Rome")
    assert Solver([LOG[0], other]).solve("What is the capital of Peru?", 2).values == [
        "Oslo",
        "Rome",
    ]


def test_a_changed_text_changes_the_answer():
    changed = moved = doubted = 0
    for world in SCENARIO.worlds(LagConfig(n=40, seed=3)):
        texts = [event.text for event in world.events]
        ids = [event.event_id for event in world.events]
        for question in world.questions:
            if not question.evidence or question.query_kind == "before":
                continue
            place, size, gold = ids.index(question.evidence[0]), len(texts), question.answers[0]
            event = world.events[place]

            def solve(text: str, query: str = question.query, place: int = place) -> list[str]:
                edited = [*texts[:place], text, *texts[place + 1 :]]  # noqa: B023
                return Solver(edited).solve(query, size).values  # noqa: B023

            assert solve(event.text) == [gold]
            taken = {*question.prior_answers, *question.answers}
            new = next(v for v in table().values(question.asked_slot) if v not in taken)
            assert solve(event.text.replace(gold, new)) == [new]
            changed += 1
            # Another correction decides when this one is said to hold from long ago.
            since = event.date.fromisoformat(event.slots["since"])
            long_ago = spell_date(since - timedelta(days=4000))
            others = [v for v in question.prior_answers if v != gold]
            if question.cue_type in ("in_order", "out_of_order"):
                (value,) = solve(event.text.replace(spell_date(since), long_ago))
                assert value in others
                moved += 1
            assert solve(f"Unconfirmed: {event.text}") != [gold] or question.cue_type == "returned"
            doubted += 1
    assert changed == doubted > 20
    assert moved > 5


@pytest.mark.parametrize("relation", list(table().relations))
def test_the_lexicon_knows_each_question_for_what_it_is(relation: str):
    for subject in table().subjects(relation):
        for wording in range(WORDINGS):
            query = question_text(relation, subject, wording)
            assert lexicon.relations_in(query) == [relation], query


def test_no_made_up_name_sounds_like_a_relation():
    words = pools()
    for name in (*words.nouns, *words.adjectives, *words.first_names, *words.last_names):
        assert lexicon.relations_in(f"{name} {name.lower()}") == []


def test_it_shares_no_code_with_the_derivation_of_the_answers():
    ours = set()
    for module in (solver, lexicon):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("generators"):
                ours.add(node.module)
    data = {"generators.scenario_b.facts", "generators.world.pools", "generators.solving"}
    assert ours == {"generators.scenario_b.lexicon", *data}
    assert "table().relations" not in inspect.getsource(solver)
