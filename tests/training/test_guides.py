"""The guides' losses are small exactly where heads look at what tells the answer."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
import torch
from torch import Tensor

from training.batches import Batch, collate
from training.data import Example, Pair
from training.forward import hidden_states
from training.guides import Guides
from training.model import Shape, make_model

LINE_END = 2
GUIDES = Guides(matching=2, look_up=(3, 4), heads=(0, 1))


def _batch() -> Batch:
    """Two contexts; one question each, of the second line of the one and the first of the other."""
    prefixes = [[9, 9, 2, 11, 12, 13, 2, 14, 15, 2], [9, 2, 21, 22, 2, 23, 2]]
    sources = [np.array([[0, 7], [1, 8]]), np.array([[0, 3], [0, 2]])]
    pairs = [
        Pair(np.array([5, 6, 7]), np.array([14, 15, 1]), sources[0]),
        Pair(np.array([5, 8]), np.array([22, 1]), sources[1]),
    ]
    examples = [
        Example(0, np.array(prefix), [pair]) for prefix, pair in zip(prefixes, pairs, strict=True)
    ]
    return collate(examples, Random(1), (LINE_END,))


def _looks(batch: Batch, at: dict[tuple[int, int], dict[int, float]]) -> Tensor:
    """Attention from (row, token of the question) to tokens of the prefix, else to nothing."""
    looks = torch.zeros(*batch.questions.shape, batch.prefix.shape[1])
    for (row, token), places in at.items():
        for place, share in places.items():
            looks[row, 0, token, place] = share
    return looks


def test_tokens_know_their_line() -> None:
    assert _batch().events.tolist()[0] == [0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
    assert _batch().events.tolist()[1][:7] == [0, 0, 1, 1, 1, 2, 2]


def test_looking_at_each_answer_token_is_right() -> None:
    batch = _batch()
    # The last token of a question says the first of the answer.
    right = _looks(batch, {(0, 2): {7: 1.0}, (0, 3): {8: 1.0}, (1, 1): {3: 0.5, 2: 0.5}})
    half = _looks(batch, {(0, 2): {7: 0.5, 4: 0.5}, (0, 3): {8: 0.5}, (1, 1): {3: 0.25, 2: 0.25}})
    event = _looks(batch, {(0, 0): {7: 1.0}, (1, 0): {4: 1.0}})
    _, missed = GUIDES.losses({2: event, 3: right, 4: right}, batch)
    assert missed.item() == pytest.approx(0.0, abs=2e-3)
    _, missed = GUIDES.losses({2: event, 3: right, 4: half}, batch)
    assert missed.item() == pytest.approx(math.log(2) / 2, abs=5e-3)
    _, missed = GUIDES.losses({2: event, 3: 0 * right, 4: 0 * right}, batch)
    assert missed.item() == pytest.approx(-math.log(1e-3), rel=1e-3)


def test_matching_counts_the_event_among_events_and_nothing_else() -> None:
    batch = _batch()
    off = torch.zeros_like(_looks(batch, {}))

    def unmatched(at: dict[tuple[int, int], dict[int, float]]) -> float:
        return GUIDES.losses({2: _looks(batch, at), 3: off, 4: off}, batch)[0].item()

    # The instruction does not count, nor do the tokens of the answer.
    right = {(0, 0): {8: 0.4, 0: 0.6}, (0, 4): {4: 1.0}, (1, 0): {2: 0.1, 1: 0.9}}
    assert unmatched(right) == pytest.approx(0.0, abs=2e-2)
    split = {(0, 0): {8: 0.5}, (0, 1): {4: 0.5}, (1, 0): {2: 0.5, 5: 0.5}}
    assert unmatched(split) == pytest.approx(math.log(2), abs=5e-3)


def test_what_is_told_nowhere_guides_nothing() -> None:
    example = Example(
        0,
        np.array([9, 2, 21, 2]),
        [Pair(np.array([5, 8]), np.array([22, 1]), np.zeros((0, 2), np.int64))],
    )
    assert [one.item() for one in GUIDES.losses({}, collate([example], Random(1)))] == [0.0, 0.0]


def test_it_reads_the_attention_that_the_model_computes() -> None:
    model = make_model(Shape(vocabulary=320, hidden=128, layers=4, heads=4), padding=0, end=1)
    batch = _batch()
    guides = Guides.of(model)
    with torch.no_grad():
        _, _, looks = hidden_states(model, batch, (guides.matching,), guides.heads)
        model.set_attn_implementation("eager")
        size = int(batch.lengths[1])
        prompt = torch.cat([batch.prefix[1, :size], batch.questions[1, 0]])[None]
        plain = model(prompt, output_attentions=True).attentions[guides.matching][0]
    wanted = plain[list(guides.heads), size:, :size].mean(0)
    torch.testing.assert_close(looks[guides.matching][1, 0, :, :size], wanted, atol=1e-5, rtol=1e-3)


def test_what_several_lines_answer_or_none_counts_more() -> None:
    prefix = np.array([9, 2, 21, 22, 2, 23, 2])
    pairs = [
        Pair(np.array([5]), np.array([21, 23, 1]), np.array([[0, 2], [1, 5]])),
        Pair(np.array([5]), np.array([21, 22, 1]), np.array([[0, 2], [1, 3]])),
        Pair(np.array([5]), np.array([24, 1]), np.zeros((0, 2), np.int64)),
    ]
    batch = collate([Example(0, prefix, pairs)], Random(1), (LINE_END,))
    counted = {
        tuple(answers[answers >= 0].tolist()): weight.item()
        for answers, weight in zip(batch.answers[0], batch.weights[0], strict=True)
    }
    assert min(counted[21, 23, 1], counted[24, 1]) > counted[21, 22, 1] == 1.0
