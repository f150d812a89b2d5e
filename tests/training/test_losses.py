"""The loss of a batch is that of its answers, weighted by question, and of the guided heads."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
import torch

from training.batches import collate
from training.data import Example, Pair
from training.losses import losses_of
from training.model import Shape, make_model


def test_questions_count_by_their_weights() -> None:
    rng = np.random.default_rng(3)
    model = make_model(Shape(vocabulary=320, hidden=128, layers=4, heads=4), padding=0, end=1)
    pairs = [
        Pair(rng.integers(2, 320, 5), rng.integers(2, 320, size), np.array([[0, 7]]))
        for size in (2, 4)
    ]
    batch = collate([Example(0, rng.integers(2, 320, 30), pairs)], Random(1))
    batch = replace(batch, weights=torch.tensor([[1.0, 3.0]]))
    total = counted = 0.0
    with torch.no_grad():
        losses = losses_of(model, batch)
        for number, weight in enumerate((1.0, 3.0)):
            targets = batch.answers[0, number]
            prompt = torch.cat([batch.prefix[0], batch.questions[0, number]])[None]
            logs = model(prompt).logits[0, batch.prefix.shape[1] :].log_softmax(-1)
            for place in torch.nonzero(targets >= 0).flatten().tolist():
                total -= weight * logs[place, targets[place]].item()
                counted += weight
    # Half precision where the machine is fast at it.
    assert losses.answers.item() == pytest.approx(total / counted, rel=0.02)
    assert losses.missed > 0
    parts = losses.answers + 0.1 * losses.language + 0.3 * (losses.unmatched + losses.missed)
    torch.testing.assert_close(losses.total, parts)
