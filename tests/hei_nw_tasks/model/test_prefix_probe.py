"""Prefixes are shared where that gives the answers of each prompt alone, and nowhere else."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from benchmarks.architectures import alone, questions, shared
from hei_nw_tasks import register
from hei_nw_tasks.model.prefix_probe import PrefixProbe
from hei_nw_tasks.model.shared_prefix import SharedPrefixGenerator
from tests.hei_nw_tasks.model.running import answers, evaluate

SIZES = {"vocab_size": 300, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
ENDS = {"bos_token_id": 1, "eos_token_id": 7, "pad_token_id": 0}
GROUPED = {**SIZES, **ENDS, "num_key_value_heads": 2, "intermediate_size": 96}
LOCAL = {"attention_types": [[["global", "local"], 1]], "num_layers": 2, "num_heads": 4}
DYNAMIC = {"rope_type": "dynamic", "factor": 4.0, "rope_theta": 10000.0}
# Configs, with what the reason against sharing has to say; None where sharing has to work.
CASES: dict[str, tuple[Any, str | None]] = {
    "qwen2": (lambda: transformers.Qwen2Config(**GROUPED), None),
    "falcon, multi-query": (
        lambda: transformers.FalconConfig(
            **SIZES, **ENDS, multi_query=True, new_decoder_architecture=False
        ),
        None,
    ),
    "bloom": (
        lambda: transformers.BloomConfig(
            vocab_size=300, hidden_size=64, n_layer=2, n_head=4, **ENDS
        ),
        None,
    ),
    # ALiBi counts from the end of the row, padding included.
    "mpt": (
        lambda: transformers.MptConfig(
            vocab_size=300, d_model=64, n_layers=2, n_heads=4, max_seq_len=1024, **ENDS
        ),
        "change the logits",
    ),
    "gpt_neo": (
        lambda: transformers.GPTNeoConfig(
            vocab_size=300, hidden_size=64, window_size=8, **LOCAL, **ENDS
        ),
        "change the logits",
    ),
    "gpt_neo, wide window": (
        lambda: transformers.GPTNeoConfig(
            vocab_size=300, hidden_size=64, window_size=64, **LOCAL, **ENDS
        ),
        "beyond 48 tokens",
    ),
    "positions that scale": (
        lambda: transformers.LlamaConfig(
            **GROUPED, max_position_embeddings=128, rope_parameters=DYNAMIC
        ),
        "beyond 48 tokens",
    ),
    # Its mask is a sum and not a choice, so rows cannot read one copy.
    "doge": (lambda: transformers.DogeConfig(**GROUPED), None),
    "doge, few keys": (
        lambda: transformers.DogeConfig(**GROUPED, keep_window_size=32),
        "change the logits",
    ),
    "mistral": (
        lambda: transformers.MistralConfig(**GROUPED, sliding_window=32),
        "DynamicSlidingWindowLayer",
    ),
    "mamba": (
        lambda: transformers.MambaConfig(
            vocab_size=300, hidden_size=64, num_hidden_layers=1, **ENDS
        ),
        "no keys and values",
    ),
    "rwkv": (
        lambda: transformers.RwkvConfig(
            vocab_size=300, hidden_size=64, num_hidden_layers=2, rescale_every=0, **ENDS
        ),
        "no keys and values",
    ),
}


def model_of(config: Any) -> Any:
    torch.manual_seed(3)
    model = transformers.AutoModelForCausalLM.from_config(config).eval()
    with torch.no_grad():
        for weights in model.parameters():
            weights.mul_(3 if weights.dim() > 1 else 1)
    return model


@pytest.mark.parametrize("name", CASES)
def test_sharing_gives_the_answers_of_each_prompt_alone_or_is_refused(name: str):
    config, refused = CASES[name]
    model, prompts = model_of(config()), questions()
    probe = PrefixProbe(model)
    reason = probe.why_not(max(map(len, prompts)))
    assert (reason is None) == (refused is None)
    if reason is None:
        given = shared(model, prompts[::2], probe.one_copy)
        for index, prompt in enumerate(prompts[::2]):
            assert given[index][0] == alone(model, prompt)[0]
    else:
        assert refused in reason
        assert reason == PrefixProbe(model).why_not(max(map(len, prompts)))


def test_windows_beyond_all_prompts_do_no_harm():
    probe = PrefixProbe(model_of(CASES["gpt_neo, wide window"][0]()))
    assert probe.why_not(40) is None
    assert probe.why_not(300) is not None
    assert probe.why_not(40) is None


def test_the_probe_goes_where_sharing_goes(monkeypatch: pytest.MonkeyPatch):
    """It extends and crops the cache, pads rows and takes several steps after the first."""
    walked: list[tuple[int, int]] = []
    padded: list[bool] = []
    walk, answer = SharedPrefixGenerator._walk_to, SharedPrefixGenerator._answer

    def walking(self: Any, path: list[int]) -> None:
        walked.append((len(self._path), len(path)))
        walk(self, path)

    def answering(self: Any, rows: Any, *arguments: Any) -> Any:
        padded.append(len(set(map(len, rows))) > 1)
        new = answer(self, rows, *arguments)
        assert {len(row) for row in new} == {3}
        return new

    monkeypatch.setattr(SharedPrefixGenerator, "_walk_to", walking)
    monkeypatch.setattr(SharedPrefixGenerator, "_answer", answering)
    assert PrefixProbe(model_of(CASES["qwen2"][0]())).why_not(300) is None
    for length in (48, 300):
        steps = [walked.pop(0) for _ in range(3 if length == 48 else len(walked))]
        assert any(0 < before < after for before, after in steps)
        assert any(after < before for before, after in steps)
    assert any(padded[:3])
    assert any(padded[3:])


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"cache_implementation": "static"}, "cache_implementation"),
        ({"no_repeat_ngram_size": 3}, "no_repeat_ngram_size"),
        ({"max_new_tokens": 5, "min_new_tokens": 2}, "max_new_tokens, min_new_tokens"),
        ({"repetition_penalty": 1.1, "temperature": 0.7, "do_sample": True, "top_k": 20}, None),
    ],
)
def test_settings_of_a_checkpoint_that_sharing_may_not_follow(
    settings: dict[str, Any], reason: str | None
):
    model = model_of(CASES["qwen2"][0]())
    model.generation_config.update(**settings)
    told = PrefixProbe(model).why_not(40)
    assert told == (reason and f"the checkpoint's generation_config sets {reason}")


def test_a_model_that_fails_is_answered_plainly(monkeypatch: pytest.MonkeyPatch):
    def failing(*arguments: Any) -> Any:
        raise IndexError("mask and keys differ\nin length")

    monkeypatch.setattr(SharedPrefixGenerator, "_walk_to", failing)
    model = model_of(CASES["qwen2"][0]())
    told = PrefixProbe(model).why_not(40)
    assert told == "shared prefixes fail: IndexError: mask and keys differ"
    assert model.config._attn_implementation == "sdpa"


def test_a_checkpoint_with_a_static_cache_is_answered_as_by_hf(
    checkpoint: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    register()
    folder = shutil.copytree(checkpoint, tmp_path / "static")
    settings = folder / "generation_config.json"
    settings.write_text(
        json.dumps({**json.loads(settings.read_text()), "cache_implementation": "static"})
    )
    arguments = {"pretrained": str(folder), "baseline": "recent", "memory_tokens": 400}
    with caplog.at_level(logging.WARNING, "lm_eval.hei_nw_tasks"):
        results = evaluate("heinw", arguments, ["heinw_A"], {"n": 3}, batch_size=2)
    assert len(answers(results, "heinw_A")) == 3
    assert results["config"]["heinw"]["shared_prefix"] is False
    assert "generation_config sets cache_implementation" in caplog.text
