"""What the FLOP formulas need to know of a model, measured on the loaded model.

A Qwen2 of two layers, width 64, four heads of 16 over two key-value heads:

    Architecture(linear_flops=147456.0, head_flops=49152.0,
                 attention=(Attention(pair_flops=256.0, window=None), …))

torch counts what short prompts multiply, and the constants are solved for. A layer with packed
weights multiplies out of torch's sight; it is counted by its inputs and outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hei_nw_tasks.compute.cache import CacheLayer, UnknownCostError, forward

# Three lengths give the three constants; the fourth, and a token after it, check them.
_LENGTHS = (8, 16, 24, 40)
# Share of the FLOPs by which a check may differ: rotary positions multiply a little, too.
_MOST_OFF = 0.01


@dataclass(frozen=True)
class Attention:
    """Attention of one layer.

    Attributes:
        pair_flops: FLOPs per pair of a query and a key in all heads: the score, and adding the
            value.
        window: Tokens that a sliding window sees; None without one.
    """

    pair_flops: float
    window: int | None = None


@dataclass(frozen=True)
class Architecture:
    """A decoder, as far as its FLOPs go.

    Attributes:
        linear_flops: FLOPs of a token in the linear layers; in a mixture of experts, of those that
            are used.
        head_flops: FLOPs of the output head, which is applied once in a forward pass; 0 if it is
            applied to every token, and so part of the linear layers.
        attention: Attention of each layer.
    """

    linear_flops: float
    head_flops: float
    attention: tuple[Attention, ...]


def architecture_of(model: Any, cache: Sequence[CacheLayer]) -> Architecture:
    """Measure the FLOPs of a loaded decoder of transformers.

    Args:
        model: The model.
        cache: What its layers keep, from `cache_of`.

    Raises:
        UnknownCostError: Its FLOPs do not follow the formulas, or cannot be seen.
    """
    from hei_nw_tasks.compute.flops import decode_flops, prefill_flops

    if any(layer.state_bytes for layer in cache):
        raise UnknownCostError("FLOPs of layers that keep a state are not counted")
    if any(_is_packed(module) and not _is_linear(module) for module in model.modules()):
        raise UnknownCostError("FLOPs of packed weights are counted in linear layers only")
    with _plain_attention(model), _counted(model) as flops:
        counts, kept = [], None
        for length in _LENGTHS:
            before = flops()
            kept = forward(model, length).past_key_values
            counts.append(flops() - before)
        before = flops()
        forward(model, 1, kept)
        step = flops() - before
    one, two, three = counts[:3]
    n = _LENGTHS[0]
    pair = (three - 2 * two + one) / (2 * n * n)
    linear = (two - one) / n - 3 * n * pair
    attending = [layer for layer in cache if layer.token_bytes]
    if any(layer.window for layer in attending) and len({x.token_bytes for x in attending}) > 1:
        raise UnknownCostError("FLOPs of windows in layers of unequal size are not counted")
    found = Architecture(
        linear_flops=linear,
        head_flops=one - n * linear - n * n * pair,
        attention=tuple(Attention(pair / len(attending), layer.window) for layer in attending),
    )
    expected = prefill_flops(found, _LENGTHS[3]), decode_flops(found, _LENGTHS[3], 2)
    for formula, count in zip(expected, (counts[3], step), strict=True):
        if pair <= 0 or abs(formula - count) > _MOST_OFF * count:
            raise UnknownCostError("the model's FLOPs do not follow the formula of attention")
    return found


@contextmanager
def _plain_attention(model: Any) -> Iterator[None]:
    """Let the model attend by plain multiplications, which torch can count."""
    before = model.config._attn_implementation
    try:
        if before != "eager":
            model.set_attn_implementation("eager")
        yield
    finally:
        if before != "eager":
            model.set_attn_implementation(before)


@contextmanager
def _counted(model: Any) -> Iterator[Callable[[], int]]:
    """Count what is multiplied; gives the FLOPs so far."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    aten = torch.ops.aten

    def attended(queries: Any, keys: Any, values: Any, *_: Any, **__: Any) -> int:
        """FLOPs of the attention of CPUs, which torch leaves out."""
        rows, heads, new, size = queries
        return int(2 * rows * heads * new * keys[2] * (size + values[3]))

    def grouped(rows: Any, weights: Any, *_: Any, **__: Any) -> int:
        """FLOPs of experts, each of which multiplies its rows."""
        return int(2 * rows[0] * rows[1] * weights[-1])

    unseen = 0
    begun: list[int] = []
    formulas = {"_scaled_dot_product_flash_attention_for_cpu": attended, "_grouped_mm": grouped}
    # torch has the second only since version 2.8.
    known = {getattr(aten, name): f for name, f in formulas.items() if hasattr(aten, name)}
    counter = FlopCounterMode(display=False, custom_mapping=known)

    def total() -> int:
        return int(counter.get_total_flops()) + unseen

    def enter(module: Any, inputs: Any) -> None:
        begun.append(total())

    def leave(module: Any, inputs: Any, output: Any) -> None:
        nonlocal unseen
        flops = 2 * inputs[0].numel() * module.out_features
        unseen += max(begun.pop() + flops - total(), 0)

    linear = [module for module in model.modules() if _is_linear(module)]
    hooks = [module.register_forward_pre_hook(enter) for module in linear]
    hooks += [module.register_forward_hook(leave) for module in linear]
    try:
        with counter:
            yield total
    finally:
        for hook in hooks:
            hook.remove()


def _is_linear(module: Any) -> bool:
    """Whether a module is a linear map, of whatever quantisation method."""
    sizes = getattr(module, "in_features", None), getattr(module, "out_features", None)
    return all(isinstance(size, int) for size in sizes)


def _is_packed(module: Any) -> bool:
    return any(not weight.is_floating_point() for weight in module.parameters(recurse=False))
