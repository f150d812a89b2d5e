"""A narrow model's weights inside a model that is wider by two heads and deeper by a layer.

The narrow model's computation is preserved: its weights are kept, and the norms are rescaled for
what the new dimensions add. Where a new head must read a feature that the model represents in its
own way (a line break, a token), the reading is fitted by ridge regression.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch

from training.heads import Head
from training.model import Shape, make_model

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import Qwen2ForCausalLM

# Dimensions of a head.
HEAD = 32
# Number of the added layer.
_NEW = 1


class Graft:
    """A narrow model and the wide model that it grows into.

    Args:
        narrow: A trained model.
        ids: Prompts to fit readings on, (rows, tokens).
    """

    def __init__(self, narrow: Qwen2ForCausalLM, ids: Tensor) -> None:
        config: Any = narrow.config
        self.old, self.narrow, self.ids = config.hidden_size, narrow, ids
        self.real = (ids != config.pad_token_id).flatten()
        shape = Shape(config.vocab_size, layers=config.num_hidden_layers + 1)
        wide = replace(shape, hidden=self.old + 2 * HEAD, heads=config.num_attention_heads + 2)
        self.wide = make_model(wide, config.pad_token_id, config.eos_token_id)
        self.first = config.num_attention_heads
        self.seen = self.states(narrow)
        with torch.no_grad():
            self._copy()

    def _copy(self) -> None:
        grown = dict(self.wide.named_parameters())
        self.wide.model.layers[_NEW].self_attn.o_proj.weight.zero_()
        self.wide.model.layers[_NEW].mlp.down_proj.weight.zero_()
        for name, weight in self.narrow.named_parameters():
            parts = name.split(".")
            if parts[1] == "layers":
                parts[2] = str(int(parts[2]) + (int(parts[2]) >= _NEW))
            other = grown[".".join(parts)]
            if weight.dim() == 1:
                other.fill_(1.0) if "norm" in name else other.zero_()
                other[: len(weight)] = weight
                continue
            other.zero_()
            if name.endswith(("q_proj.weight", "k_proj.weight", "v_proj.weight")):
                other.normal_(std=0.02)
                other[: weight.shape[0]] = 0.0
            if name.endswith("o_proj.weight"):
                other.normal_(std=0.005)
                # Only the new heads write to the new dimensions.
                other[self.old :] = 0.0
            other[: weight.shape[0], : weight.shape[1]] = weight

    def states(self, model: Qwen2ForCausalLM) -> list[Tensor]:
        """Return the input of each norm: of attention and MLP of every layer, and the last."""
        kept: list[Tensor] = []
        norms = [
            norm
            for layer in model.model.layers
            for norm in (layer.input_layernorm, layer.post_attention_layernorm)
        ]
        hooks = [
            norm.register_forward_pre_hook(
                lambda module, given: kept.append(given[0].flatten(0, 1)[self.real].detach())
            )
            for norm in [*norms, model.model.norm]
        ]
        with torch.no_grad():
            model(self.ids, logits_to_keep=1)
        for hook in hooks:
            hook.remove()
        return kept

    def scale(self, wide: Tensor, narrow: Tensor) -> float:
        """Return the size of the wide model's states relative to the narrow model's."""

        def size(states: Tensor) -> Tensor:
            return states.pow(2).mean(-1).sqrt()

        return (size(wide) / size(narrow)).median().item()

    def keep_scale(self, number: int, *, after: bool = False) -> None:
        """Rescale a norm so that the old dimensions keep their values."""
        name = "post_attention_layernorm" if after else "input_layernorm"
        at = 2 * number + after
        if number == _NEW:
            return
        old = number - (number > _NEW)
        ratio = self.scale(self.states(self.wide)[at], self.seen[2 * old + after])
        norm = getattr(self.wide.model.layers[number], name).weight
        norm[: self.old] = getattr(self.narrow.model.layers[old], name).weight * ratio
        norm[self.old :] = 1.0

    def normed(self, number: int) -> Tensor:
        """Return the normed input of a layer's attention, (tokens, width)."""
        states = self.states(self.wide)[2 * number]
        normed: Tensor = self.wide.model.layers[number].input_layernorm(states)
        return normed

    def head(self, number: int, at: int) -> Head:
        """Return one of the two new heads of a layer."""
        return Head(self.wide.model.layers[number].self_attn, self.first + at, HEAD)

    def axes(self, dims: slice) -> Tensor:
        """Return unit vectors along at most 32 dimensions, padded with zeros, (32, width)."""
        axes = torch.eye(self.wide.config.hidden_size)[dims]
        return torch.nn.functional.pad(axes, (0, 0, 0, HEAD - len(axes)))

    def fit(self, states: Tensor, wanted: Tensor) -> Tensor:
        """Fit a ridge regression without intercept, (outputs, width)."""
        penalty = 1e-3 * len(states) * torch.eye(states.shape[1])
        fitted: Tensor = torch.linalg.solve(states.T @ states + penalty, states.T @ wanted)
        return fitted.T

    def tells(self, number: int, here: Tensor) -> Tensor:
        """Fit the direction along which a layer can read where `here` is true."""
        weight = torch.where(here, len(here) / here.sum(), 1.0).sqrt()[:, None]
        return self.fit(self.normed(number) * weight, here[:, None] * weight)[0]

    def set_size(
        self, heads: Sequence[Head], number: int, dims: slice, size: float, here: Tensor
    ) -> None:
        """Scale the output of heads in some dimensions, in root mean squares of the old ones."""
        written = heads[0].attention.o_proj.weight
        after = self.states(self.wide)[2 * number + 1][here]
        columns = [row for head in heads for row in range(head.rows.start, head.rows.stop)]
        kept = written[:, columns].clone()
        written[:, columns] = 0.0
        before = self.states(self.wide)[2 * number + 1][here]
        ratio = (after - before)[:, dims].norm() / before[:, : self.old].norm()
        ratio *= (self.old / HEAD) ** 0.5
        written[:, columns] = kept * size / ratio

    def identities(self, number: int, first: int) -> tuple[Tensor, Tensor]:
        """Fit a reading of tokens; also return the directions of the embedding it follows."""
        embedding = self.narrow.model.embed_tokens.weight
        axes = torch.linalg.svd(embedding, full_matrices=False)[2][first : first + HEAD]
        tokens = embedding[self.ids.flatten()[self.real]]
        # Directions of the old dimensions alone.
        wide = torch.nn.functional.pad(axes, (0, self.wide.config.hidden_size - self.old))
        return self.fit(self.normed(number), tokens @ axes.T), wide
