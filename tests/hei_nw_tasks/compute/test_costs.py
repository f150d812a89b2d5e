"""The formulas against torch's own counter and the real cache, on small models."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
import transformers
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from hei_nw_tasks.compute.architecture import (
    Architecture,
    AttentionLayer,
    UnknownArchitectureError,
    architecture_of,
)
from hei_nw_tasks.compute.flops import (
    answer_costs,
    attention_flops,
    decode_flops,
    estimate_attention_flops,
    estimate_kv_bytes,
    flop_rates,
    kv_bytes,
    prefill_flops,
)

COMMON = {
    "vocab_size": 300,
    "hidden_size": 64,
    "intermediate_size": 160,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 1024,
}
CONFIGS = {
    "qwen2": lambda: transformers.Qwen2Config(**COMMON),
    "qwen2 tied": lambda: transformers.Qwen2Config(**COMMON, tie_word_embeddings=True),
    "llama": lambda: transformers.LlamaConfig(**{**COMMON, "num_key_value_heads": 4}),
    "gpt2": lambda: transformers.GPT2Config(
        vocab_size=300, n_embd=64, n_layer=3, n_head=4, n_positions=1024
    ),
}


def model_of(name: str, **changes: Any) -> Any:
    config = CONFIGS[name]()
    config._attn_implementation = "eager"
    torch.manual_seed(0)
    return transformers.AutoModelForCausalLM.from_config(config, **changes).eval()


def tokens(rows: int, length: int) -> torch.Tensor:
    return torch.randint(5, 300, (rows, length), generator=torch.Generator().manual_seed(1))


def counted(model: Any, ids: torch.Tensor, new: int) -> float:
    model.generation_config.eos_token_id = None
    counter = FlopCounterMode(display=False)
    with torch.inference_mode(), counter:
        model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=new,
            min_new_tokens=new,
            do_sample=False,
            pad_token_id=0,
        )
    return float(counter.get_total_flops())


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize(("rows", "length", "new"), [(1, 200, 1), (1, 300, 17), (3, 90, 5)])
def test_an_answer_costs_what_torch_counts(name: str, rows: int, length: int, new: int):
    model = model_of(name)
    costs = answer_costs(architecture_of(model), length, new)
    assert costs["total_flops"] * rows == pytest.approx(
        counted(model, tokens(rows, length), new), rel=1e-3
    )
    assert costs["total_flops"] == costs["prefill_flops"] + costs["decode_flops"]


@pytest.mark.parametrize("name", CONFIGS)
def test_a_cached_prefix_is_not_paid_again(name: str):
    model, ids = model_of(name), tokens(1, 500)
    counter = FlopCounterMode(display=False)
    with torch.inference_mode():
        cache = model(ids[:, :480], use_cache=True).past_key_values
        with counter:
            model(ids[:, 480:], past_key_values=cache, use_cache=True, logits_to_keep=1)
    expected = prefill_flops(architecture_of(model), 500, cached=480)
    assert expected == pytest.approx(counter.get_total_flops(), rel=1e-3)


def cache_bytes(cache: Any) -> int:
    return sum(
        states.numel() * states.element_size()
        for layer in cache.layers
        for states in (layer.keys, layer.values)
    )


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_cache_has_the_bytes_of_the_real_one(name: str, dtype: torch.dtype):
    model = model_of(name).to(dtype)
    with torch.inference_mode():
        made = model.generate(
            tokens(1, 100),
            attention_mask=torch.ones(1, 100, dtype=torch.long),
            max_new_tokens=9,
            min_new_tokens=9,
            do_sample=False,
            pad_token_id=0,
            return_dict_in_generate=True,
        )
    generated = made.sequences.shape[1] - 100
    costs = answer_costs(architecture_of(model), 100, generated)
    assert costs["kv_cache_bytes"] == cache_bytes(made.past_key_values)


def test_a_sliding_window_keeps_only_what_it_sees():
    config = transformers.MistralConfig(**COMMON, sliding_window=32)
    model = transformers.AutoModelForCausalLM.from_config(config).eval()
    cache = transformers.DynamicCache(config=config)
    with torch.inference_mode():
        model(tokens(1, 100), past_key_values=cache, use_cache=True)
    architecture = architecture_of(model)
    assert {layer.window for layer in architecture.layers} == {32}
    assert kv_bytes(architecture, 100) == cache_bytes(cache)


def test_of_a_mixture_only_the_experts_that_are_used_count():
    config = transformers.MixtralConfig(**COMMON, num_local_experts=8, num_experts_per_tok=2)
    model = transformers.AutoModelForCausalLM.from_config(config)
    hidden, inner, layers, vocabulary = 64, 160, 3, 300
    attention = hidden * 64 + 2 * hidden * 32 + 64 * hidden
    router, experts = hidden * 8, 2 * 3 * hidden * inner
    architecture = architecture_of(model)
    assert architecture.linear_weights == layers * (attention + router + experts)
    assert architecture.head_weights == hidden * vocabulary


def test_quantised_weights_multiply_like_the_others(checkpoint: Any):
    load = transformers.AutoModelForCausalLM.from_pretrained
    plain = architecture_of(load(checkpoint, dtype=torch.float32))
    quantisation = transformers.BitsAndBytesConfig(load_in_4bit=True)
    packed = architecture_of(load(checkpoint, quantization_config=quantisation, device_map="cpu"))
    assert packed.linear_weights == plain.linear_weights
    assert packed.head_weights == plain.head_weights


def test_what_cannot_be_counted_says_why():
    config = transformers.T5Config(d_model=32, d_kv=8, d_ff=64, num_layers=1, num_heads=2)
    with pytest.raises(UnknownArchitectureError, match="encoder-decoder"):
        architecture_of(transformers.T5ForConditionalGeneration(config))
    mamba = transformers.MambaConfig(hidden_size=32, num_hidden_layers=1, vocab_size=50)
    with pytest.raises(UnknownArchitectureError, match="mamba"):
        architecture_of(transformers.MambaForCausalLM(mamba))


ARCHITECTURE = Architecture(1000.0, 200, (AttentionLayer(4, 8, 2), AttentionLayer(4, 8, 4)), 2)
counts = st.integers(0, 5000)


@given(counts, counts, counts)
def test_costs_grow_with_tokens_and_add_up(prompt: int, cached: int, generated: int):
    cached = min(cached, prompt)
    whole = prefill_flops(ARCHITECTURE, prompt)
    rest = prefill_flops(ARCHITECTURE, prompt, cached)
    assert 0 <= rest <= whole
    assert prefill_flops(ARCHITECTURE, prompt + 1) > whole
    assert decode_flops(ARCHITECTURE, prompt, generated + 2) > decode_flops(
        ARCHITECTURE, prompt, generated + 1
    )
    assert decode_flops(ARCHITECTURE, prompt, 0) == decode_flops(ARCHITECTURE, prompt, 1) == 0
    attention = attention_flops(ARCHITECTURE, prompt, generated)
    assert attention <= whole + decode_flops(ARCHITECTURE, prompt, generated)
    # One forward a step, each with one more token in its past.
    steps = sum(
        prefill_flops(ARCHITECTURE, prompt + i, prompt + i - 1) for i in range(1, generated % 7)
    )
    assert decode_flops(ARCHITECTURE, prompt, generated % 7) == pytest.approx(steps)


@given(counts, st.integers(1, 5000))
def test_the_rates_of_a_model_are_all_that_its_costs_need(prompt: int, generated: int):
    rates = flop_rates(ARCHITECTURE)
    assert rates is not None
    steps = generated - 1
    pairs = prompt**2 + steps * prompt + steps * (steps + 1) / 2
    costs = answer_costs(ARCHITECTURE, prompt, generated)
    assert costs["attention_flops"] == rates.pair * pairs
    linear = rates.linear * (prompt + steps) + rates.head * (steps + bool(prompt))
    assert costs["total_flops"] == pytest.approx(linear + rates.pair * pairs)


def test_with_a_sliding_window_there_are_no_rates():
    windowed = replace(ARCHITECTURE, layers=(AttentionLayer(4, 8, 2), AttentionLayer(4, 8, 2, 32)))
    assert flop_rates(windowed) is None


def test_the_seed_call_forms():
    whole = Architecture(0.0, 0, (AttentionLayer(16, 64, 16),) * 24, 2)
    assert estimate_attention_flops(100, 50, 24, 1024, 16) == attention_flops(whole, 100, 50)
    one = Architecture(0.0, 0, (AttentionLayer(16, 64, 16),), 2)
    assert estimate_kv_bytes(150, 1024) == kv_bytes(one, 150) == 150 * 1024 * 2 * 2
    assert estimate_kv_bytes(7, 64, "fp32", n_layers=3, heads=8, kv_heads=2) == 7 * 16 * 2 * 4 * 3
    for wrong in ({"tokens": -1}, {"dtype": "fp12"}, {"heads": 7}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            estimate_kv_bytes(**{"tokens": 1, "d_model": 64, **wrong})
