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

from hei_nw_tasks.compute.architecture import Architecture, Attention, architecture_of
from hei_nw_tasks.compute.cache import CacheLayer, UnknownCostError, cache_of, held_bytes
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
from hei_nw_tasks.model.accounting import Accounting

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


def flops_of(model: Any) -> Architecture:
    return architecture_of(model, cache_of(model))


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
@pytest.mark.parametrize(("rows", "length", "new"), [(1, 200, 1), (1, 300, 7), (3, 90, 5)])
def test_an_answer_costs_what_torch_counts(name: str, rows: int, length: int, new: int):
    model = model_of(name)
    costs = answer_costs(flops_of(model), length, new)
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
    expected = prefill_flops(flops_of(model), 500, cached=480)
    assert expected == pytest.approx(counter.get_total_flops(), rel=1e-3)


def config_of(name: str) -> Any:
    """Architectures whose configs name what they keep in ways of their own."""
    sizes = {"vocab_size": 300, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    latent = {"q_lora_rank": 32, "kv_lora_rank": 16, "qk_nope_head_dim": 16, "qk_rope_head_dim": 8}
    moe = {"n_routed_experts": 4, "num_experts_per_tok": 2, "n_group": 1, "topk_group": 1}
    configs = {
        **{known: CONFIGS[known] for known in CONFIGS},
        "falcon, one key-value head": lambda: transformers.FalconConfig(
            **sizes, multi_query=True, new_decoder_architecture=False
        ),
        "deepseek": lambda: transformers.DeepseekV3Config(
            **sizes, **latent, **moe, v_head_dim=16, num_key_value_heads=4, intermediate_size=96
        ),
        "mpt": lambda: transformers.MptConfig(d_model=64, n_heads=4, n_layers=2, vocab_size=300),
        "a window": lambda: transformers.MistralConfig(**COMMON, sliding_window=32),
        "some windows": lambda: transformers.Gemma2Config(
            **COMMON, head_dim=16, sliding_window=32, attn_implementation="eager"
        ),
    }
    return configs[name]()


REAL = [*CONFIGS, "falcon, one key-value head", "deepseek", "mpt", "a window", "some windows"]


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_cache_has_the_bytes_of_the_real_one(name: str, dtype: torch.dtype):
    torch.manual_seed(0)
    model = transformers.AutoModelForCausalLM.from_config(config_of(name)).to(dtype).eval()
    with torch.inference_mode():
        made = model.generate(
            tokens(1, 100),
            attention_mask=torch.ones(1, 100, dtype=torch.long),
            max_new_tokens=9,
            min_new_tokens=9,
            do_sample=False,
            use_cache=True,
            pad_token_id=0,
            return_dict_in_generate=True,
        )
    real = sum(map(held_bytes, made.past_key_values.layers))
    assert kv_bytes(cache_of(model), made.sequences.shape[1] - 1) == real > 0


def test_attention_with_a_window_is_counted_up_to_the_window():
    model = transformers.AutoModelForCausalLM.from_config(config_of("a window")).eval()
    architecture = flops_of(model)
    # Three layers of four heads of 16: two multiplications of each with every key in sight.
    assert architecture.attention == (Attention(4 * 4 * 16, window=32),) * 3
    assert attention_flops(architecture, 100, 3) == 3 * 256 * (100 * 100 + 32 + 32)


def test_of_a_mixture_only_the_experts_that_are_used_count():
    config = transformers.MixtralConfig(**COMMON, num_local_experts=8, num_experts_per_tok=2)
    architecture = flops_of(transformers.AutoModelForCausalLM.from_config(config).eval())
    hidden, inner, layers, vocabulary = 64, 160, 3, 300
    attention = hidden * 64 + 2 * hidden * 32 + 64 * hidden
    router, experts = hidden * 8, 2 * 3 * hidden * inner
    # Rotary positions multiply a little, too.
    expected = 2 * layers * (attention + router + experts)
    assert architecture.linear_flops == pytest.approx(expected, rel=1e-3)
    assert architecture.head_flops == pytest.approx(2 * hidden * vocabulary, rel=1e-3)


@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_counting_leaves_the_model_as_it_was(implementation: str):
    model = model_of("qwen2")
    model.set_attn_implementation(implementation)
    assert flops_of(model) == flops_of(model)
    assert model.config._attn_implementation == implementation
    assert not any(module._forward_hooks for module in model.modules())


def test_quantised_weights_multiply_like_the_others(checkpoint: Any):
    load = transformers.AutoModelForCausalLM.from_pretrained
    plain = flops_of(load(checkpoint, dtype=torch.float32))
    quantisation = transformers.BitsAndBytesConfig(load_in_4bit=True)
    packed = flops_of(load(checkpoint, quantization_config=quantisation, device_map="cpu"))
    assert packed == plain


MAMBA = {"hidden_size": 32, "num_hidden_layers": 1, "vocab_size": 50}
RWKV = {"hidden_size": 32, "num_hidden_layers": 2, "vocab_size": 50, "rescale_every": 0}


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (transformers.MambaConfig(**MAMBA), "no keys and values"),
        (transformers.RwkvConfig(**RWKV), "no keys and values"),
        (transformers.T5Config(d_model=32, d_kv=8, d_ff=64, num_layers=1, num_heads=2), "encoder"),
    ],
)
def test_what_cannot_be_counted_says_why(config: Any, reason: str):
    encoding = config.is_encoder_decoder
    kind = transformers.AutoModelForSeq2SeqLM if encoding else transformers.AutoModelForCausalLM
    model = kind.from_config(config).eval()
    with pytest.raises(UnknownCostError, match=reason):
        cache_of(model)
    if not encoding:
        costs = Accounting(model).costs(100, 5, 1, 0.1)
        for name in ("kv_cache_bytes", "attention_flops", "total_flops"):
            assert costs[name].value is None
            assert reason in (costs[name].reason or "")


def test_a_formula_that_does_not_hold_is_not_used():
    """The keys of earlier tokens are computed again at each step, from what is kept of them."""
    model = transformers.AutoModelForCausalLM.from_config(config_of("deepseek")).eval()
    cache = cache_of(model)
    with pytest.raises(UnknownCostError, match="formula"):
        architecture_of(model, cache)
    costs = Accounting(model).costs(100, 5, 1, 0.1)
    assert costs["total_flops"].value is None
    assert costs["kv_cache_bytes"].value == kv_bytes(cache, 104)


ARCHITECTURE = Architecture(2000.0, 400.0, (Attention(128.0), Attention(128.0)))
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
    windowed = replace(ARCHITECTURE, attention=(Attention(128.0), Attention(128.0, window=32)))
    assert flop_rates(windowed) is None


def test_the_seed_call_forms():
    whole = Architecture(0.0, 0.0, (Attention(4.0 * 16 * 64),) * 24)
    assert estimate_attention_flops(100, 50, 24, 1024, 16) == attention_flops(whole, 100, 50)
    one = CacheLayer(2 * 16 * 64 * 2)
    assert estimate_kv_bytes(150, 1024) == kv_bytes([one], 150) == 150 * 1024 * 2 * 2
    assert estimate_kv_bytes(7, 64, "fp32", n_layers=3, heads=8, kv_heads=2) == 7 * 16 * 2 * 4 * 3
    for wrong in ({"tokens": -1}, {"dtype": "fp12"}, {"heads": 7}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            estimate_kv_bytes(**{"tokens": 1, "d_model": 64, **wrong})
