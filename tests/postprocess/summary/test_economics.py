"""What answers cost, against the formulas that the recorded numbers come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hei_nw_tasks.compute.architecture import Architecture, AttentionLayer
from hei_nw_tasks.compute.flops import answer_costs, prefill_flops
from postprocess.schema.answer import Answer
from postprocess.summary.economics import break_even, economics

DECODER = Architecture(3_000_000, 500_000, (AttentionLayer(8, 64, 2),) * 4, 2)
SLIDING = Architecture(3_000_000, 500_000, (AttentionLayer(8, 64, 2, window=64),) * 4, 2)


def answer(
    number: int,
    prompt: int,
    generated: int,
    memory: int,
    right: bool,
    architecture: Architecture = DECODER,
    **more: float,
) -> Answer:
    costs = answer_costs(architecture, prompt, generated)
    kept = {key: costs[key] for key in costs if key != "kv_cache_bytes"}
    measured = {
        "prompt_tokens": float(prompt),
        "generated_tokens": float(generated),
        "memory_tokens": float(memory),
        **kept,
        **more,
    }
    return made(number, {"exact_match": float(right)}, measured)


def made(number: int, scores: dict[str, float], measured: dict[str, float]) -> Answer:
    return Answer(
        *(f"q{number}", number, "", f"w{number % 3}", "g", "?", "single", None, (), True, ("x",)),
        *(1, 9, None, None, False, "x", "correct", scores, measured),
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
    head = 2 * DECODER.head_weights
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
    unmeasured = [made(0, {"exact_match": 1.0}, {})]
    found = economics(unmeasured)
    assert found.flops_per_question is None
    assert found.reason == "the run records no FLOPs"


@given(
    memory=st.floats(0, 1e6),
    further=st.floats(0, 1e4),
    other=st.floats(0, 1e4),
)
def test_break_even_is_the_first_number_of_questions_that_is_cheaper(
    memory: float, further: float, other: float
) -> None:
    found = break_even(memory, further, other)
    cheaper = [n for n in range(1, 400) if memory + n * further < n * other]
    if found is None:
        assert not cheaper
    elif found < 390:
        assert cheaper
        assert abs(cheaper[0] - found) <= 1  # rounding at equality
    else:
        assert not cheaper or cheaper[0] >= 389
