"""One copy of a prefix is attended to as if each row had its own."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import transformers
from transformers import DynamicCache

from hei_nw_tasks.model import prefix_attention
from hei_nw_tasks.model.prefix_attention import attention_over_prefixes, cache_over
from hei_nw_tasks.model.prefix_probe import PrefixProbe

PREFIX, ROWS, REST = 23, 5, 7


def model_of(heads: int, kv_heads: int, dtype: torch.dtype = torch.float32) -> Any:
    torch.manual_seed(5)
    config = transformers.Qwen2Config(
        vocab_size=90,
        hidden_size=48,
        intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        eos_token_id=None,
    )
    return transformers.Qwen2ForCausalLM(config).to(dtype).eval()


def rows_behind_one_prefix() -> tuple[Any, Any]:
    """Tokens, and their mask: after the prefix comes padding, of another length in each row."""
    draw = torch.Generator().manual_seed(1)
    tokens = torch.randint(1, 90, (ROWS, PREFIX + REST), generator=draw)
    tokens[:, :PREFIX] = tokens[0, :PREFIX]
    mask = torch.ones_like(tokens)
    for row in range(ROWS):
        mask[row, PREFIX : PREFIX + row] = 0
    return tokens, mask


def prefix_of(model: Any, tokens: Any) -> Any:
    cache = DynamicCache()
    model(tokens[:1, :PREFIX], past_key_values=cache, use_cache=True)
    return cache


@pytest.mark.parametrize(("heads", "kv_heads"), [(4, 4), (4, 2), (4, 1), (6, 2)])
@pytest.mark.parametrize(
    ("dtype", "tolerance"),
    [(torch.float64, 1e-6), (torch.float32, 1e-5), (torch.bfloat16, 0.03), (torch.float16, 0.01)],
)
def test_logits_are_those_of_whole_rows(
    heads: int, kv_heads: int, dtype: torch.dtype, tolerance: float
):
    model = model_of(heads, kv_heads, dtype)
    tokens, mask = rows_behind_one_prefix()
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    with torch.inference_mode():
        whole = model(tokens, attention_mask=mask, position_ids=positions).logits[:, -1]
        prefix = prefix_of(model, tokens)
        with attention_over_prefixes(model):
            behind = model(
                tokens[:, PREFIX:],
                attention_mask=mask,
                position_ids=positions[:, PREFIX:],
                past_key_values=cache_over(prefix),
                use_cache=True,
            ).logits[:, -1]
    assert (whole - behind).abs().max() <= tolerance
    probe = PrefixProbe(model)
    assert probe.why_not(PREFIX + REST) is None
    assert probe.one_copy


def test_generation_reads_the_prefix_and_keeps_only_what_is_each_rows_own():
    model = model_of(4, 2)
    tokens, mask = rows_behind_one_prefix()
    options = {"max_new_tokens": 9, "do_sample": False, "pad_token_id": 0, "attention_mask": mask}
    expected = model.generate(tokens, **options)
    with torch.inference_mode(), attention_over_prefixes(model):
        prefix = prefix_of(model, tokens)
        before = [layer.keys.clone() for layer in prefix.layers]
        rows = cache_over(prefix)
        assert model.generate(tokens, past_key_values=rows, **options).tolist() == expected.tolist()
    for layer, own, keys in zip(prefix.layers, rows.layers, before, strict=True):
        assert torch.equal(layer.keys, keys)
        assert own.keys.shape[-2] == REST + 9 - 1
        assert own.get_seq_length() == PREFIX + REST + 9 - 1


def test_the_models_attention_is_its_own_again_afterwards():
    model = model_of(4, 2)
    with attention_over_prefixes(model):
        assert model.config._attn_implementation != "sdpa"
    assert model.config._attn_implementation == "sdpa"
    with pytest.raises(ZeroDivisionError), attention_over_prefixes(model):
        _ = 1 / 0
    assert model.config._attn_implementation == "sdpa"


def test_a_model_that_loses_the_prefix_is_found_out(monkeypatch: pytest.MonkeyPatch):
    def copying(*arguments: Any) -> Any:
        keys, values = update(*arguments)
        return keys.clone(), values

    update = prefix_attention._RowsLayer.update
    monkeypatch.setattr(prefix_attention._RowsLayer, "update", copying)
    probe = PrefixProbe(model_of(4, 2))
    assert probe.why_not(PREFIX) is None
    assert not probe.one_copy


def test_plain_multiplications_do_what_the_kernel_does(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(prefix_attention, "_MOST_SCORES", 100)
    draw = torch.Generator().manual_seed(2)
    queries, keys, values = (torch.randn(1, 2, n, 8, generator=draw) for n in (11, 17, 17))
    found = prefix_attention._in_pieces(queries, keys, values, 0.3)
    expected = prefix_attention._over_prefix(queries, keys, values, 0.3)
    for one, other in zip(found, expected, strict=True):
        assert one.shape == other.shape
        assert torch.allclose(one, other, atol=1e-6)
