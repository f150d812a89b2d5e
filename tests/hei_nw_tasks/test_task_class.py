"""Where an answer ends, what few-shot prompts show, and what a useless run is told."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from generators.datasets.source import config_from
from generators.datasets.storage import write
from generators.datasets.tables import build
from generators.errors import ConfigError
from generators.prompts import ANSWER_TOKENS
from generators.scenarios import scenario
from hei_nw_tasks import register
from hei_nw_tasks.demonstrations import demonstrations
from hei_nw_tasks.task import target
from testing.scripted import ScriptedModel
from tests.hei_nw_tasks.model.running import answers, evaluate, prompt, record

Say = Callable[[dict[str, Any]], str]


class Chatty(ScriptedModel):
    """Says what a function of the document gives; has a chat template."""

    tokenizer_name = "chatty"

    def __init__(self, say: Say = target) -> None:
        super().__init__(lambda _, doc: say(doc))

    def chat_template(self, chat_template: bool | str = False) -> str:
        return "by role"

    def apply_chat_template(self, history: list[dict[str, str]], **_: Any) -> str:
        return "".join(f"<{turn['role']}>{turn['content']}" for turn in history)


@pytest.mark.parametrize("chat", [False, True])
@pytest.mark.parametrize(
    ("gen_kwargs", "stops"),
    [
        ("max_gen_toks=5", {False: ["Question:"], True: []}),
        ("until=END", dict.fromkeys((False, True), "END")),
    ],
)
def test_stops_of_plain_prompts_and_of_chats(
    chat: bool, gen_kwargs: str, stops: dict[bool, Any]
) -> None:
    results = evaluate(
        *(Chatty(), {}, ["heinw_A"], {"n": 2}), gen_kwargs=gen_kwargs, apply_chat_template=chat
    )
    sent = [row["arguments"][0][1] for row in answers(results, "heinw_A").values()]
    assert [arguments["until"] for arguments in sent] == [stops[chat]] * 2
    limit = 5 if "max_gen_toks" in gen_kwargs else ANSWER_TOKENS
    assert [arguments["max_gen_toks"] for arguments in sent] == [limit] * 2


@pytest.mark.parametrize("chat", [False, True])
def test_the_answer_of_a_plain_prompt_is_its_first_line_that_says_something(chat: bool) -> None:
    def say(doc: dict[str, Any]) -> str:
        return f"\n\nThe answer is:\n{target(doc)}\nBecause nobody else was there."

    results = evaluate(Chatty(say), {}, ["heinw_A"], {"n": 12}, apply_chat_template=chat)
    for row in answers(results, "heinw_A").values():
        assert row["resps"] == [[say(row["doc"])]]
        assert row["filtered_resps"] == [say(row["doc"]) if chat else target(row["doc"])]
        assert row["doc"]["answerable"] == ("correct" in row["metrics"])
        assert row.get("correct", row.get("abstained")) == 1.0


def test_demonstrations_come_first_and_the_memory_before_the_last_question(
    checkpoint: Path,
) -> None:
    register()
    results = evaluate(
        *("heinw", {"pretrained": str(checkpoint), "baseline": "oracle"}, ["heinw_A"], {"n": 4}),
        num_fewshot=2,
        gen_kwargs="max_gen_toks=2",
    )
    shown = "".join(f"{one.text} {one.answer}\n\n" for one in demonstrations("A")[:2])
    for row in answers(results, "heinw_A").values():
        events = row["doc"]["episode_text"]
        memory = f"{events}\n\n" if events else ""
        own = f"{memory}Question: {row['doc']['query']}\nAnswer:"
        assert prompt(row) == f"{scenario('A').instruction}{shown}{own}"


def test_demonstrations_are_turns_of_a_chat() -> None:
    results = evaluate(
        *(Chatty(), {}, ["heinw_D"], {"n": 2, "store_sizes": [40], "collision_groups": [1, 4]}),
        num_fewshot=2,
        apply_chat_template=True,
        fewshot_as_multiturn=True,
    )
    first, second = demonstrations("D")[:2]
    for row in answers(results, "heinw_D").values():
        _, *turns = prompt(row).replace("<assistant>", "<user>").split("<user>")
        question = f"Question: {row['doc']['query']}\nAnswer:"
        assert [turn.strip() for turn in turns] == [
            *(first.text, first.answer, second.text, second.answer, question)
        ]


def test_more_demonstrations_than_there_are_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    known = len(demonstrations("A"))
    evaluate(Chatty(), {}, ["heinw_A"], {"n": 1}, num_fewshot=known)
    with pytest.raises(ConfigError) as caught:
        evaluate(Chatty(), {}, ["heinw_A"], {"n": 1}, num_fewshot=known + 1)
    capsys.readouterr()
    # As Python does on the command line.
    sys.excepthook(caught.type, caught.value, caught.tb)
    assert capsys.readouterr().err == (
        f"heinw: num_fewshot={known + 1}: heinw_A has {known} demonstrations "
        f"→ give {known} or fewer\n"
    )


def run_e(checkpoint: Path, metadata: dict[str, Any], **options: Any) -> dict[str, Any]:
    register()
    return evaluate(
        *("heinw", {"pretrained": str(checkpoint), "baseline": "long-context"}, ["heinw_E"]),
        metadata,
        gen_kwargs="max_gen_toks=1",
        **options,
    )


def manifest(results: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = results["configs"]["heinw_E"]["metadata"]["manifest"]
    return made


@pytest.mark.parametrize("chat", [False, True])
def test_transcripts_leave_room_for_the_chat_template(chat: bool, checkpoint: Path) -> None:
    results = run_e(checkpoint, {"n": 5, "lengths": [1500]}, apply_chat_template=chat)
    for row in answers(results, "heinw_E").values():
        tokens = record(row)["compute"]["prompt_tokens"] + ANSWER_TOKENS
        assert 0.98 * 1500 <= tokens <= 1500
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    turns = [{"role": role, "content": "."} for role in ("system", "user")]
    framed = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    frame = len(tokenizer(framed)["input_ids"]) - 2
    overhead = manifest(results)["config"].get("prompt_overhead", 0)
    assert abs(overhead - frame) <= 3 if chat else overhead == 0  # words may join at the seams


def test_demonstrations_come_on_top_of_the_lengths(checkpoint: Path) -> None:
    few, none = (
        manifest(
            run_e(
                checkpoint,
                {"n": 1, "lengths": [1500]},
                apply_chat_template=True,
                fewshot_as_multiturn=True,
                num_fewshot=shots,
            )
        )
        for shots in (2, 0)
    )
    assert few["rows_sha256"] == none["rows_sha256"]


def test_frozen_transcripts_stay_as_they_are(checkpoint: Path, tmp_path: Path) -> None:
    made = build("E", config_from("E", {"n": 2, "lengths": [400]}))
    write(made, tmp_path)
    results = run_e(checkpoint, {"dataset": str(tmp_path)}, apply_chat_template=True)
    assert manifest(results)["rows_sha256"] == made.manifest.rows_sha256
    docs = [json.loads(json.dumps(row["doc"])) for row in answers(results, "heinw_E").values()]
    assert docs == json.loads(json.dumps(list(made.rows())))


def test_a_run_that_measures_nothing_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    def warnings(say: Say) -> list[str]:
        caplog.clear()
        with caplog.at_level(logging.WARNING, "lm_eval.hei_nw_tasks"):
            evaluate(Chatty(say), {}, ["heinw_A"], {"n": 12})
        return [line for line in caplog.messages if "say little" in line]

    (warning,) = warnings(lambda doc: "\n")
    assert warning.startswith("heinw_A: these scores say little: 12 of 12 answers are empty: ")
    (warning,) = warnings(lambda doc: "<think>It might be")
    assert "12 of 12 answers break off while the model reasons" in warning
    (warning,) = warnings(lambda doc: f"Let me say that it was {target(doc)}.")
    assert "only 0 in the right words: show the format" in warning
    assert warnings(target) == []


def test_nothing_that_is_meant_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "lm_eval"):
        evaluate(Chatty(), {}, ["heinw_A", "heinw_D"], {"n": 12})
    # The settings were given, and so are the stops and limits of answers.
    assert [line for line in caplog.messages if "generation_kwargs" not in line] == []
