"""Wrappings that change nothing, rivals that change everything, and input of any kind."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hei_nw_tasks import metrics
from hei_nw_tasks.scoring.correct import abstained, correct
from hei_nw_tasks.scoring.final_answer import final_answer
from hei_nw_tasks.scoring.naming import outcome

CASES = json.loads((Path(__file__).parent / "written.json").read_text("utf-8"))
ANSWERABLE = [
    case["doc"]
    for case in CASES
    if case["doc"]["answerable"] and case["doc"]["query_kind"] != "deletion"
]
UNANSWERABLE = [case["doc"] for case in CASES if not case["doc"]["answerable"]]
ABSTENTIONS = ["unknown", "I don't know.", "There is no record of it.", "It is not mentioned."]

WRAPPINGS = [
    "{}", "{}.", " {}\n", "**{}**", "*{}*", "`{}`", "```\n{}\n```", "# {}", "- {}", "> {}",
    "“{}”", "„{}“", "«{}»", "「{}」", "‘{}’", '"{}"', "The answer is: {}", "Answer: {}",
    "**Answer:** {}", "Final answer – {}", "Sure! {}", "Sure, here is the answer: {}", "A: {}",
    "According to the log, {}", "<think>hm</think>{}", "hm</think>\n{}", "[THINK]hm[/THINK]{}",
    "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>{}",
    "{}<|im_end|>", "{}</s>", "assistant\n{}", "\\boxed{{{}}}", '{{"answer": "{}"}}',
    "<answer>{}</answer>", "{}\n\nQuestion: What else?\nAnswer: 17", "{}\nI hope this helps!",
    "Let me see.\nSo the answer is {}", "Hmm. Therefore, {}", "1. {}", "<b>{}</b>", "It is {}.",
]  # fmt: skip
BESIDES = ["{0} and {1}", "{0} or {1}", "{1} or {0}", "{0}, {1}", "{1}; {0}", "Either {1} or {0}."]
WITH_GIVEN = ["{1}: {0}", "{0} ({1})", "{0}, {1}", "{1} - {0}", "About {1}, it is {0}."]


def rivals_of(doc: dict[str, Any]) -> list[str]:
    columns = ("other_answers", "distractor_answers", "prior_answers")
    return [value for column in columns for value in doc.get(column, ())]


def wrapped(text: str, wrappings: list[str]) -> str:
    for wrapping in wrappings:
        if wrapping.startswith("{{") and "Question:" in text:
            continue  # what a model asks itself next is not inside its JSON
        if wrapping.startswith("{{"):  # JSON
            text = json.dumps(text, ensure_ascii=False)[1:-1]
        text = wrapping.format(text)
    return text


@given(st.sampled_from(ANSWERABLE), st.lists(st.sampled_from(WRAPPINGS), max_size=2), st.data())
def test_wrapping_changes_nothing(
    doc: dict[str, Any], wrappings: list[str], data: st.DataObject
) -> None:
    rivals = rivals_of(doc)
    right = data.draw(st.sampled_from(doc["answers"]))
    rival = data.draw(st.sampled_from(rivals))
    right, rival = wrapped(right, wrappings), wrapped(rival, wrappings)
    assert correct(doc, right) == 1.0, right
    assert correct(doc, rival) == 0.0, rival
    assert abstained(doc, right) == abstained(doc, rival) == 0.0


@given(st.sampled_from(ANSWERABLE), st.sampled_from(BESIDES), st.sampled_from(WRAPPINGS), st.data())
def test_a_rival_besides_makes_it_wrong(
    doc: dict[str, Any], form: str, wrapping: str, data: st.DataObject
) -> None:
    rivals = rivals_of(doc)
    response = form.format(doc["answers"][0], data.draw(st.sampled_from(rivals)))
    assert correct(doc, wrapped(response, [wrapping])) == 0.0


@given(st.sampled_from(ANSWERABLE), st.sampled_from(WITH_GIVEN), st.data())
def test_what_the_question_gave_changes_nothing(
    doc: dict[str, Any], form: str, data: st.DataObject
) -> None:
    cue = data.draw(st.sampled_from(doc["cues"]))
    assert correct(doc, form.format(doc["answers"][0], cue)) == 1.0
    assert correct(doc, form.format(rivals_of(doc)[0], cue)) == 0.0
    assert correct(doc, cue) == correct(doc, doc["query"]) == 0.0


@given(
    st.sampled_from([*UNANSWERABLE, ANSWERABLE[0]]),
    st.sampled_from(ABSTENTIONS),
    st.lists(st.sampled_from([w for w in WRAPPINGS if w != "It is {}."]), max_size=2),
)
def test_a_wrapped_abstention_is_one(
    doc: dict[str, Any], response: str, wrappings: list[str]
) -> None:
    response = wrapped(response, wrappings)
    assert abstained(doc, response) == 1.0, response
    assert correct(doc, response) == 0.0


PIECES = [
    "unknown", "not", "or", "Viola Macready", "16:44", "4:44 PM", "K3-15", "<think>", "</think>",
    "but", "was", "now", "unset", "the log", "\n", ". ", ", ", "“", "**", "Answer:", "So ", "?",
    "\u0301", "\ud800", "日本", "\ue000", "\x00", "1,000", "{", "\\boxed{", "<|im_end|>",
]  # fmt: skip


@given(
    st.sampled_from([case["doc"] for case in CASES]),
    st.one_of(st.none(), st.text(), st.lists(st.sampled_from(PIECES)).map(" ".join)),
)
def test_any_response_has_one_outcome(doc: dict[str, Any], response: str | None) -> None:
    doc = {"query_kind": "single", "prior_answers": []} | doc
    scores = metrics.score(doc, response)
    assert all(0 <= value <= 1 for value in scores.values())
    assert not (correct(doc, response) and abstained(doc, response))
    found = outcome(doc, response)
    right = scores["correct"] if doc["answerable"] else scores["abstained"]
    assert (found == "correct") == bool(right)
    if (status := final_answer(response).status) != "answered":
        assert found == status
        assert not any(scores.get(name) for name in ("correct", "abstained", "false_abstained"))


def test_columns_that_a_row_lacks_are_not_needed() -> None:
    assert correct({"answers": ["Oslo"]}, "It is Oslo.") == 1.0
    assert correct({"answers": ["Oslo"], "cues": None, "prior_answers": None}, "Oslo") == 1.0
    assert correct({"answers": []}, "Oslo") == correct({}, "Oslo") == 0.0
    assert outcome({"answers": []}, "unknown") == outcome({"answers": ["x"]}, "x") == "correct"


LONG = [
    '"', "“", "<think>", "</think>", "<b>", "\n", " ", "a", "a ", "1", "1 ", "1,", "(", "> ", "- ",
    "{", "[", "|", "$", "\\boxed{", '{"answer": "', "so ", "Wait, ", "Answer: ", "not ", "16:44 ",
    "Viola Macready ", "Viola Macready or ", "K3-", "unknown, ", "the log ", "日本", "<|im_end|>",
    "Question: x\n", "12 May 2020 ", "three hundred ", "\u0301", "\ud800", "was 48213 ", "&amp;",
]  # fmt: skip


@pytest.mark.parametrize("piece", LONG)
def test_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    doc = {"query_kind": "single", "prior_answers": []} | ANSWERABLE[0]

    def seconds(length: int) -> float:
        response = (piece * length)[:length]
        start = time.process_time()
        outcome(doc, response)
        return time.process_time() - start

    # 16 times the length: linear work takes 16 times as long, quadratic work 256 times.
    assert seconds(48_000) <= 64 * max(seconds(3_000), 0.005)


def test_100_kilobytes_of_one_line_are_scored() -> None:
    doc = {"query_kind": "single", "prior_answers": []} | ANSWERABLE[0]
    assert outcome(doc, "a" * 100_000) == outcome(doc, "ab " * 33_000) == "out_of_world"
    assert outcome(doc, '"' * 100_000) == "empty"
    assert outcome(doc, "<think>" * 100_000) == "unfinished"
    assert outcome(doc, "\n" * 100_000 + "Viola Macready") == "correct"
    assert outcome(doc, "<think>x</think>" * 100_000 + "Viola Macready") == "correct"
