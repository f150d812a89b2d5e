"""Extra losses that teach some heads where to attend.

Right and wrong answers tell little about where each of the heads should attend. For most questions
it is known where the events state the answer, so a few heads get losses of their own:

- in the `matching` layer, the question attends to the event that states the answer, not to others;
- in the `look_up` layers, a token of the answer attends to the event's copy of the next token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import Qwen2ForCausalLM

    from training.batches import Batch

# Attention below this counts as none.
_LEAST = 1e-3


@dataclass(frozen=True, slots=True)
class Guides:
    """The guided heads of a model: the last two heads of some layers.

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
        """Return the heads that `training.widen` adds, if the model is a widened one."""
        layers, heads = model.config.num_hidden_layers, model.config.num_attention_heads
        return cls(2, tuple(range(layers - 3, layers)), (heads - 2, heads - 1))

    def losses(self, looks: dict[int, Tensor], batch: Batch) -> tuple[Tensor, Tensor]:
        """Compute the mean negative log of the attention to the right places.

        Args:
            looks: By layer, mean attention of the guided heads from questions to their context,
                (rows, questions, question tokens, prefix tokens).
            batch: The input.

        Returns:
            Losses of the matching heads and of the look-up heads.
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
