"""Where the memory block goes, in every form that lm_eval renders a prompt; where answers end."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lm_eval.models.api_models import JsonChatStr

from generators.errors import ConfigError
from hei_nw_tasks.memory.blocks import block, build_context
from hei_nw_tasks.model.accounting import answer_length
from hei_nw_tasks.model.prompting import text_of, with_block

PROMPT = "Be exact.\n\nQuestion: Who?\nAnswer:"
MESSAGES = [
    {"role": "system", "content": "Be exact. Question: Who?"},
    {"role": "user", "content": "Question: Who?\nAnswer:"},
]


def test_the_block_stands_right_before_the_question():
    made = with_block(PROMPT, "Who?", "It rained.\n\n")
    assert made == "Be exact.\n\nIt rained.\n\nQuestion: Who?\nAnswer:"


def test_the_block_goes_before_the_last_question_of_the_same_words():
    shots = "Question: Who?\nAnswer: Ada\n\nQuestion: Who?\nAnswer: Bo\n\nQuestion: Who?\nAnswer:"
    before, question = shots.rsplit("Question: ", 1)
    assert with_block(shots, "Who?", "It rained.\n\n") == (
        f"{before}It rained.\n\nQuestion: {question}"
    )


def test_of_several_turns_of_the_user_the_last_is_changed():
    turns = [*MESSAGES, {"role": "assistant", "content": "Ada"}, MESSAGES[1]]
    made = with_block([*turns, {"role": "assistant", "content": ""}], "Who?", "E\n\n")
    assert made[:3] == turns[:3]
    assert made[3]["content"] == "E\n\nQuestion: Who?\nAnswer:"
    assert made[4] == {"role": "assistant", "content": ""}


def test_a_prompt_as_text():
    assert text_of("Größe") == "Größe"
    assert (
        text_of([{"role": "user", "content": "Größe"}]) == '[{"role": "user", "content": "Größe"}]'
    )
    odd = JsonChatStr('[{"role": "user", "content": "Größe?\\nQuestion: Who?"}]')
    assert "Größe" in with_block(odd, "Who?", "E\n\n").prompt


def test_messages_get_it_in_the_turn_of_the_user():
    expected = [MESSAGES[0], {"role": "user", "content": "E\n\nQuestion: Who?\nAnswer:"}]
    before = json.dumps(MESSAGES)
    assert with_block(MESSAGES, "Who?", "E\n\n") == expected
    made = with_block(JsonChatStr(before), "Who?", "E\n\n")
    assert isinstance(made, JsonChatStr)
    assert json.loads(made.prompt) == expected
    assert json.dumps(MESSAGES) == before
    assert text_of(made) == made.prompt


def test_nothing_to_insert_changes_no_byte():
    odd = JsonChatStr('[ {"role":"user",  "content":"Question: Who?"}]')
    assert with_block(odd, "Who?", "") is odd
    assert with_block(PROMPT, "Who?", "") == PROMPT


@pytest.mark.parametrize("context", [PROMPT, MESSAGES, JsonChatStr(json.dumps(MESSAGES)), []])
def test_a_prompt_of_another_question_is_refused(context: object):
    with pytest.raises(ConfigError, match="--cache_requests refresh"):
        with_block(context, "Where?", "E\n\n")


def test_the_block_is_what_scenario_e_measures():
    from generators.prompts import INSTRUCTION
    from generators.scenario_e.phrasing import prompt

    texts = ["On 25 May 2022 Anton got hut 189.", "It rained."]
    ours = with_block(f"{INSTRUCTION}Question: Who?\nAnswer:", "Who?", block(texts))
    assert ours == prompt(texts, "Who?")


def test_the_context_of_a_seed_record():
    assert build_context({"context": "X", "query": "Q", "expected": "X"}) == "X\n\n"
    assert build_context({"episode_text": "A\nB", "query": "Q"}) == "A\nB\n\n"
    assert build_context({"context": "", "episode_text": None}) == ""


letters = st.lists(st.integers(0, 4), max_size=30)


@given(letters)
def test_an_answer_ends_with_its_first_stop(tokens: list[int]):
    text = "ab\ncd"

    def decode(ids: list[int]) -> str:
        return "".join(text[i] for i in ids if i != 4)  # 4 is a special token, not shown

    length = answer_length(tokens, ["\n", "cab"], {4}, decode)
    beginnings = [tokens[: n + 1] for n in range(len(tokens))]
    ended = [
        len(one)
        for one in beginnings
        if one[-1] == 4 or any(s in decode(one) for s in ["\n", "cab"])
    ]
    assert length == (min(ended) if ended else len(tokens))
