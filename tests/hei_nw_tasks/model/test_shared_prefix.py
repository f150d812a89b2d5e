"""Shared prefixes change the work, not the answers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
import torch
import transformers
from hypothesis import given
from hypothesis import strategies as st

from hei_nw_tasks.model.prefix_probe import PrefixProbe
from hei_nw_tasks.model.shared_prefix import SharedPrefixGenerator, plan

COMMON = {
    "vocab_size": 300,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 1024,
    "bos_token_id": None,
    "eos_token_id": 7,
    "pad_token_id": 0,
}
CONFIGS = {
    "qwen2": lambda: transformers.Qwen2Config(**COMMON),
    "llama": lambda: transformers.LlamaConfig(**{**COMMON, "num_key_value_heads": 4}),
    # One key-value head for all, as wide as no width divided by heads.
    "qwen3": lambda: transformers.Qwen3Config(**{**COMMON, "num_key_value_heads": 1}, head_dim=24),
    "gpt2": lambda: transformers.GPT2Config(
        **{"vocab_size": 300, "n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 1024},
        **{"bos_token_id": None, "eos_token_id": 7, "pad_token_id": 0},
    ),
}
FIRST_AND_SLOW = [
    pytest.param(name, marks=[pytest.mark.slow] if number else [])
    for number, name in enumerate(CONFIGS)
]
NEW = 12
Prompts = list[list[int]]


def model_of(config: Any) -> Any:
    torch.manual_seed(3)
    model = transformers.AutoModelForCausalLM.from_config(config).eval()
    # Far from uniform, so that answers differ and some of them end early.
    with torch.no_grad():
        for weights in model.parameters():
            weights.mul_(3)
    return model


def questions_about_nested_stores() -> Prompts:
    draw = random.Random(0)
    events = [[draw.randrange(10, 300) for _ in range(draw.randrange(8, 20))] for _ in range(30)]
    prompts = []
    for store in (5, 12, 12, 12, 30, 30, 3):
        log = [token for event in events[:store] for token in event]
        prompts += [[*log, 8, *(draw.randrange(10, 300) for _ in range(n))] for n in (2, 9, 30)]
    prompts += [prompts[4], prompts[4][:40], [11], [12, 13]]
    return prompts


def alone(model: Any, prompt: Sequence[int]) -> list[int]:
    ids = torch.tensor([list(prompt)])
    output = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=NEW,
        do_sample=False,
        pad_token_id=0,
    )
    return up_to_end(output[0, len(prompt) :].tolist())


def up_to_end(row: list[int]) -> list[int]:
    return row[: row.index(7) + 1] if 7 in row else row


def shared(model: Any, prompts: Prompts, batch_size: int) -> tuple[Prompts, SharedPrefixGenerator]:
    probe = PrefixProbe(model)
    assert probe.why_not(max(map(len, prompts))) is None
    generator = SharedPrefixGenerator(model, 0, probe.one_copy)
    answers: Prompts = [[] for _ in prompts]

    def on_chunk(chunk: Any, rows: Prompts, seconds: float) -> None:
        assert seconds > 0
        for index, row in zip(chunk.indices, rows, strict=True):
            assert not answers[index]
            answers[index] = up_to_end(row)

    generator.generate(
        prompts,
        batch_size,
        NEW,
        lambda _width, _rows: transformers.StoppingCriteriaList(),
        on_chunk,
    )
    return answers, generator


@pytest.mark.parametrize("name", FIRST_AND_SLOW)
def test_answers_are_those_of_each_prompt_alone(name: str):
    model, prompts = model_of(CONFIGS[name]()), questions_about_nested_stores()
    expected = [alone(model, prompt) for prompt in prompts]
    assert len({tuple(answer) for answer in expected}) > 10
    for batch_size in (1, 8, 64):
        answers, generator = shared(model, prompts, batch_size)
        assert answers == expected
        assert generator.prompt_tokens == sum(map(len, prompts))
        assert generator.prefilled_tokens < generator.prompt_tokens / 3


@pytest.mark.parametrize("name", CONFIGS)
def test_it_runs_under_autocast(name: str):
    model, prompts = model_of(CONFIGS[name]()), questions_about_nested_stores()[3:9]
    with torch.autocast("cpu", torch.bfloat16):
        assert all(shared(model, prompts, 8)[0])


def test_attention_that_cannot_share_a_copy_gets_one_for_each_row():
    model, prompts = model_of(CONFIGS["qwen2"]()), questions_about_nested_stores()[3:9]
    expected = [alone(model, prompt) for prompt in prompts]
    model.set_attn_implementation("eager")
    answers, generator = shared(model, prompts, 8)
    assert answers == expected
    assert not generator._one_copy


def test_padding_is_not_another_token_to_repeat():
    """Checkpoints set penalties for repetition, Qwen2.5's chat models among them."""
    model, prompts = model_of(CONFIGS["qwen2"]()), questions_about_nested_stores()[3:9]
    before = [alone(model, prompt) for prompt in prompts]
    model.generation_config.repetition_penalty = 1.3
    expected = [alone(model, prompt) for prompt in prompts]
    assert expected != before
    assert shared(model, prompts, 8)[0] == expected


def test_one_by_one_each_edge_of_the_trie_is_computed_once():
    model, prompts = model_of(CONFIGS["qwen2"]()), questions_about_nested_stores()
    _, generator = shared(model, prompts, 1)
    edges = {tuple(prompt[: n + 1]) for prompt in prompts for n in range(len(prompt))}
    # The last token of each prompt is computed with its answer, whoever had it before.
    again = len(prompts) - len({tuple(prompt) for prompt in prompts})
    inner = sum(
        any(other[: len(prompt)] == prompt and len(other) > len(prompt) for other in prompts)
        for prompt in {tuple(p): p for p in prompts}.values()
    )
    assert generator.prefilled_tokens == len(edges) + again + inner


tokens = st.lists(st.integers(0, 2), min_size=1, max_size=12)


@given(st.lists(tokens, max_size=20), st.integers(1, 6))
def test_a_plan_is_a_partition_with_what_each_chunk_shares(prompts: Prompts, batch_size: int):
    chunks = plan(prompts, batch_size)
    assert sorted(index for chunk in chunks for index in chunk.indices) == list(range(len(prompts)))
    for chunk in chunks:
        rows = [prompts[index] for index in chunk.indices]
        assert 1 <= len(rows) <= batch_size
        assert len({tuple(row[: chunk.shared]) for row in rows}) == 1
        assert chunk.shared < min(map(len, rows))


def test_stores_that_have_little_in_common_are_not_padded_together():
    short, long = [1] * 10 + [2], [1] * 2000 + [3]
    assert len(plan([short, long], 8)) == 2
    assert len(plan([[*long, n] for n in range(8)], 8)) == 1


def test_many_questions_of_a_few_tokens_more_or_less_are_one_chunk():
    assert len(plan([[1] * 2000 + [2 + n] * (20 + n % 5) for n in range(64)], 64)) == 1
