from __future__ import annotations

import doctest
import re

import pytest

from generators import scenario_c
from generators.scenario_c import generate, phrasing
from generators.scenario_c.attributes import attributes
from generators.scenario_c.phrasing import (
    direct,
    label,
    placement,
    request,
    reverse,
    statement,
    wish,
)

OWNER, LEAD, SEAT = (attributes()[name] for name in ("owner", "lead", "seat"))
PORT, HOME = attributes()["port"], attributes()["home folder"]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (direct(PORT, "kestrel-03", 0, 0), "Name the port of kestrel-03."),
        (
            direct(OWNER, "kestrel-03", 5, 1),
            "What is on record as the colleague who answers for kestrel-03?",
        ),
        (
            direct(HOME, "Nora Holm on kestrel-03", 1, 2),
            "State the home directory of Nora Holm on kestrel-03 as things stand now.",
        ),
        (
            direct(LEAD, "Velmera", 3, 3),
            "By the latest word, what counts as the manager of project Velmera?",
        ),
        (
            reverse(SEAT, "27F", 5, 0),
            "27F is the place on the aircraft that is kept for which person?",
        ),
        (
            reverse(PORT, "48213", 1, 1),
            "Which host is it, if 48213 is the listening port of that host?",
        ),
        (
            reverse(LEAD, "Nora Holm", 0, 2),
            "Name the project for which this holds: Nora Holm is the lead of that project.",
        ),
        (
            label(PORT, "kestrel-03", 0, 0),
            "A label joins the name kestrel-03, a colon and the port of kestrel-03, without spaces."
            " What is it?",
        ),
        (
            placement(OWNER, "Nora Holm", 5, 0),
            "Nora Holm is particular about the colleague who answers for a host."
            " On which host would the jobs of Nora Holm run?",
        ),
        (
            statement(LEAD, "Velmera", "Nora Holm", "14 March 2023", "changed", 2),
            "From 14 March 2023 on, Nora Holm is the new lead of project Velmera.",
        ),
        (
            statement(PORT, "all hosts", "48213", "14 March 2023", "set", 1),
            "The port of all hosts was set to 48213 on 14 March 2023.",
        ),
        (
            statement(SEAT, "Nora Holm", "unset", "14 March 2023", "removed", 0),
            "On 14 March 2023, the seat of Nora Holm was deleted and left unset.",
        ),
        (
            request(SEAT, "Nora Holm", "14 March 2023", 0),
            "On 14 March 2023, it was asked that the seat of Nora Holm be forgotten.",
        ),
        (
            request(LEAD, "Velmera", "14 March 2023", 3),
            "Request of 14 March 2023: forget the lead of project Velmera.",
        ),
        (
            wish(OWNER, "Nora Holm", "Ada Lind", "14 March 2023", 0),
            "On 14 March 2023, Nora Holm asked for jobs to run on a host only if Ada Lind is the"
            " owner of that host.",
        ),
    ],
)
def test_texts_read_as_english(made: str, expected: str):
    assert made == expected


def test_the_docstrings_tell_the_truth():
    assert doctest.testmod(phrasing, extraglobs={"attributes": attributes}).failed == 0
    (row,) = generate(1, 0)
    told = " ".join(str(scenario_c.__doc__).split())
    assert row["context"] in told
    assert row["query"] in told


def test_a_question_names_every_key():
    for row in generate(600, 2):
        assert row["cues"]
        for cue in row["cues"]:
            assert re.search(rf"(?<![\w-]){re.escape(cue)}(?![\w-])", row["query"]), row
        name = row["asked_slot"].removesuffix(" label")
        if name in attributes():
            assert any(wording in row["query"] for wording in attributes()[name].wordings)


def test_a_paraphrased_question_shares_no_word_for_the_setting_with_its_evidence():
    asked = 0
    for row in generate(600, 3):
        if row["cue_type"] != "paraphrase" or row["asked_slot"] not in attributes():
            continue
        usual = attributes()[row["asked_slot"]].names[0].removesuffix(" of")
        assert usual not in row["query"]
        asked += row["answerable"]
    assert asked >= 15
