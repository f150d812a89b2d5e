"""Each metric against a table a person can check, and SQuAD's against an implementation of it."""

from __future__ import annotations

import random
import string
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torchmetrics.functional.text.squad import squad

from hei_nw_tasks import metrics
from hei_nw_tasks.scoring import aggregates, naming
from hei_nw_tasks.scoring import squad as squad_scores
from hei_nw_tasks.scoring.correct import abstained
from hei_nw_tasks.scoring.text import split_list


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


def test_importing_the_metrics_imports_nothing_but_the_standard_library() -> None:
    foreign = (
        "import sys; import hei_nw_tasks.metrics; "
        "print({m.split('.')[0] for m in sys.modules} & "
        "{'torch','lm_eval','datasets','pydantic','numpy','generators','transformers'})"
    )
    shown = subprocess.run(
        [sys.executable, "-c", foreign], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "set()"


# --- SQuAD ---------------------------------------------------------------------------------------

PIECES = [
    *("a", "an", "the", "The", "A", "AN", "theta", "another", "café", "Café", "Lumen", "port"),
    *("5433", "15433", "3.5", "1,000", "don't", "O'Neill", "e-mail", "α", "Ünï", "ß", "İ", "日本"),
    *string.punctuation,
    *(" ", "  ", "\t", "\n", "\u00a0", "\u2028", "\u2014", "\u2019", "\u0301", "\u200b", "😀", ""),
]


def squad_of(response: str, answers: list[str]) -> tuple[float, float]:
    """EM and F1 in [0, 1] by torchmetrics, whose code follows the official script."""
    scores = squad(
        {"prediction_text": response, "id": "1"},
        {"answers": {"answer_start": [0] * len(answers), "text": answers}, "id": "1"},
    )
    return float(scores["exact_match"]) / 100, float(scores["f1"]) / 100


def random_text(rng: random.Random) -> str:
    glue = rng.choice(["", " "])
    return glue.join(rng.choice(PIECES) for _ in range(rng.randint(0, 7)))


@pytest.mark.parametrize("seed", range(8))
def test_em_and_f1_equal_squad_on_random_strings(seed: int) -> None:
    rng = random.Random(f"squad:{seed}")
    partial = 0
    for _ in range(500):
        answers = [random_text(rng) for _ in range(rng.randint(1, 3))]
        # Half of the responses are edits of an answer, or nothing would ever agree.
        response = random_text(rng)
        if rng.random() < 0.5:
            response = rng.choice(answers).upper() + response
        em, f1 = squad_of(response, answers)
        assert squad_scores.exact_match(response, answers) == em, (response, answers)
        assert squad_scores.f1(response, answers) == pytest.approx(f1, abs=1e-6), (
            response,
            answers,
        )
        partial += 0 < f1 < 1
    assert partial > 50, "the strings must exercise more than 0 and 1"


@given(st.text(), st.lists(st.text(), min_size=1, max_size=3))
def test_em_and_f1_equal_squad_on_any_text(response: str, answers: list[str]) -> None:
    em, f1 = squad_of(response, answers)
    assert squad_scores.exact_match(response, answers) == em
    assert squad_scores.f1(response, answers) == pytest.approx(f1, abs=1e-6)


@given(st.text(), st.lists(st.text(), max_size=3))
def test_f1_is_never_below_exact_match(response: str, answers: list[str]) -> None:
    assert squad_scores.f1(response, answers) >= squad_scores.exact_match(response, answers)


# --- tables --------------------------------------------------------------------------------------

#  response                          answer          EM   strict contains
SINGLE = [
    ("Café Lumen", "Café Lumen", 1, 1, 1),
    (" Café Lumen\n", "Café Lumen", 1, 1, 1),
    ("café lumen.", "Café Lumen", 1, 0, 1),
    ("At the Café Lumen", "Café Lumen", 0, 0, 1),
    ("Café", "Café Lumen", 0, 0, 0),
    ("Lumen Café", "Café Lumen", 0, 0, 0),
    ("Café Lumen's terrace", "Café Lumen", 0, 0, 1),
    ("Café Lumens", "Café Lumen", 0, 0, 0),
    ("Cafe\u0301 Lumen", "Café Lumen", 0, 0, 1),  # decomposed accent: SQuAD does not compose
    ("The port is 5433", "5433", 0, 0, 1),
    ("5433.", "5433", 1, 0, 1),
    ("host:5433", "5433", 0, 0, 1),
    ("15433", "5433", 0, 0, 0),
    ("54330", "5433", 0, 0, 0),
    ("15,433", "433", 0, 0, 0),
    ("5.433", "5", 0, 0, 0),
    ("5433-b", "5433", 0, 0, 0),
    ("unit AB-12-C", "AB-12", 0, 0, 0),
    ("eu-west-1b", "eu-west-1", 0, 0, 0),
    ("the region is eu-west-1, I think", "eu-west-1", 0, 0, 1),
    ("Ann-Marie", "Marie", 0, 0, 0),
    ("2031-05-03", "2031-05-03", 1, 1, 1),
    ("on 2031-05-03.", "2031-05-03", 0, 0, 1),
    ("an umbrella", "umbrella", 1, 0, 1),
    ("umbrella", "the umbrella", 1, 0, 1),
    ("", "umbrella", 0, 0, 0),
    ("the", "umbrella", 0, 0, 0),
]


@pytest.mark.parametrize(("response", "answer", "em", "strict", "found"), SINGLE)
def test_single_values(response: str, answer: str, em: int, strict: int, found: int) -> None:
    assert squad_scores.exact_match(response, [answer]) == em
    assert squad_scores.exact_match_strict(response, [answer]) == strict
    assert naming.contains(response, [answer], []) == found


def test_f1_of_a_whole_name_cut_to_half_is_what_the_definition_says() -> None:
    # precision 1/1, recall 1/2 → 2/3; "The port is 5433": precision 1/3, recall 1 → 1/2
    assert squad_scores.f1("Café", ["Café Lumen"]) == pytest.approx(2 / 3)
    assert squad_scores.f1("The port is 5433", ["5433"]) == pytest.approx(1 / 2)


def test_the_best_of_several_answers_counts() -> None:
    assert squad_scores.exact_match("NYC", ["New York", "NYC"]) == 1
    assert squad_scores.f1("New York City", ["NYC", "New York"]) == pytest.approx(0.8)
    assert naming.contains("in New York", ["NYC", "New York"], []) == 1
    assert squad_scores.exact_match("x", []) == squad_scores.f1("x", []) == 0
    assert squad_scores.exact_match_strict("x", []) == naming.contains("x", [], []) == 0


#  response                       rivals                  contains "Café Lumen"
RIVALS = [
    ("Café Lumen", ["Old Mill"], 1),
    ("Café Lumen or Old Mill", ["Old Mill"], 0),
    ("not Old Mill but Café Lumen", ["Old Mill"], 0),
    ("Café Lumen, Old Mills", ["Old Mill"], 1),
    ("Grand Café Lumen", ["Grand Café Lumen"], 0),  # the rival is longer and is what was said
    ("Café Lumen", ["Lumen"], 1),  # the rival is a part of what was said
    ("Café Lumen", ["Café"], 1),
    ("Café Lumen, Lumen", ["Lumen"], 0),
    ("Café Lumen", ["cafe", "the Café Lumen", "!"], 1),  # the answer itself is no rival
]


@pytest.mark.parametrize(("response", "rivals", "found"), RIVALS)
def test_a_dump_of_every_value_does_not_contain_the_answer(
    response: str, rivals: list[str], found: int
) -> None:
    assert naming.contains(response, ["Café Lumen"], rivals) == found


#  response                                   EM  contains  of "Mia Sol, Jo Park, Al Roy"
LISTS = [
    ("Mia Sol, Jo Park, Al Roy", 1, 1),
    ("Al Roy, Mia Sol and Jo Park", 1, 1),
    ("Al Roy; jo park; MIA SOL.", 1, 1),
    ("Al Roy\nJo Park\nMia Sol", 1, 1),
    ("Al Roy & Jo Park, and Mia Sol", 1, 1),
    ("Jo Park, Jo Park, Mia Sol, Al Roy", 1, 1),
    ("They were Al Roy, Mia Sol and Jo Park", 0, 1),
    ("Mia Sol, Jo Park", 0, 0),
    ("Mia Sol, Jo Park, Al Roy, Eve Lin", 0, 0),
    ("Mia Sol, Jo Park, Al Roy, Zed", 0, 1),
    ("Mia Jo, Sol Park, Al Roy", 0, 0),
    ("Mia Sol Jo Park Al Roy", 0, 1),
    ("Mia Sandal Roy", 0, 0),
    ("", 0, 0),
    (",", 0, 0),
]


@pytest.mark.parametrize(("response", "em", "found"), LISTS)
def test_lists_are_sets(response: str, em: int, found: int) -> None:
    answers = LIST["answers"]
    assert squad_scores.exact_match(response, answers, is_list=True) == em
    assert naming.contains(response, answers, ["Eve Lin", "Mia Sol"], is_list=True) == found


def test_an_answer_without_a_value_is_never_right() -> None:
    assert squad_scores.exact_match("", [""], is_list=True) == 0
    assert squad_scores.exact_match("and", [", "], is_list=True) == 0
    assert naming.contains("", [""], []) == naming.contains("the", ["the"], []) == 0


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("May 3, 2031, June 9, 2031", ["May 3 2031", "June 9 2031"]),
        ("Sept. 30th, 2031; 3 May, 2032", ["Sept. 30th 2031", "3 May 2032"]),
        ("5433, 6543 and 7001", ["5433", "6543", "7001"]),  # ports are not years
        ("room 12, 2031", ["room 12", "2031"]),
        ("Sandy Band, Andy", ["Sandy Band", "Andy"]),
        (" ,; and\n", []),
    ],
)
def test_where_a_list_splits(text: str, values: list[str]) -> None:
    assert split_list(text) == values


