"""Many questions on one context give what the plain model gives for each prompt alone."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
import torch

from training.batches import collate
from training.data import Example, Pair
from training.forward import hidden_states
from training.model import Shape, make_model


@pytest.fixture(scope="module")
def model():
    return make_model(Shape(vocabulary=320, hidden=128, layers=2, heads=4), padding=0, end=1)


def _example(rng: np.random.Generator, prefix: int, pairs: list[tuple[int, int]]) -> Example:
    return Example(
        0,
        rng.integers(2, 320, prefix),
        [
            Pair(rng.integers(2, 320, q), rng.integers(2, 320, a), np.zeros((0, 2), np.int64))
            for q, a in pairs
        ],
    )


def test_it_equals_the_plain_forward(model):
    rng = np.random.default_rng(1)
    examples = [_example(rng, 40, [(7, 3), (9, 2), (5, 4)]), _example(rng, 23, [(8, 3)])]
    batch = collate(examples, Random(1))
    with torch.no_grad():
        before, after, _ = hidden_states(model, batch)
        for row, example in enumerate(examples):
            size = len(example.prefix)
            for number in range(len(example.pairs)):
                asked = batch.questions[row, number]
                prompt = torch.cat([batch.prefix[row, :size], asked])[None]
                plain = model.model(input_ids=prompt).last_hidden_state[0]
                torch.testing.assert_close(before[row, :size], plain[:size], atol=2e-4, rtol=1e-3)
                torch.testing.assert_close(after[row, number], plain[size:], atol=2e-4, rtol=1e-3)


def test_answers_are_the_targets_of_the_tokens_before_them():
    rng = np.random.default_rng(2)
    example = _example(rng, 10, [(6, 3)])
    batch = collate([example], Random(1))
    targets = batch.answers[0, 0]
    assert (targets >= 0).sum() == 3
    question, answer, _ = example.pairs[0]
    assert targets[len(question) - 1 : len(question) + 2].tolist() == answer.tolist()


def test_the_first_heads_look_at_the_tokens_just_before(model):
    plain = make_model(Shape(vocabulary=320), padding=0, end=1)
    plain.set_attn_implementation("eager")
    tokens = torch.randint(2, 320, (1, 60))
    with torch.no_grad():
        weights = plain(input_ids=tokens, output_attentions=True).attentions[0][0]
    places = torch.arange(10, 60)
    for head in range(3):
        assert weights[head, places, places - head - 1].min() > 0.9
