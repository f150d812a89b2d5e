"""What some heads are taught to look at, besides what the right answers teach them.

The share of right answers says little about which of a hundred heads should have looked where. For
most questions it is known where the events tell the answer, so a few heads get losses of their own:

- in the `matching` layer, from the question at the event that tells, not at other events;
- in the `look_up` layers, from an answer's token at where the event has the token that follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import Qwen2ForCausalLM

    from training.batches import Batch

# The least attention that a loss tells from none.
_LEAST = 1e-3


@dataclass(frozen=True, slots=True)
class Guides:
    """The guided heads of a model: the last two of some layers.

    Attributes:
        matching: Number of the layer that finds the event.
        look_up: Numbers of the layers that find the answer in it.
        heads: Numbers of the heads.
    """

    matching: int
    look_up: tuple[int, ...]
    heads: tuple[int, int]

    @classmethod
    def of(cls, model: Qwen2ForCausalLM) -> Guides:
        """The heads that `training.widen` adds, where the model is a widened one."""
        layers, heads = model.config.num_hidden_layers, model.config.num_attention_heads
        return cls(2, tuple(range(layers - 3, layers)), (heads - 2, heads - 1))

    def losses(self, looks: dict[int, Tensor], batch: Batch) -> tuple[Tensor, Tensor]:
        """Mean negative logs of the attention that is where it should be.

        Args:
            looks: By layer, mean attention of the guided heads from questions to their context,
                (rows, questions, question tokens, prefix tokens).
            batch: What was read.

        Returns:
            For the matching heads and for the look-up heads.
        """
        if not len(batch.sources):
            return torch.zeros(()), torch.zeros(())
        row, question, token, place = batch.sources.T
        asked, which = torch.unique(batch.sources[:, :3], dim=0, return_inverse=True)
        missed = []
        for layer in self.look_up:
            on_source = looks[layer][row, question, token, place].float()
            found = torch.zeros(len(asked)).index_add(0, which, on_source)
            missed.append(-(found + _LEAST).log().mean())
        return self._unmatched(looks[self.matching], batch), torch.stack(missed).mean()

    def _unmatched(self, looks: Tensor, batch: Batch) -> Tensor:
        row, question, _, place = batch.sources.T
        rows, questions = batch.answers.shape[:2]
        tells = torch.zeros(rows, questions, int(batch.events.max()) + 1)
        tells[row, question, batch.events[row, place]] = 1.0
        told = tells.sum(-1) > 0
        # (rows, questions, prefix tokens)
        evidence = tells.gather(2, batch.events[:, None].expand(-1, questions, -1))
        before = (batch.answers >= 0).cumsum(-1) == 0
        seen = (looks * before[..., None]).float().sum(2)
        events = (batch.events > 0)[:, None]
        share = (seen * evidence).sum(-1) / ((seen * events).sum(-1) + _LEAST)
        return -(share[told] + _LEAST).log().mean()
