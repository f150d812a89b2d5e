"""What kind of right or wrong a response is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hei_nw_tasks import metrics
from hei_nw_tasks.scoring import naming


def question(**changes: Any) -> dict[str, Any]:
    """The columns of a dataset row that scoring reads."""
    row: dict[str, Any] = {
        "answers": ["Café Lumen"],
        "answerable": True,
        "query_kind": "single",
        "prior_answers": ["Bar Sol"],
        "distractor_answers": ["Quay Nine"],
        "other_answers": ["Old Mill", "Hotel Rue"],
    }
    return row | changes


UNANSWERABLE = question(answers=[], answerable=False, query_kind="unanswerable")
LIST = question(answers=["Mia Sol, Jo Park, Al Roy"], query_kind="list", other_answers=["Eve Lin"])


#  document      response                                  outcome
OUTCOMES = [
    (question(), "Café Lumen", "correct"),
    (question(), "It was at the café lumen.", "correct"),
    (question(), "Bar Sol", "stale"),
    (question(), "Quay Nine", "distractor"),
    (question(), "at the old mill", "other_in_world"),
    (question(), "Old Mill or Quay Nine", "distractor"),
    (question(), "Quay Nine, formerly Bar Sol", "distractor"),
    (question(), "<think>Café Lumen", "unfinished"),
    (question(), "not Café Lumen", "out_of_world"),
    (question(), "Bar Sol or Quay Nine", "stale"),
    (question(), "Café Lumen or Bar Sol", "stale"),
    (question(prior_answers=["Café Lumen"]), "Café Lumen or Old Mill", "other_in_world"),
    (question(), "Café", "out_of_world"),
    (question(), "Paris", "out_of_world"),
    (question(), "I don't know", "abstained"),
    (question(answers=["unknown"]), "unknown", "correct"),
    (question(), "", "empty"),
    (question(), " \n", "empty"),
    (question(), "...", "empty"),
    (question(answers=["Bar Sol"]), "Bar Sol", "correct"),
    (UNANSWERABLE, "unknown", "correct"),
    (UNANSWERABLE, "Quay Nine", "distractor"),
    (UNANSWERABLE, "Paris", "out_of_world"),
    (UNANSWERABLE, "", "empty"),
    (LIST, "Al Roy, Mia Sol, Jo Park", "correct"),
    (LIST, "Al Roy, Mia Sol", "other_in_world"),
    (LIST, "Al Roy, Mia Sol, Eve Lin", "other_in_world"),
    (LIST, "Al Roy, Quay Nine", "distractor"),
]


@pytest.mark.parametrize(("doc", "response", "expected"), OUTCOMES)
def test_outcomes(doc: dict[str, Any], response: str, expected: str) -> None:
    assert naming.outcome(doc, response) == expected


@given(st.sampled_from([question(), UNANSWERABLE, LIST]), st.text(max_size=30))
def test_any_text_has_a_score_and_an_outcome_that_agree(doc: dict[str, Any], text: str) -> None:
    scores = metrics.score(doc, text)
    assert all(0 <= value <= 1 for value in scores.values())
    right = scores["correct"] if doc["answerable"] else scores["abstained"]
    assert (naming.outcome(doc, text) == "correct") == bool(right)


EDITED = question(
    scenario="B",
    query_kind="direct",
    asked_slot="capital",
    answers=["Oslo"],
    prior_answers=["Lima", "Ciudad de los Reyes"],
    distractor_answers=["Quito"],
    other_answers=["Rome"],
)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("Lima", 1.0),
        ("It is Lima.", 1.0),
        ("ciudad de los reyes", 1.0),
        ("Oslo", 0.0),
        ("Oslo, formerly Lima", 0.0),
        ("Limassol", 0.0),
        ("Quito", 0.0),
        ("unknown", 0.0),
        ("", 0.0),
    ],
)
def test_stale_names_an_old_value_and_not_the_new_one(response: str, expected: float) -> None:
    assert naming.stale(EDITED, response) == expected


def test_a_value_that_is_right_again_is_not_stale() -> None:
    assert naming.stale({"answers": ["Lima"], "prior_answers": ["Oslo", "lima"]}, "Lima") == 0.0


PORT = question(
    scenario="C",
    query_kind="lookup",
    asked_slot="port",
    answers=["48213"],
    prior_answers=["48113"],
    distractor_answers=["48218"],
    other_answers=["45433", "46379"],
)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("5432", 1.0),
        ("The port is 8080.", 1.0),
        ("localhost:6379", 1.0),
        ("not 48213 but 3306", 1.0),
        ("22", 1.0),
        ("48213", 0.0),
        ("48218", 0.0),  # a value of the world is no default
        ("15432", 0.0),
        ("5432-b", 0.0),
        ("kestrel-22", 0.0),
        ("It was 48213 as of 22 March 2023.", 0.0),
        ("bash", 0.0),  # the default of something else
        ("unknown", 0.0),
        ("", 0.0),
    ],
)
def test_a_default_guess_names_a_default_of_what_is_asked(response: str, expected: float) -> None:
    assert metrics.score(PORT, response)["default_guess"] == expected


def test_default_guesses_of_other_settings() -> None:
    shell = PORT | {"asked_slot": "login shell", "answers": ["/opt/velmera/console"]}
    assert naming.default_guess(shell, "/bin/bash") == 1.0
    assert naming.default_guess(shell, "/opt/velmera/console") == 0.0
    label = PORT | {"asked_slot": "port label", "answers": ["kestrel-03:48213"]}
    assert naming.default_guess(label, "kestrel-03:5432") == 1.0
    assert naming.default_guess(label, "kestrel-03:48213") == 0.0
    assert naming.default_guess(PORT | {"asked_slot": "host"}, "5432") == 0.0


def test_a_default_that_is_the_answer_is_no_guess() -> None:
    assert naming.default_guess(PORT | {"answers": ["5432"]}, "5432") == 0.0
    assert naming.default_guess(PORT | {"other_answers": ["5432"]}, "5432") == 0.0


@pytest.mark.parametrize(
    ("gold", "rival", "response", "right"),
    [
        ("45433", "45438", "45433", 1.0),
        ("45433", "45438", "The port is 45433.", 1.0),
        ("45433", "45438", "kestrel-03:45433", 1.0),
        ("45433", "45438", "145433", 0.0),
        ("45433", "45438", "45433 or 45438", 0.0),
        ("kestrel-03", "kestrel-08", "It is kestrel-03.", 1.0),
        ("kestrel-03", "kestrel-08", "kestrel-030", 0.0),
        ("kestrel-03", "kestrel-08", "kestrel", 0.0),
        ("kestrel-03:48213", "kestrel-03:48218", "kestrel-03:48213", 1.0),
        ("kestrel-03:48213", "kestrel-03:48218", "kestrel-03:48218", 0.0),
        ("10.117.140.132", "10.117.140.133", "via 10.117.140.132", 1.0),
        ("10.117.140.132", "10.117.140.133", "10.117.140.1", 0.0),
        ("/srv/ochre/kettle", "/srv/ochre/lantern", "in /srv/ochre/kettle/", 1.0),
        ("/srv/ochre/kettle", "/srv/ochre/lantern", "/srv/ochre", 0.0),
    ],
)
def test_values_of_settings_count_as_whole_tokens(
    gold: str, rival: str, response: str, right: float
) -> None:
    row = PORT | {"answers": [gold], "other_answers": [rival], "distractor_answers": []}
    assert metrics.score(row, response)["correct"] == right
