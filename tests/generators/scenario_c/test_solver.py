"""The solver reads texts; it must notice when a text says something else."""

from __future__ import annotations

import ast
import inspect

import pytest

from generators.scenario_c import SCENARIO, solver
from generators.scenario_c.solver import Solver
from generators.world.lags import LagConfig

LOG = [
    "On 1 May 2022, the port of kestrel-03 was set to 48213.",
    "Since 1 May 2022, 48218 is the port of kestrel-08.",
    "Some cyclists chatted about the drizzle on 2 May 2022.",
    "Note of 3 May 2022: the lead of project Velmera is Ada Holm.",
    "Change of 4 May 2022: the port of kestrel-03 is now 48219.",
    "The home folder of Ada Holm on kestrel-03 was set to /srv/oval/harp on 4 May 2022.",
    "The home folder of Bo Lind on kestrel-03 was set to /srv/oval/lute on 4 May 2022.",
    "On 5 May 2022, the gateway of all hosts was set to 10.111.111.111.",
    "On 5 May 2022, the gateway of environment mallow was set to 10.122.122.122.",
    "Since 5 May 2022, kestrel-08 belongs to environment mallow.",
    "Bo Lind made a request on 6 May 2022: run jobs on a host only if 48218 is the port of that"
    " host.",
]
GONE = "On 8 May 2022, the port of kestrel-08 was deleted and left unset."


def ask(query: str, log: list[str] = LOG, visible: int = 99) -> list[str]:
    return Solver(log).solve(query, visible).values


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Name the port of kestrel-03.", ["48219"]),
        ("What is on record as the number that clients dial to reach kestrel-08?", ["48218"]),
        ("By the latest word, what counts as the manager of project Velmera?", ["Ada Holm"]),
        (
            "State the home directory of Bo Lind on kestrel-03 as things stand now.",
            ["/srv/oval/lute"],
        ),
        ("Name the home folder of Bo Lind on kestrel-08.", []),
        ("Name the port of kestrel-09.", []),
        ("48218 is the port of which host?", ["kestrel-08"]),
        ("Which host is it, if 48213 is the port of that host?", []),
        (
            "Name the project for which this holds: Ada Holm is the head of that project.",
            ["Velmera"],
        ),
        (
            "Write a label without spaces: kestrel-03, then a colon, then the port of kestrel-03.",
            ["kestrel-03:48219"],
        ),
        (
            "Bo Lind is particular about the TCP port of a host. On which host would the jobs of"
            " Bo Lind run?",
            ["kestrel-08"],
        ),
        (
            "Going by what Ada Holm asked about the port of a host, which host would get the jobs"
            " of Ada Holm?",
            [],
        ),
    ],
)
def test_it_answers_from_the_texts(query: str, expected: list[str]):
    assert ask(query) == expected


def test_a_host_counts_before_its_environment_and_that_before_all_hosts():
    query = "Name the router address of kestrel-08."
    solution = Solver(LOG).solve(query, 99)
    assert (solution.values, solution.support) == (["10.122.122.122"], [8, 9])
    own = "On 6 May 2022, the gateway of kestrel-08 was set to 10.133.133.133."
    solution = Solver([*LOG, own]).solve(query, 99)
    assert (solution.values, solution.support) == (["10.133.133.133"], [11])
    assert ask("Name the gateway of kestrel-77.") == ["10.111.111.111"]


def test_what_was_removed_is_unset_and_nobody_has_it():
    assert ask("Name the port of kestrel-08.", [*LOG, GONE]) == ["unset"]
    assert ask("48218 is the port of which host?", [*LOG, GONE]) == []


FORGET = (
    "On 8 May 2022, it was asked that the port of kestrel-03 be forgotten.",
    "It was asked on 8 May 2022 that the port of kestrel-03 be forgotten.",
    "Since 8 May 2022, the port of kestrel-03 is to be forgotten.",
    "Request of 8 May 2022: forget the port of kestrel-03.",
)