@given(st.permutations(["Mia Sol", "Jo Park", "Al Roy"]), st.sampled_from([", ", " and ", "; "]))
def test_order_and_separator_of_a_list_do_not_matter(names: list[str], separator: str) -> None:
    assert squad_scores.exact_match(separator.join(names), LIST["answers"], is_list=True) == 1
    assert squad_scores.exact_match(separator.join(names[1:]), LIST["answers"], is_list=True) == 0


ABSTENTIONS = [
    *("unknown", "Unknown.", "UNKNOWN", '"unknown"', "(unknown)", " unknown\n", "the unknown"),
    *("The answer is unknown.", "Answer: unknown", "It is unknown.", "It's unknown to me."),
    *("The date is not known.", "not specified", "Not mentioned in the text.", "N/A", "n/a", "idk"),
    *("I don't know.", "I do not know", "I don’t know", "Sorry, I don't know."),
    *("I'm sorry, I don't know who that was.", "I really don't know", "We do not know."),
    *("I don't have enough information to answer.", "I do not have that information."),
    *("Cannot be determined.", "It cannot be determined from the given text."),
    *("I cannot say.", "I am unable to answer this question.", "It is impossible to say."),
    *("The text does not mention who took it.", "The log doesn't say."),
    *("There is no information about that.", "No information available", "No record of this."),
    *("Not enough information.", "Unanswerable", "I don't know. The log does not say."),
    *("According to the log, it is unknown.", "Unfortunately, the place is not recorded."),
]
NO_ABSTENTIONS = [
    *("", "   ", "...", "none", "None", "nobody", "no one", "nothing", "no", "never", "null", "?"),
    *("Café Lumen", "The port is 5433", "lol", "Unknown Pleasures", "The Unknown Soldier Square"),
    *("I don't know but perhaps Mia Sol", "I do not know however it might be Mia Sol"),
    *("I don't know, but perhaps Mia Sol", "I don't know, Mia Sol", "Unknown. Mia Sol."),
    *("It is unknown to most that it was Mia Sol", "Maybe unknown", "probably unknown", "sorry"),
    *("I know.", "It was an unknown man", "known", "unknowns", "I'm sorry.", "Answer:"),
    *(
        "No Information Desk",
        "not Mia Sol",
        "not in Quay Nine",
        "I can say it was Mia",
        "an answer",
    ),
    *("I don't think so", "unknown or Mia Sol", "According to the log, Mia Sol", "unavailable Sol"),
]


