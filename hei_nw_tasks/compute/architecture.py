"""What the cost formulas need to know of a model, read from the loaded model.

A Qwen2 of two layers, width 64, four heads of 16 over two key-value heads:

    Architecture(linear_weights=73728.0, head_weights=24576, kv_bytes=4,
                 layers=(AttentionLayer(heads=4, head_dim=16, kv_heads=2, window=None), …))

Weights are counted from the shapes of the modules that multiply: quantised weights are packed, and
a tied output head multiplies although it has no parameters of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


class UnknownArchitectureError(ValueError):
    """The costs of this model cannot be counted; the message says why."""


@dataclass(frozen=True)
class AttentionLayer:
    """Attention of one layer.

    Attributes:
        heads: Query heads.
        head_dim: Size of each.
        kv_heads: Key-value heads.
        window: Tokens that a sliding window sees; None without one.
    """

    heads: int
    head_dim: int
    kv_heads: int
    window: int | None = None


@dataclass(frozen=True)
class Architecture:
    """A decoder, as far as its costs go.

    Attributes:
        linear_weights: Weights that one token is multiplied with, output head excluded; of a
            mixture of experts those of the experts that are used.
        head_weights: Weights of the output head.
        layers: Attention of each layer.
        kv_bytes: Bytes of one number in the key-value cache.
    """

    linear_weights: float
    head_weights: int
    layers: tuple[AttentionLayer, ...]
    kv_bytes: int


def architecture_of(model: Any) -> Architecture:
    """Read the architecture of a loaded decoder of transformers.

    Raises:
        UnknownArchitectureError: It is no decoder, or has parts whose costs are not known here.
    """
    config = model.config.get_text_config(decoder=True)
    if config.is_encoder_decoder:
        raise UnknownArchitectureError("costs of encoder-decoder models are not counted")
    layers = tuple(_layers(config))
    head = model.get_output_embeddings()
    if head is None or _shape(head) is None:
        raise UnknownArchitectureError(f"{type(model).__name__} has no linear output head")
    inputs, outputs = _shape(head) or (0, 0)
    return Architecture(
        linear_weights=_linear_weights(model, config, head),
        head_weights=inputs * outputs,
        layers=layers,
        kv_bytes=model.dtype.itemsize,
    )


def _layers(config: Any) -> Iterator[AttentionLayer]:
    heads = _first(config, "num_attention_heads", "n_head")
    count = _first(config, "num_hidden_layers", "n_layer")
    width = _first(config, "hidden_size", "n_embd")
    if not heads or not count or not width:
        raise UnknownArchitectureError(f"{config.model_type}: its config names no attention heads")
    head_dim = getattr(config, "head_dim", None) or width // heads
    kv_heads = getattr(config, "num_key_value_heads", None) or heads
    kinds = getattr(config, "layer_types", None)
    window = getattr(config, "sliding_window", None)
    if kinds is None:
        # Before transformers named its layers, a window stood for all of them, unless switched off.
        slides = window is not None and getattr(config, "use_sliding_window", True)
        kinds = ["sliding_attention" if slides else "full_attention"] * count
    for kind in kinds:
        if kind not in ("full_attention", "sliding_attention"):
            raise UnknownArchitectureError(f"{config.model_type}: costs of {kind} are not counted")
        yield AttentionLayer(
            heads, head_dim, kv_heads, window if kind == "sliding_attention" else None
        )


def _linear_weights(model: Any, config: Any, head: Any) -> float:
    """Weights of all linear maps but the output head, experts by the share that is used."""
    experts = _first(config, "num_experts", "num_local_experts", "n_routed_experts")
    used = getattr(config, "num_experts_per_tok", None)
    share = used / experts if experts and used else None
    dense = routed = 0
    for name, module in model.named_modules():
        if module is head:
            continue
        of_expert = ".experts" in f".{name}"
        shape = _shape(module)
        if shape is not None:
            size = shape[0] * shape[1]
        elif of_expert:
            # Since transformers 5 all experts of a layer are one tensor: (experts, rows, columns).
            size = sum(p.numel() for p in module.parameters(recurse=False) if p.dim() == 3)
        else:
            # A router may hold its matrix without being a linear module.
            weight: Any = getattr(module, "weight", None)
            routes = type(module).__name__.endswith(("Router", "Gate"))
            size = weight.numel() if routes and getattr(weight, "ndim", 0) == 2 else 0
        if of_expert:
            routed += size
        else:
            dense += size
    if routed and share is None:
        raise UnknownArchitectureError(f"{config.model_type}: its config names no active experts")
    if not dense + routed:
        raise UnknownArchitectureError(
            f"{type(model).__name__} has no linear layers that are known"
        )
    return dense + routed * (share or 0.0)


def _shape(module: Any) -> tuple[int, int] | None:
    """Inputs and outputs of a linear map, quantised or not; None for any other module."""
    from torch import nn
    from transformers.pytorch_utils import Conv1D

    if isinstance(module, Conv1D):
        return module.weight.shape[0], module.weight.shape[1]
    # bitsandbytes' Linear4bit and Linear8bitLt are nn.Linear too, with packed weights.
    return (module.in_features, module.out_features) if isinstance(module, nn.Linear) else None


def _first(config: Any, *names: str) -> int | None:
    """The first of several names that a config has."""
    for name in names:
        value = getattr(config, name, None)
        if isinstance(value, int):
            return value
    return None
