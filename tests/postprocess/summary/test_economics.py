"""What answers cost, against the formulas that the recorded numbers come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hei_nw_tasks.compute.architecture import Architecture, Attention
from hei_nw_tasks.compute.flops import answer_costs, flop_rates, prefill_flops
from hei_nw_tasks.metrics import PRIMARY
from postprocess.schema.answer import Answer
from postprocess.summary.economics import break_even, economics

DECODER = Architecture(6e6, 1e6, (Attention(2048.0),) * 4)
SLIDING = Architecture(6e6, 1e6, (Attention(2048.0, window=64),) * 4)


def answer(
    number: int,
    prompt: int,
    generated: int,
    memory: int,
    right: bool,
    architecture: Architecture = DECODER,
    **more: float,
) -> Answer:
    kept = answer_costs(architecture, prompt, generated)
    measured = {
        "prompt_tokens": float(prompt),
        "generated_tokens": float(generated),
        "memory_tokens": float(memory),
        **kept,
        **more,
    }
    return made(number, {PRIMARY: float(right)}, measured)


def made(number: int, scores: dict[str, float], measured: dict[str, float]) -> Answer:
    return Answer(
        *(
            f"q{number}",
            number,
            "",
            f"w{number % 3}",
            "g",
            "?",
            "single",
            None,
            "lexical",
            (),
            True,
            ("x",),
        ),
        *(1, 3, 9, None, None, False, "x", "correct", scores, measured),
    )


def several(architecture: Architecture = DECODER, **more: float) -> list[Answer]:
    sizes = [(900, 4, 800), (1200, 1, 1130), (400, 7, 290), (2000, 12, 1500)]
    return [answer(i, p, g, m, i != 1, architecture, **more) for i, (p, g, m) in enumerate(sizes)]


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def test_a_further_question_costs_what_the_formula_says_with_the_memory_cached() -> None:
    scored = several()
    found = economics(scored)
    measured: list[Any] = [one.measured for one in scored]
    expected = [
        prefill_flops(DECODER, int(m["prompt_tokens"]), int(m["memory_tokens"])) + m["decode_flops"]
        for m in measured
    ]
    assert found.further_question_flops == pytest.approx(mean(expected), rel=1e-9)
    head = DECODER.head_flops
    memory = [prefill_flops(DECODER, int(m["memory_tokens"])) - head for m in measured]
    assert found.memory_flops == pytest.approx(mean(memory), rel=1e-9)
    assert found.flops_per_question == pytest.approx(mean([m["total_flops"] for m in measured]))
    total = sum(m["total_flops"] for m in measured)
    assert found.flops_per_right_answer == pytest.approx(total / 3)
    assert found.reason is None
    assert found.seconds_per_right_answer is None


def test_embedding_and_retrieval_count() -> None:
    plain, more = (
        economics(several()),
        economics(several(embed_flops=5e9, latency_s=0.5, retrieval_s=0.25)),
    )
    assert more.flops_per_question == pytest.approx((plain.flops_per_question or 0) + 5e9)
    assert more.further_question_flops == pytest.approx((plain.further_question_flops or 0) + 5e9)
    assert more.seconds_per_right_answer == pytest.approx(4 * 0.75 / 3)


def test_a_sliding_window_follows_no_single_formula() -> None:
    found = economics(several(SLIDING))
    assert found.flops_per_question is not None
    assert found.further_question_flops is None
    assert "sliding window" in (found.reason or "")


def test_nothing_right_and_nothing_recorded() -> None:
    wrong = [answer(i, 100 + i, 3, 50, right=False) for i in range(3)]
    assert economics(wrong).flops_per_right_answer is None
    unmeasured = [made(0, {PRIMARY: 1.0}, {})]
    found = economics(unmeasured)
    assert found.flops_per_question is None
    assert found.reason == "the run records no FLOPs"


@given(memory=st.integers(0, 10**6), further=st.integers(0, 10**4), other=st.integers(0, 10**4))
def test_break_even_is_the_first_number_of_questions_that_is_cheaper(
    memory: int, further: int, other: int
) -> None:
    found = break_even(memory, further, other)
    if other <= further:
        assert found is None
        return
    assert found is not None
    assert found >= 1
    assert memory + found * further < found * other
    fewer = found - 1
    assert fewer == 0 or memory + fewer * further >= fewer * other


def test_what_never_breaks_even() -> None:
    assert break_even(0.0, 1.0, 1.0) is None
    assert break_even(1e308, 0.0, 5e-324) is None


def test_what_was_not_measured_costs_nothing() -> None:
    found = economics(several(latency_s=0.5))
    assert found.seconds_per_right_answer == pytest.approx(4 * 0.5 / 3)
    small = {"total_flops": 3.0, "prompt_tokens": 1.0}
    assert economics([made(0, {PRIMARY: 1.0}, small)]).flops_per_question == 3.0


@pytest.mark.parametrize("prompt", [1, 2])
def test_constants_cannot_be_solved_for_from_a_prompt_of_one_token(prompt: int) -> None:
    found = economics([answer(0, prompt, 4, 0, right=True)])
    assert (found.further_question_flops is None) == (prompt == 1)


def test_an_abstention_is_right_where_there_is_no_answer() -> None:
    answers = several()
    abstained = replace(answers[0], scores={"abstained": 1.0}, answerable=False)
    wrong = replace(answers[0], scores={"abstained": 0.0}, answerable=False)
    total = economics(answers[:1]).flops_per_question
    assert total is not None
    found = economics([abstained, wrong])
    assert found.flops_per_right_answer == pytest.approx(2 * total)


def test_costs_of_some_answers_alone_are_not_divided_by_all_right_ones() -> None:
    answers = several(latency_s=1.0)
    uncosted = made(9, {PRIMARY: 1.0}, {})
    found = economics([*answers, uncosted])
    assert found.flops_per_question == economics(answers).flops_per_question
    assert found.flops_per_right_answer is None
    assert found.seconds_per_right_answer is None


RATES = flop_rates(DECODER)


def test_recorded_constants_are_used_where_none_could_be_solved_for() -> None:
    single = [answer(i, 100 + i, 1, 50, right=True) for i in range(3)]
    assert economics(single).memory_flops is None
    found = economics(single, RATES)
    expected = [prefill_flops(DECODER, 50) - DECODER.head_flops] * 3
    assert found.memory_flops == pytest.approx(mean(expected), rel=1e-9)
    assert economics(several(), RATES).memory_flops == pytest.approx(
        economics(several()).memory_flops, rel=1e-9
    )


@pytest.mark.parametrize("name", ["linear", "head", "pair"])
def test_constants_that_are_not_those_of_the_costs_are_not_used(name: str) -> None:
    assert RATES is not None
    wrong = replace(RATES, **{name: getattr(RATES, name) * 1.01})
    found = economics(several(), wrong)
    assert found.memory_flops is None
    assert found.further_question_flops is None
    assert "do not follow one formula" in (found.reason or "")
    assert found.flops_per_question == economics(several()).flops_per_question


def test_one_answer_without_its_parts_leaves_memory_and_further_questions_unknown() -> None:
    answers = several()
    bare = {"total_flops": 1.0}
    found = economics([*answers, replace(answers[0], measured=bare)])
    assert found.memory_flops is None
    assert found.flops_per_question is not None
