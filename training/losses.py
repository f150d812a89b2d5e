"""The training loss: wrong answers, and heads that attend to the wrong places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import cross_entropy

from training.forward import hidden_states
from training.guides import Guides
from training.optimizers import FAST_HALF

if TYPE_CHECKING:
    from transformers import Qwen2ForCausalLM

    from training.batches import Batch

_LANGUAGE_WEIGHT = 0.1
_GUIDE_WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class Losses:
    """The losses of a batch.

    Attributes:
        answers: Cross entropy of the answers' tokens.
        language: Cross entropy of some tokens of the prefixes.
        unmatched: Loss of heads that should attend to the event that states the answer.
        missed: Loss of heads that should attend to the answer.
        right: Share of questions whose whole answer is right.
    """

    answers: torch.Tensor
    language: torch.Tensor
    unmatched: torch.Tensor
    missed: torch.Tensor
    right: float

    @property
    def total(self) -> torch.Tensor:
        """The weighted sum, which training minimises."""
        guided = self.unmatched + self.missed
        return self.answers + _LANGUAGE_WEIGHT * self.language + _GUIDE_WEIGHT * guided


def losses_of(model: Qwen2ForCausalLM, batch: Batch) -> Losses:
    """Compute the losses of a model on a batch."""
    guides = Guides.of(model)
    with torch.autocast("cpu", torch.bfloat16, enabled=FAST_HALF):
        layers = (guides.matching, *guides.look_up)
        before, after, looks = hidden_states(model, batch, layers, guides.heads)
        is_answer, is_language = batch.answers >= 0, batch.language >= 0
        answers = model.lm_head(after[is_answer])
        language = model.lm_head(before[is_language])
    targets = batch.answers[is_answer]
    weights = batch.weights[..., None].expand(batch.answers.shape)[is_answer]
    with torch.no_grad():
        wrong = torch.zeros(batch.answers.shape)
        wrong[is_answer] = (answers.argmax(-1) != targets).float()
        asked = is_answer.any(-1)
        right = (wrong.sum(-1) == 0)[asked].float().mean().item()
    return Losses(
        (weights * cross_entropy(answers.float(), targets, reduction="none")).sum() / weights.sum(),
        cross_entropy(language.float(), batch.language[is_language]),
        *guides.losses(looks, batch),
        right,
    )
