"""SQuAD's metrics against tables a person can check and an implementation of the script."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torchmetrics.functional.text.squad import squad

from hei_nw_tasks.scoring import squad as squad_scores
from hei_nw_tasks.scoring.correct import correct
from hei_nw_tasks.scoring.text import split_list

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


#  response                          answer          EM   strict correct
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
    assert correct({"answers": [answer]}, response) == found


def test_f1_of_a_whole_name_cut_to_half_is_what_the_definition_says() -> None:
    # precision 1/1, recall 1/2 → 2/3; "The port is 5433": precision 1/3, recall 1 → 1/2
    assert squad_scores.f1("Café", ["Café Lumen"]) == pytest.approx(2 / 3)
    assert squad_scores.f1("The port is 5433", ["5433"]) == pytest.approx(1 / 2)


def test_the_best_of_several_answers_counts() -> None:
    assert squad_scores.exact_match("NYC", ["New York", "NYC"]) == 1
    assert squad_scores.f1("New York City", ["NYC", "New York"]) == pytest.approx(0.8)
    assert correct({"answers": ["NYC", "New York"]}, "in New York") == 1
    assert squad_scores.exact_match("x", []) == squad_scores.f1("x", []) == 0
    assert squad_scores.exact_match_strict("x", []) == correct({"answers": []}, "x") == 0


#  response                       rivals                  correct for "Café Lumen"
RIVALS = [
    ("Café Lumen", ["Old Mill"], 1),
    ("Café Lumen or Old Mill", ["Old Mill"], 0),
    ("not Old Mill but Café Lumen", ["Old Mill"], 1),
    ("Café Lumen, Old Mills", ["Old Mill"], 1),
    ("Grand Café Lumen", ["Grand Café Lumen"], 0),  # the rival is longer and is what was said
    ("Café Lumen", ["Lumen"], 1),  # the rival is a part of what was said
    ("Café Lumen", ["Café"], 1),
    ("Café Lumen, Lumen", ["Lumen"], 0),
    ("Café Lumen", ["cafe", "the Café Lumen", "!"], 1),  # the answer itself is no rival
]


@pytest.mark.parametrize(("response", "rivals", "found"), RIVALS)
def test_a_dump_of_every_value_is_not_correct(response: str, rivals: list[str], found: int) -> None:
    assert correct({"answers": ["Café Lumen"], "other_answers": rivals}, response) == found


LIST = ["Mia Sol, Jo Park, Al Roy"]

#  response                                   EM  correct  for "Mia Sol, Jo Park, Al Roy"
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
    ("Mia Sol, Jo Park, Al Roy, Zed", 0, 0),
    ("Mia Jo, Sol Park, Al Roy", 0, 0),
    ("Mia Sol Jo Park Al Roy", 0, 1),
    ("Mia Sandal Roy", 0, 0),
    ("", 0, 0),
    (",", 0, 0),
]


@pytest.mark.parametrize(("response", "em", "found"), LISTS)
def test_lists_are_sets(response: str, em: int, found: int) -> None:
    doc = {"answers": LIST, "query_kind": "list", "other_answers": ["Eve Lin", "Mia Sol"]}
    assert squad_scores.exact_match(response, LIST, is_list=True) == em
    assert correct(doc, response) == found


def test_an_answer_without_a_value_is_never_right() -> None:
    assert squad_scores.exact_match("", [""], is_list=True) == 0
    assert squad_scores.exact_match("and", [", "], is_list=True) == 0
    assert correct({"answers": [""]}, "") == 0


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
    assert squad_scores.exact_match(separator.join(names), LIST, is_list=True) == 1
    assert squad_scores.exact_match(separator.join(names[1:]), LIST, is_list=True) == 0
