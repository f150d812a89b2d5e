"""Shared prefixes and costs of every architecture that transformers can build small.

    python -m benchmarks.architectures                      # all of them, some minutes
    python -m benchmarks.architectures mpt falcon doge      # these

Each is made with random weights, in 32 bits, and answers 24 questions about logs of unequal length,
six at a time, on the road that `heinw` takes with it: rows read one copy of the prefix they share,
or each has its own (copies), or all is left to lm_eval's `hf` (plain), with the reason. Answers and
logits are compared with those of each prompt generated alone; cache bytes by the rule of
`hei_nw_tasks.compute.cache` with those of the cache that a generation leaves. The exit code is 1 if
an answer or the bytes differ.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import torch
import transformers
from transformers.models.auto.configuration_auto import CONFIG_MAPPING
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from benchmarks.measuring import Tables, parser, run
from hei_nw_tasks.compute.architecture import architecture_of
from hei_nw_tasks.compute.cache import UnknownCostError, cache_of, held_bytes
from hei_nw_tasks.compute.flops import kv_bytes
from hei_nw_tasks.model.prefix_probe import PrefixProbe
from hei_nw_tasks.model.shared_prefix import Chunk, SharedPrefixGenerator

QUICK = ("qwen2", "mpt", "falcon, multi-query", "rwkv")
_NEW, _ROWS, _END = 12, 6, 7
# Parameters; what stays larger than that with the sizes below is left out.
_MOST = 5_000_000
# Under all the names that configs have for them; each takes those that it knows.
_SIZES = {
    **dict.fromkeys(("hidden_size", "n_embd", "d_model", "dim", "embedding_size"), 64),
    **dict.fromkeys(("word_embed_proj_dim", "emb_dim", "linear_key_head_dim"), 64),
    **dict.fromkeys(("num_hidden_layers", "n_layer", "num_layers", "n_layers"), 2),
    **dict.fromkeys(("decoder_layers", "encoder_layers", "num_experts_per_tok"), 2),
    **dict.fromkeys(("num_attention_heads", "n_head", "n_heads", "num_heads"), 4),
    **dict.fromkeys(("decoder_attention_heads", "encoder_attention_heads"), 4),
    **dict.fromkeys(("num_experts", "num_local_experts", "n_routed_experts"), 4),
    **dict.fromkeys(("intermediate_size", "ffn_dim", "n_inner", "d_ff", "ffn_hidden_size"), 96),
    **dict.fromkeys(("decoder_ffn_dim", "encoder_ffn_dim"), 96),
    **dict.fromkeys(("moe_intermediate_size", "shared_expert_intermediate_size"), 32),
    **dict.fromkeys(("sliding_window", "q_lora_rank"), 32),
    **dict.fromkeys(("head_dim", "kv_lora_rank", "qk_nope_head_dim", "v_head_dim"), 16),
    **dict.fromkeys(("qk_rope_head_dim", "rotary_dim"), 8),
    **dict.fromkeys(("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len"), 1024),
    **{"vocab_size": 300, "num_key_value_heads": 2, "rescale_every": 0},
    **{"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": _END},
}
_LATENT = ("kv_lora_rank", {"num_key_value_heads": 4, "head_dim": None})
# Beside the defaults of each type: what its own checks ask for, and variants of the attention.
_HYBRID = {"num_hidden_layers": 4}
_VARIANTS: dict[str, dict[str, dict[str, Any]]] = {
    "bamba": {"": {"attn_layer_indices": [1], "mamba_n_heads": 8, "mamba_d_head": 16}},
    "doge": {"": {}, ", no window": {"sliding_window": None}},
    "falcon": {
        ", multi-query": {"multi_query": True, "new_decoder_architecture": False},
        ", ALiBi": {"alibi": True, "multi_query": False},
        ", new decoder": {"new_decoder_architecture": True, "num_kv_heads": 2},
    },
    "falcon_h1": {"": {"mamba_d_ssm": 64, "mamba_n_heads": 4, "mamba_d_head": 16}},
    "gpt_bigcode": {"": {}, ", multi-head": {"multi_query": False}},
    "gpt_neo": {
        f", window {size}": {"attention_types": [[["global", "local"], 1]], "window_size": size}
        for size in (8, 256)
    },
    "jamba": {"": {"attn_layer_period": 2, "attn_layer_offset": 1}},
    "llama": {
        "": {},
        ", dynamic RoPE": {
            "max_position_embeddings": 128,
            "rope_parameters": {"rope_type": "dynamic", "factor": 4.0, "rope_theta": 10000.0},
        },
    },
    "mamba2": {"": {"num_heads": 8, "head_dim": 16, "n_groups": 1}},
    "mistral": {"": {}, ", no window": {"sliding_window": None}},
    "qwen2": {"": {}, ", windows": {"use_sliding_window": True, "max_window_layers": 1}},
    **{name: {"": _HYBRID} for name in ("qwen3_next", "qwen3_5_text", "kimi_linear", "lfm3")},
    "reformer": {"": {"is_decoder": True}},
}


def built(wanted: list[str]) -> Iterator[tuple[str, Any]]:
    """Build the models, one at a time; those that cannot be built from sizes alone are left out.

    Args:
        wanted: Names of architectures, or beginnings of them up to a comma; empty for all.
    """
    for kind in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        for variant, more in _VARIANTS.get(kind, {"": {}}).items():
            name = kind + variant
            if wanted and not {name, kind} & set(wanted):
                continue
            try:
                yield name, _model(kind, more)
            except Exception as error:  # each library version builds others
                print(f"{name}: left out, {type(error).__name__}", file=sys.stderr)


def _model(kind: str, more: Mapping[str, Any]) -> Any:
    known = CONFIG_MAPPING[kind]()
    sizes = {**_SIZES, **(_LATENT[1] if hasattr(known, _LATENT[0]) else {})}
    given = {
        name: size
        for name, size in sizes.items()
        if hasattr(known, name)
        and size is not None
        # What a config computes cannot be set.
        and not isinstance(getattr(type(known), name, None), property)
    }
    config = CONFIG_MAPPING[kind](**{**given, **more})
    config.is_decoder = True
    with torch.device("meta"):
        shapes = transformers.AutoModelForCausalLM.from_config(config)
    if sum(weights.numel() for weights in shapes.parameters()) > _MOST:
        raise ValueError("large")
    torch.manual_seed(3)
    model = transformers.AutoModelForCausalLM.from_config(config).eval()
    # Far from uniform, so that answers differ and some of them end early.
    with torch.no_grad():
        for weights in model.parameters():
            if weights.dim() > 1:
                weights.mul_(3)
    # Alone, it has to answer before its roads can be compared.
    alone(model, [20, 30, 40])
    return model


def questions() -> list[list[int]]:
    """Four questions about each of six logs; two logs begin alike, and dates cut them."""
    draw = random.Random(1)
    prompts: list[list[int]] = []
    log: list[int] = []
    for length in (40, 90, 90, 150, 230, 310):
        log = log[: 60 * (length == 90)]
        log = log + draw.choices(range(10, 300), k=length - len(log))
        for number in range(4):
            seen = log[: length - 7 * (number % 2)]
            prompts.append(seen + draw.choices(range(10, 300), k=draw.choice((2, 5, 9, 30))))
    return prompts


def alone(model: Any, prompt: list[int]) -> tuple[list[int], list[Any], Any]:
    """Answer one prompt: the new tokens, the scores of each, and the cache."""
    tokens = torch.tensor([prompt])
    with torch.inference_mode():
        made = model.generate(
            tokens,
            attention_mask=torch.ones_like(tokens),
            max_new_tokens=_NEW,
            do_sample=False,
            use_cache=True,
            pad_token_id=0,
            output_logits=True,
            return_dict_in_generate=True,
        )
    scores = [step[0] for step in made.logits]
    return _ended(made.sequences[0, len(prompt) :].tolist()), scores, made.get("past_key_values")


class _Listener(transformers.LogitsProcessor):
    """Keeps the scores of every step."""

    def __init__(self) -> None:
        self.steps: list[Any] = []

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        self.steps.append(scores.clone())
        return scores


def shared(
    model: Any, prompts: list[list[int]], one_copy: bool
) -> dict[int, tuple[list[int], list[Any]]]:
    """Answer prompts with shared prefixes: new tokens, and the scores of each, by index."""
    listener = _Listener()
    answers = {}

    def on_chunk(chunk: Chunk, rows: list[list[int]], seconds: float) -> None:
        for row, index in enumerate(chunk.indices):
            answers[index] = _ended(rows[row]), [scores[row] for scores in listener.steps]
        listener.steps.clear()

    generator = SharedPrefixGenerator(model, 0, one_copy, listener)
    generator.generate(
        *(prompts, _ROWS, _NEW), lambda _, __: transformers.StoppingCriteriaList(), on_chunk
    )
    return answers


def _ended(row: list[int]) -> list[int]:
    return row[: row.index(_END) + 1] if _END in row else row


def compare(name: str, model: Any) -> dict[str, Any]:
    """One row of the table."""
    prompts = questions()
    expected = [alone(model, prompt) for prompt in prompts]
    probe = PrefixProbe(model)
    begun = time.perf_counter()
    reason = probe.why_not(max(map(len, prompts)))
    took = time.perf_counter() - begun
    differing, change = None, None
    if reason is None:
        differing, change = 0, 0.0
        for index, (tokens, steps) in shared(model, prompts, probe.one_copy).items():
            right, scores, _ = expected[index]
            differing += tokens != right
            for step, (theirs, ours) in enumerate(zip(scores, steps, strict=False)):
                if tokens[:step] == right[:step]:
                    change = max(change, float((theirs - ours).abs().max()))
    tokens, _, cache = expected[-1]
    layers = getattr(cache, "layers", None)
    held = sum(map(held_bytes, layers)) if layers else None
    estimated, why = None, ""
    try:
        rule = cache_of(model)
        # The last token of an answer is never fed back.
        estimated = kv_bytes(rule, len(prompts[-1]) + len(expected[-1][1]) - 1)
        architecture_of(model, rule)
    except UnknownCostError as error:
        why = str(error)
    road = "plain" if reason else "one copy" if probe.one_copy else "copies"
    return {
        "architecture": name,
        "road": road,
        "why plain": reason or "",
        "answers that differ": differing,
        "largest change of a logit": change,
        "probe (s)": took,
        "cache by the rule (B)": estimated,
        "real cache (B)": held,
        "why costs are unknown": why,
    }


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill the table."""
    transformers.logging.set_verbosity_error()
    wanted = options.names or (list(QUICK) if options.quick else [])
    rows = []
    for name, model in built(wanted):
        rows.append(compare(name, model))
        tables.add(f"Architectures of transformers {transformers.__version__}", rows[-1])
    shared_ones = [row for row in rows if row["road"] != "plain"]
    wrong = [
        row["architecture"]
        for row in rows
        if row["answers that differ"]
        or row["cache by the rule (B)"] not in (None, row["real cache (B)"])
    ]
    print(f"\n{len(rows)} architectures, {len(shared_ones)} share; wrong: {', '.join(wrong) or 0}")
    if wrong:
        raise SystemExit(1)


def main() -> int:
    """Run the benchmark; return its exit code."""
    made = parser(__doc__)
    made.add_argument("names", nargs="*", metavar="NAME", help="architectures; by default all")
    return run(measure, made.parse_args())


if __name__ == "__main__":
    sys.exit(main())
