"""The reader's architecture and initial weights.

A plain Qwen2 decoder. Retrieval from context needs heads that attend to the previous tokens, heads
that find the same token elsewhere, and heads that copy what they find. From random weights these
form only after thousands of steps, so some heads start out as roughly that ("mimetic"
initialisation); training continues from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

from training.heads import Head
from training.tokenizer import CONTEXT

if TYPE_CHECKING:
    from torch import Tensor

# Pairs of dimensions that turn too fast to match distant tokens.
_FAST_PAIRS = 6
_EMBEDDING = 0.06
_MATCH = 1.3
# Matching the output of another layer takes a larger factor, as the rest of it is noise.
_SHARP = (1.7, 1.2)
_HUSHED = 0.75
_CONFIDENCE = 2.0
_LOOK_BACK = 9.0
_WRITE = 0.1


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the model."""

    vocabulary: int
    hidden: int = 192
    layers: int = 6
    heads: int = 6
    intermediate: int = 384
    rope_theta: float = 500_000.0


def make_model(shape: Shape, padding: int, end: int, seed: int = 0) -> Qwen2ForCausalLM:
    """Make a model with its initial weights.

    Args:
        shape: Sizes of the model.
        padding: Id of the padding token.
        end: Id of the token that ends an answer.
        seed: Seed of the weights.
    """
    config = Qwen2Config(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        intermediate_size=shape.intermediate,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        max_position_embeddings=CONTEXT,
        rope_parameters={"rope_type": "default", "rope_theta": shape.rope_theta},
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=end,
        pad_token_id=padding,
    )
    torch.manual_seed(seed)
    model = Qwen2ForCausalLM(config)
    with torch.no_grad():
        _initialise(model, shape)
    return model


def _initialise(model: Qwen2ForCausalLM, shape: Shape) -> None:
    width, size = shape.hidden, shape.hidden // shape.heads
    for name, weight in model.named_parameters():
        if weight.dim() < 2:
            continue
        out = name.endswith(("o_proj.weight", "down_proj.weight"))
        weight.normal_(std=width**-0.5 * (0.03 if out else 1.0))
    embedding = model.model.embed_tokens.weight
    embedding.normal_(std=_EMBEDDING)
    turning = shape.rope_theta ** (-torch.arange(size // 2) / (size // 2))
    slow = torch.ones(size)
    slow[:_FAST_PAIRS] = slow[size // 2 : size // 2 + _FAST_PAIRS] = 0.25
    # A token and the three tokens before it have directions of their own.
    own = _projection(width, width)
    read, *written = (own[at * size : (at + 1) * size] for at in range(4))
    between = own[size : 4 * size]
    embedding -= _HUSHED * (embedding @ between.T) @ between
    for number, layer in enumerate(model.model.layers):
        heads = [Head(layer.self_attn, at, size) for at in range(shape.heads)]
        if number == 0:
            for back, head in enumerate(heads[:3]):
                head.look_back(back + 1, turning, _LOOK_BACK)
                head.carry(read, _WRITE * written[back])
        elif number == 1:
            # Match the token here, or the one before it, with the tokens before the one there.
            here, *before = (_MATCH * slow[:, None] * one for one in (read, *written))
            heads[0].match(_SHARP[0] * here, _SHARP[0] * before[0])
            heads[1].match(_SHARP[1] * before[0], _SHARP[1] * before[1])
            heads[2].look_back(1, turning, _LOOK_BACK)
        rest = heads[3:] if number < 2 else heads[: shape.heads // 2]
        for head in rest:
            same = _MATCH * slow[:, None] * _projection(size, width)
            head.match(same, same)
        for head in heads[:2] if number == 1 else rest if number else []:
            copied = _projection(size, width)
            head.carry(copied, (3.0 if number == 1 else 1.0) * _WRITE * copied)
    model.model.norm.weight.fill_(_CONFIDENCE)


def _projection(size: int, width: int) -> Tensor:
    rows: Tensor = torch.linalg.qr(torch.randn(width, size))[0].T
    return rows
