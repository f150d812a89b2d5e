"""What the final answer of a response is."""

from __future__ import annotations

import pytest

from hei_nw_tasks.scoring.final_answer import final_answer

ANSWERS = [
    # reasoning
    ("<think>Lima? No.</think>Oslo", "Oslo"),
    ("<think>a</think>\n\n<think>b</think>Oslo", "Oslo"),
    ("the template opened this block: Lima</think>Oslo", "Oslo"),
    ("<THINKING>Lima</THINKING> Oslo", "Oslo"),
    ("<reasoning>Lima</reasoning><answer>Oslo</answer>", "Oslo"),
    ("[THINK]Lima[/THINK]Oslo", "Oslo"),
    ("◁think▷Lima◁/think▷Oslo", "Oslo"),
    ("<|channel|>analysis<|message|>Lima<|end|><|start|>assistant<|channel|>final<|message|>Oslo",
     "Oslo"),
    ("analysisThe user asks. Lima?assistantfinalOslo", "Oslo"),
    ("Oslo <think></think>", "Oslo"),
    # markers and turns
    ("Oslo<|im_end|>\n<|im_start|>user\nAnd Lima?", "Oslo"),
    ("<|start_header_id|>assistant<|end_header_id|>\n\nOslo<|eot_id|>", "Oslo"),
    ("<start_of_turn>model\nOslo<end_of_turn>", "Oslo"),
    ("[INST] Lima? [/INST] Oslo</s>", "Oslo"),
    ("Assistant: Oslo", "Oslo"),
    ("\n\n  Oslo", "Oslo"),
    ("Oslo\n\nQuestion: What of Peru?\nAnswer: Lima", "Oslo"),
    ("Oslo\nQ: Peru?\nA: Lima", "Oslo"),
    ("Oslo Question: Peru? Answer: Lima", "Oslo"),
    ("Question: Norway?\nAnswer: Oslo\nQuestion: Peru?\nAnswer: Lima", "Oslo"),
    # markup
    ("**Oslo**", "Oslo"),
    ("> - `Oslo`", "Oslo"),
    ("## Answer: __Oslo__", "Oslo"),
    ("```text\nOslo\n```", "Oslo"),
    ("1. Mia\n2. Jo", "Mia\nJo"),
    ("b) Oslo", "Oslo"),
    ("$\\boxed{\\text{Oslo}}$", "Oslo"),
    ('{"answer": "Oslo"}', "Oslo"),
    ("[Oslo](https://example.org)", "Oslo"),
    ("<p>Oslo &amp; Lima</p>", "Oslo & Lima"),
    ("-332", "-332"),
    ("rel/wide_fan", "rel/wide_fan"),
    # lead-ins, quotation marks, comments
    ("Sure! The answer is: Oslo.", "Oslo."),
    ("Final answer – Oslo", "Oslo"),
    ("The answer to the question is Oslo", "Oslo"),
    ("According to the log, Oslo", "Oslo"),
    ("A: Oslo", "Oslo"),
    *((f"{a}Oslo{b}", "Oslo") for a, b in ("„“", "«»", "「」", "‘’", '""', "»«", "『』")),
    ("“Oslo”.", "Oslo"),
    ("Oslo\nExplanation: it was Lima.", "Oslo"),
    ("Oslo. I hope this helps!", "Oslo."),
    # conclusions
    ("It could be Lima. So the answer is Oslo.", "Oslo."),
    ("It was Lima. Wait, it is Oslo.", "it is Oslo."),
    ("Lima is far. Therefore, Oslo", "Oslo"),
    ("Oslo. So", "Oslo. So"),
    ("So long, and thanks", "long, and thanks"),
]  # fmt: skip


@pytest.mark.parametrize(("response", "expected"), ANSWERS)
def test_the_final_answer(response: str, expected: str) -> None:
    found = final_answer(response)
    assert (found.text, found.status) == (expected, "answered")


@pytest.mark.parametrize(
    "response",
    ["<think>Oslo", "<think>a</think>Oslo<think>", "[THINK] Oslo", "Oslo <reasoning> but",
     "<|channel|>analysis<|message|>Oslo", "analysis We need Oslo", "◁think▷Oslo"],
)  # fmt: skip
def test_reasoning_that_does_not_end_is_no_answer(response: str) -> None:
    assert (found := final_answer(response)).status == "unfinished"
    assert found.text == ""


@pytest.mark.parametrize(
    "response", [None, "", " \n", "...", "<|im_end|>", "<think></think>", "**", "「」", "?", "</s>"]
)
def test_silence_is_empty(response: str | None) -> None:
    assert final_answer(response).status == "empty"
