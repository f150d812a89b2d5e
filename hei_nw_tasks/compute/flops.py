"""FLOPs and cache bytes of a decoder, as formulas.

With N weights per token, an output head of V·h weights, and attention layers of H heads with keys
and values of size d, a forward pass of T new tokens over a past of P, followed by D decode steps,
costs

    2·N·(T + D) + 2·V·h·(1 + D) + Σ layers 4·H·d·(T·(P + T) + Σ_{i=1..D} (P + T + i))

A multiplication and an addition are two FLOPs. The head is applied to the last position of the
prompt only. Attention is counted without a causal mask, as by kernels that mask afterwards; a
causal kernel does about half of the T² term. An answer of G tokens takes D = G - 1 decode steps,
because the prompt's forward pass gives its first token. Norms, activations, softmax and embeddings
are left out. `torch.utils.flop_counter` counts the same for eager attention.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hei_nw_tasks.compute.architecture import Architecture
from hei_nw_tasks.compute.cache import CacheLayer


@dataclass(frozen=True)
class FlopRates:
    """The constants of the formula for one model, if no layer has a sliding window.

    Attributes:
        linear: FLOPs per token in the linear layers, 2·N.
        head: FLOPs per token in the output head, 2·V·h.
        pair: FLOPs per pair of a query and a key in attention, Σ layers 4·H·d.
    """

    linear: float
    head: float
    pair: float


_BYTES = {"fp32": 4, "fp16": 2, "bf16": 2, "fp8": 1, "int8": 1}


def flop_rates(architecture: Architecture) -> FlopRates | None:
    """The constants of a model; None if a sliding window makes its costs follow no one formula."""
    if any(layer.window is not None for layer in architecture.attention):
        return None
    return FlopRates(
        linear=architecture.linear_flops,
        head=architecture.head_flops,
        pair=sum(layer.pair_flops for layer in architecture.attention),
    )


def prefill_flops(architecture: Architecture, prompt: int, cached: int = 0) -> float:
    """FLOPs of a prompt whose first `cached` tokens are in the cache already."""
    _refuse_negative(prompt=prompt, cached=cached, new=prompt - cached)
    new = prompt - cached
    linear = architecture.linear_flops * new + (architecture.head_flops if new else 0)
    return linear + _prefill_attention(architecture, prompt, cached)


def decode_flops(architecture: Architecture, prompt: int, generated: int) -> float:
    """FLOPs of the tokens of an answer after its first."""
    _refuse_negative(prompt=prompt, generated=generated)
    steps = max(generated - 1, 0)
    linear = (architecture.linear_flops + architecture.head_flops) * steps
    return linear + _decode_attention(architecture, prompt, steps)


def attention_flops(
    architecture: Architecture, prompt: int, generated: int, cached: int = 0
) -> float:
    """The part of prefill and decode that is attention: scores and weighted values."""
    return _prefill_attention(architecture, prompt, cached) + _decode_attention(
        architecture, prompt, max(generated - 1, 0)
    )


def kv_bytes(cache: Sequence[CacheLayer], tokens: int) -> int:
    """Bytes of the cache of a number of tokens."""
    _refuse_negative(tokens=tokens)
    return sum(layer.bytes_of(tokens) for layer in cache)


def answer_costs(architecture: Architecture, prompt: int, generated: int) -> dict[str, float]:
    """The FLOPs that follow from the numbers of tokens, by the names of `COSTS`."""
    prefill = prefill_flops(architecture, prompt)
    decode = decode_flops(architecture, prompt, generated)
    return {
        "prefill_flops": prefill,
        "decode_flops": decode,
        "attention_flops": attention_flops(architecture, prompt, generated),
        "total_flops": prefill + decode,
    }


def estimate_attention_flops(
    prompt_toks: int, gen_toks: int, n_layers: int, d_model: int, heads: int
) -> int:
    """FLOPs of attention alone for a prompt and its answer, without a mask.

    The call form of the seed documents. `heads` has to divide `d_model`, but does not change the
    result, because heads · head size is `d_model`.

    >>> estimate_attention_flops(100, 50, 24, 1024, 16)
    1585152000

    Raises:
        ValueError: A number is negative, or the heads do not divide the width.
    """
    _refuse_negative(prompt_toks=prompt_toks, gen_toks=gen_toks, n_layers=n_layers, d_model=d_model)
    if heads < 1 or d_model % heads:
        raise ValueError(f"heads={heads}: has to divide d_model={d_model}")
    steps = max(gen_toks - 1, 0)
    pairs = prompt_toks * prompt_toks + steps * prompt_toks + steps * (steps + 1) // 2
    return 4 * n_layers * d_model * pairs


def estimate_kv_bytes(
    tokens: int,
    d_model: int,
    dtype: str = "fp16",
    n_layers: int = 1,
    heads: int = 1,
    kv_heads: int | None = None,
) -> int:
    """Bytes of the key-value cache: 2 · layers · width of keys · bytes · tokens.

    The call form of the seed documents: by default one layer, with as many key-value heads as
    heads.

    >>> estimate_kv_bytes(150, 1024)
    614400

    Raises:
        ValueError: A number is negative, the heads do not divide the width, or the dtype is none of
            fp32, fp16, bf16, fp8, int8.
    """
    _refuse_negative(tokens=tokens, d_model=d_model, n_layers=n_layers)
    if dtype not in _BYTES:
        raise ValueError(f"dtype={dtype!r}: is none of {', '.join(_BYTES)}")
    if heads < 1 or d_model % heads:
        raise ValueError(f"heads={heads}: has to divide d_model={d_model}")
    width = d_model // heads * (heads if kv_heads is None else kv_heads)
    return 2 * n_layers * width * _BYTES[dtype] * tokens


def _prefill_attention(architecture: Architecture, prompt: int, cached: int) -> float:
    new = prompt - cached
    return sum(layer.pair_flops * new * prompt for layer in architecture.attention)


def _decode_attention(architecture: Architecture, prompt: int, steps: int) -> float:
    return sum(
        layer.pair_flops * _seen(layer.window, prompt, steps) for layer in architecture.attention
    )


def _seen(window: int | None, prompt: int, steps: int) -> int:
    """Number of keys that each decode step sees, summed over the steps."""
    if window is None:
        return steps * prompt + steps * (steps + 1) // 2
    return sum(min(prompt + i, window) for i in range(1, steps + 1))


def _refuse_negative(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 0:
            raise ValueError(f"{name}={number}: is negative")
