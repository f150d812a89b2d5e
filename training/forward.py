"""The forward pass of training: a context once, and all its questions on top of it.

Every question gets the states that the plain model computes for the prompt of context and question;
a test compares them. The pass runs the modules of the Qwen2 model itself and has no other weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import rms_norm, scaled_dot_product_attention, silu

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import Qwen2ForCausalLM

    from training.batches import Batch


def hidden_states(
    model: Qwen2ForCausalLM,
    batch: Batch,
    watched: Sequence[int] = (),
    heads_watched: tuple[int, ...] = (),
) -> tuple[Tensor, Tensor, dict[int, Tensor]]:
    """Compute the last hidden states of prefixes and questions, and some attention weights.

    Args:
        model: Any Qwen2 model with as many key as query heads.
        batch: The input.
        watched: Layers whose attention is returned.
        heads_watched: Heads of these layers.

    Returns:
        States of prefixes, (rows, longest, width), of questions, (rows, questions, longest, width),
        and by layer the mean attention of the watched heads from questions to their context,
        (rows, questions, longest question, longest prefix).
    """
    inner, config = model.model, model.config
    rows, widest = batch.prefix.shape
    _, most, longest = batch.questions.shape
    split = rows * widest
    ids = torch.cat([batch.prefix.flatten(), batch.questions.flatten()])
    turn = _rotation(model, batch)
    # Questions must not attend to the padding of their prefix.
    place = torch.arange(widest)
    hide = torch.where(place[None] < batch.lengths[:, None], 0.0, -1e4)[:, None]
    later = torch.full((longest, longest), -1e4).triu(1)
    heads, size = config.num_attention_heads, config.hidden_size // config.num_attention_heads
    looks: dict[int, Tensor] = {}
    state = inner.embed_tokens(ids)
    for number, layer in enumerate(inner.layers):
        attention, normed = layer.self_attn, _norm(layer.input_layernorm, state)
        query, key, value = (
            project(normed).view(-1, heads, size)
            for project in (attention.q_proj, attention.k_proj, attention.v_proj)
        )
        query, key = _turned(query, *turn), _turned(key, *turn)
        # (rows, heads, tokens, size)
        parts = [t.split([split, len(ids) - split]) for t in (query, key, value)]
        before, after = (
            [t.view(rows, -1, heads, size).transpose(1, 2) for t in side]
            for side in zip(*parts, strict=True)
        )
        mixed = scaled_dot_product_attention(
            before[0], before[1], before[2], is_causal=True
        ).transpose(1, 2)
        answered, weights = _attend(after, before, hide, later, most)
        if number in watched:
            mean = weights[:, list(heads_watched)].mean(1)
            looks[number] = mean.view(rows, most, longest, widest)
        seen = torch.cat(
            [mixed.reshape(split, -1), answered.transpose(1, 2).reshape(rows * most * longest, -1)]
        )
        state = state + attention.o_proj(seen)
        normed = _norm(layer.post_attention_layernorm, state)
        mlp = layer.mlp
        state = state + mlp.down_proj(silu(mlp.gate_proj(normed)) * mlp.up_proj(normed))
    state = _norm(inner.norm, state)
    return (
        state[:split].view(rows, widest, -1),
        state[split:].view(rows, most, longest, -1),
        looks,
    )


def _attend(
    asked: Sequence[Tensor], before: Sequence[Tensor], hide: Tensor, later: Tensor, most: int
) -> tuple[Tensor, Tensor]:
    """Attend from questions to their context and themselves; also return the weights."""
    query, own_key, own_value = asked
    _, key, value = before
    rows, heads, tokens, size = query.shape
    longest = tokens // most
    query = query * size**-0.5
    apart = (rows, heads, most, longest, size)
    # Keeps one tensor (rows, heads, tokens, context) less than a product and a sum.
    to_context = torch.baddbmm(
        hide.to(query.dtype).repeat_interleave(heads, 0),
        query.flatten(0, 1),
        key.flatten(0, 1).transpose(1, 2),
    ).view(rows, heads, tokens, -1)
    to_self = query.reshape(apart) @ own_key.reshape(apart).transpose(-1, -2)
    to_self = to_self + later.to(query.dtype)
    scores = torch.cat([to_context, to_self.reshape(rows, heads, tokens, longest)], dim=-1)
    looks, inside = torch.split(scores.softmax(-1), [key.shape[2], longest], dim=-1)
    inside = inside.to(value.dtype).reshape(rows, heads, most, longest, longest)
    from_self = (inside @ own_value.reshape(apart)).reshape(rows, heads, tokens, size)
    return looks.to(value.dtype) @ value + from_self, looks


def _norm(module: Any, state: Tensor) -> Tensor:
    return rms_norm(state, (state.shape[-1],), module.weight, module.variance_epsilon)


def _rotation(model: Qwen2ForCausalLM, batch: Batch) -> tuple[Tensor, Tensor]:
    """Compute the rotary cosines and sines of every token, (tokens, 1, size / 2)."""
    config: Any = model.config
    half = config.hidden_size // config.num_attention_heads // 2
    theta = config.rope_parameters["rope_theta"]
    turning = theta ** (-torch.arange(half) / half)
    rows, widest = batch.prefix.shape
    _, most, longest = batch.questions.shape
    before = torch.arange(widest).expand(rows, widest)
    after = (batch.lengths[:, None, None] + torch.arange(longest)).expand(rows, most, longest)
    angle = torch.cat([before.flatten(), after.flatten()])[:, None, None] * turning
    return angle.cos(), angle.sin()


def _turned(states: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    first, second = states.chunk(2, dim=-1)
    cosine, sine = cosine.to(states.dtype), sine.to(states.dtype)
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1)