@pytest.mark.parametrize("response", ABSTENTIONS)
def test_abstentions(response: str) -> None:
    assert abstained(response)


@pytest.mark.parametrize("response", NO_ABSTENTIONS)
def test_no_abstentions(response: str) -> None:
    assert not abstained(response)


#  document      response                                  outcome
OUTCOMES = [
    (question(), "Café Lumen", "correct"),
    (question(), "It was at the café lumen.", "correct"),
    (question(), "Bar Sol", "stale"),
    (question(), "Quay Nine", "distractor"),
    (question(), "at the old mill", "other_in_world"),
    (question(), "Old Mill or Quay Nine", "distractor"),
    (question(), "Quay Nine, formerly Bar Sol", "stale"),
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
    right = (
        scores["exact_match"] or scores["contains"] if doc["answerable"] else scores["abstained"]
    )
    kind = naming.outcome(doc, text)
    assert (kind == "correct") == bool(right) or kind == "empty"


def test_score_gives_each_question_only_the_metrics_that_apply() -> None:
    assert metrics.score(question(), "Café Lumen") == {
        "exact_match": 1.0,
        "exact_match_strict": 1.0,
        "f1": 1.0,
        "contains": 1.0,
        "false_abstained": 0.0,
    }
    assert metrics.score(question(), "unknown")["false_abstained"] == 1.0
    assert metrics.score(UNANSWERABLE, "unknown") == {"abstained": 1.0}
    assert metrics.score(UNANSWERABLE, "Café Lumen") == {"abstained": 0.0}
    assert metrics.score(LIST, "Jo Park, Al Roy, Mia Sol")["exact_match"] == 1.0


EDITED = question(
    scenario="B",
    query_kind="direct",
    asked_slot="capital",
    answers=["Oslo"],
    prior_answers=["Lima", "Ciudad de los Reyes"],
    distractor_answers=["Quito"],
    other_answers=["Rome"],
)
SHARED = {"exact_match", "exact_match_strict", "f1", "contains", "false_abstained"}


@pytest.mark.parametrize(
    ("changes", "own"),
    [
        ({}, {"stale", "efficacy"}),
        ({"query_kind": "paraphrase"}, {"stale", "paraphrase"}),
        ({"query_kind": "locality", "prior_answers": []}, {"locality"}),
        ({"query_kind": "novel", "prior_answers": []}, set()),
        ({"query_kind": "two_hop"}, {"stale"}),
        ({"scenario": "A"}, set()),
        ({"scenario": "C", "query_kind": "locality", "asked_slot": "rack"}, set()),
    ],
)
def test_only_edits_have_metrics_of_their_own(changes: dict[str, Any], own: set[str]) -> None:
    doc = EDITED | changes
    for response, right in (("Oslo", 1.0), ("Lima", 0.0)):
        scores = metrics.score(doc, response)
        assert {name for name in scores if name not in SHARED} - {"default_guess"} == own
        assert {scores[name] for name in own - {"stale"}} <= {right}
        if "stale" in own:
            assert scores["stale"] == 1 - right
        plain = metrics.score({k: v for k, v in doc.items() if k != "scenario"}, response)
        assert {name: scores[name] for name in SHARED} == plain


def test_an_unanswerable_question_about_an_edit_is_scored_like_any() -> None:
    doc = EDITED | {"answers": [], "answerable": False, "query_kind": "unanswerable"}
    assert metrics.score(doc, "Lima") == {"abstained": 0.0}


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
    assert naming.stale(response, EDITED["answers"], EDITED["prior_answers"]) == expected


def test_a_value_that_is_right_again_is_not_stale() -> None:
    assert naming.stale("Lima", ["Lima"], ["Oslo", "lima"]) == 0.0


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        ((1.0, 1.0, 1.0), 1.0),
        ((0.5, 0.5, 0.5), 0.5),
        ((0.2, 0.4, 0.8), 12 / 35),
        ((1.0, 0.0, 1.0), 0.0),
        ((None, 1.0, 1.0), None),
        ((1.0, None, 0.0), None),
        ((1.0, 1.0, None), None),
    ],
)
def test_hot_patch_score(means: tuple[float | None, ...], expected: float | None) -> None:
    score = aggregates.hot_patch_score(*means)
    assert score == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([["Oslo", "oslo.", "The Oslo", "OSLO"]], 1.0),
        ([["Oslo", "Oslo", "Lima", "Lima"]], 1 / 3),
        ([["Oslo", "Rome", "Lima", "Quito"]], 0.0),
        ([["Oslo", "Oslo"], ["Lima", "Rome"], ["alone"]], 0.5),
        ([["alone"], []], None),
        ([], None),
    ],
)
def test_paraphrase_consistency(groups: list[list[str]], expected: float | None) -> None:
    consistency = aggregates.paraphrase_consistency(groups)
    assert consistency == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1.0, 1.0, 1.0),
        (0.5, 1.0, 2 / 3),
        (0.0, 1.0, 0.0),
        (1.0, 0.0, 0.0),
        (0.0, 0.0, 0.0),
        (None, 1.0, None),
        (0.3, None, None),
    ],
)
def test_harmonic_mean(a: float | None, b: float | None, expected: float | None) -> None:
    assert aggregates.harmonic_mean(a, b) == (None if expected is None else pytest.approx(expected))


# --- Scenario C ----------------------------------------------------------------------------------

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


def test_only_scenario_c_has_default_guesses() -> None:
    assert "default_guess" not in metrics.score(question(), "5432")
    assert "default_guess" not in metrics.score(PORT | {"scenario": "A"}, "5432")
    nothing = PORT | {"answers": [], "answerable": False, "query_kind": "unanswerable"}
    assert metrics.score(nothing, "5432") == {"abstained": 0.0, "default_guess": 1.0}
    assert metrics.score(nothing, "unknown") == {"abstained": 1.0, "default_guess": 0.0}
    rest = metrics.score(PORT, "48213")
    assert rest.pop("default_guess") == 0.0
    assert rest == metrics.score(PORT | {"scenario": "A"}, "48213")


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
    assert metrics.score(row, response)["contains"] == right