@pytest.mark.parametrize("request_text", FORGET)
def test_what_is_to_be_forgotten_is_unknown_and_all_else_stays(request_text: str):
    log = [*LOG, request_text]
    assert Solver(log).forgotten(99) == {11: [0, 4]}
    assert ask("Name the port of kestrel-03.", log) == []
    assert ask("48219 is the port of which host?", log) == []
    assert ask("Name the port of kestrel-08.", log) == ["48218"]
    assert ask("Name the port of kestrel-03.", log, visible=11) == ["48219"]
    again = "On 9 May 2022, the port of kestrel-03 was set to 47777."
    assert ask("Name the port of kestrel-03.", [*log, again]) == ["47777"]
    assert Solver([*log, again]).forgotten(99) == {11: [0, 4]}


def test_a_host_whose_setting_is_to_be_forgotten_has_that_of_its_environment():
    own = "On 6 May 2022, the gateway of kestrel-08 was set to 10.133.133.133."
    request_text = "Request of 8 May 2022: forget the gateway of kestrel-08."
    query = "Name the router address of kestrel-08."
    assert ask(query, [*LOG, own, request_text]) == ["10.122.122.122"]


def test_nobody_forgets_who_must_have_forgotten():
    """A name with "forg" in it, or a setting that is called so, would be no request."""
    log = ["On 1 May 2022, the port of kestrel-03 was set to 48213, which Ada forgets."]
    assert Solver(log).forgotten(99) == {}


def test_it_sees_nothing_after_the_prefix():
    assert ask("Name the port of kestrel-03.", visible=4) == ["48213"]


def test_it_goes_by_the_dates_and_not_by_the_order():
    assert ask("Name the port of kestrel-03.", [LOG[4], LOG[0]]) == ["48219"]
    twice = "On 4 May 2022, the port of kestrel-03 was changed to 44444."
    assert ask("Name the port of kestrel-03.", [*LOG, twice]) == ["48219", "44444"]


def test_it_lists_what_could_have_been_asked_for():
    reader = Solver([*LOG, GONE])
    assert reader.mentions("Name the port of kestrel-08.", 99) == ["48213", "48218", "48219"]
    assert reader.mentions("48218 is the port of which host?", 2) == ["kestrel-03", "kestrel-08"]


def test_a_question_about_nothing_it_knows_is_an_error():
    with pytest.raises(ValueError, match="no setting in question"):
        ask("Name the weather in Thornvale.")


def test_a_changed_text_changes_the_answer():
    kinds = ("lookup", "update", "same_key", "override", "beside_forgotten")
    changed = 0
    for world in SCENARIO.worlds(LagConfig(n=80, seed=3)):
        texts = [event.text for event in world.events]
        places = {event.event_id: place for place, event in enumerate(world.events)}
        for question in world.questions:
            if question.query_kind not in kinds:
                continue
            old = question.answers[0]
            place = next(places[one] for one in question.evidence if old in texts[places[one]])
            edited = list(texts)
            edited[place] = texts[place].replace(old, "zebra-77")
            size = question.store_size
            assert Solver(texts).solve(question.query, size).values == [old]
            assert Solver(edited).solve(question.query, size).values == ["zebra-77"]
            without = [*texts[:place], "The choir joked about the heat.", *texts[place + 1 :]]
            assert Solver(without).solve(question.query, size).values != [old]
            changed += 1
    assert changed >= 40


def test_without_any_piece_of_its_evidence_a_question_loses_its_answer():
    """Evidence is what entails the answer: no piece of it can be spared."""
    seen = 0
    for world in SCENARIO.worlds(LagConfig(n=90, seed=4)):
        texts = [event.text for event in world.events]
        places = {event.event_id: place for place, event in enumerate(world.events)}
        for question in world.questions:
            for event_id in question.evidence:
                spared = list(texts)
                spared[places[event_id]] = ""
                found = Solver(spared).solve(question.query, question.store_size).values
                assert found != question.answers[:1], question
                seen += 1
    assert seen >= 80


def test_it_shares_no_code_with_the_derivation_of_the_answers():
    tree = ast.parse(inspect.getsource(solver))
    imported = {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }
    ours = {name for name in imported if name.startswith("generators")}
    # The list of settings is data, read by both.
    assert ours == {*("generators.solving", "generators.scenario_c.attributes")}
