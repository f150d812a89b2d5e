"""A widened model marks each token with its event, and each token of a question with its matches.

The model here was never trained: the new heads do not depend on what it learned, except those that
find a question's words in the events, which start out as copies.
"""

from __future__ import annotations

from random import Random

import pytest
import torch
from tokenizers import Tokenizer
from torch import Tensor
from transformers import Qwen2ForCausalLM

from generators.datasets.source import config_from
from generators.scenarios import scenario
from hei_nw_tasks.reader import checkpoint
from training.model import Shape, make_model
from training.prompts import prefix, question
from training.tokenizer import line_ends
from training.widen import Widening

pytestmark = pytest.mark.slow

EVENTS = 8
NARROW = Shape(vocabulary=3072, hidden=128, layers=4, heads=4, intermediate=128)
WIDTH = NARROW.hidden


class Prompts:
    """Prompts of a few events and a question, and which token is of which event."""

    def __init__(self, tokenizer: Tokenizer, count: int) -> None:
        rng = Random(1)
        kind = scenario("A")
        self.rows: list[Tensor] = []
        self.asked: list[Tensor] = []
        self.events: list[Tensor] = []
        for world in kind.worlds(config_from("A", {"n": 10 * count, "seed": 4})):
            texts = [event.text for event in rng.sample(world.events, EVENTS)]
            text = prefix("A", texts)
            shown = tokenizer.encode(text)
            asked = tokenizer.encode(question(world.questions[0].query)).ids
            starts = [text.index(one) for one in texts]
            of = [sum(first >= start for start in starts) - 1 for first, _ in shown.offsets]
            self.rows.append(torch.tensor([*shown.ids, *asked]))
            self.asked.append(torch.arange(len(self.rows[-1])) >= len(shown.ids))
            self.events.append(torch.tensor([*of, *([-1] * len(asked))]))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(checkpoint() / "tokenizer.json"))


@pytest.fixture(scope="module")
def prompts(tokenizer: Tokenizer) -> Prompts:
    return Prompts(tokenizer, 12)


@pytest.fixture(scope="module")
def wide(tokenizer: Tokenizer, prompts: Prompts) -> Qwen2ForCausalLM:
    torch.manual_seed(0)
    pad = torch.nn.utils.rnn.pad_sequence
    ids, asked = pad(prompts.rows, batch_first=True), pad(prompts.asked, batch_first=True)
    model = Widening(make_model(NARROW, 0, 1), ids, asked, line_ends(tokenizer)).run()
    model.set_attn_implementation("eager")
    return model.eval()


@pytest.fixture(scope="module")
def read(wide: Qwen2ForCausalLM, prompts: Prompts) -> list[tuple[Tensor, ...]]:
    """Of each prompt: attention of layers 1 and 2, and marks after layer 1, (tokens, 31)."""
    found = []
    for row in prompts.rows:
        with torch.no_grad():
            out = wide(row[None], output_attentions=True, output_hidden_states=True)
        marks = out.hidden_states[2][0, :, WIDTH : WIDTH + 31]
        found.append((out.attentions[1][0], out.attentions[2][0], marks))
    return found


def test_it_is_wider_and_a_layer_deeper(wide: Qwen2ForCausalLM) -> None:
    assert wide.config.hidden_size == WIDTH + 64
    assert wide.config.num_attention_heads == NARROW.heads + 2
    assert wide.config.num_hidden_layers == NARROW.layers + 1


def test_tokens_look_at_their_last_line_break(
    tokenizer: Tokenizer, prompts: Prompts, read: list[tuple[Tensor, ...]]
) -> None:
    shares = []
    for row, events, (looks, _, _) in zip(prompts.rows, prompts.events, read, strict=True):
        broken = torch.tensor(["\n" in tokenizer.decode([token]) for token in row.tolist()])
        for place in torch.nonzero(events > 0).flatten().tolist():
            if not broken[place]:
                last = torch.nonzero(broken[:place]).flatten()[-1]
                shares.append(looks[NARROW.heads, place, last].item())
    assert sum(shares) / len(shares) > 0.7


def test_an_events_tokens_carry_one_mark_and_events_carry_others(
    prompts: Prompts, read: list[tuple[Tensor, ...]]
) -> None:
    right = total = 0
    for events, (_, _, marks) in zip(prompts.events, read, strict=True):
        # The first event follows the instruction, as it does in every prompt.
        means = torch.stack([marks[events == event].mean(0) for event in range(1, EVENTS)])
        means = means - means.mean(0)
        for place in torch.nonzero(events > 0).flatten().tolist():
            right += int((means @ marks[place]).argmax() == events[place] - 1)
            total += 1
    assert right / total > 0.85


def test_a_questions_tokens_are_told_from_all_others(
    prompts: Prompts, wide: Qwen2ForCausalLM
) -> None:
    for row, asked in zip(prompts.rows, prompts.asked, strict=True):
        with torch.no_grad():
            states = wide(row[None], output_hidden_states=True).hidden_states[2][0]
        is_asked, is_told = states[:, WIDTH + 31], states[:, WIDTH + 63]
        assert is_asked[asked].min() > 2 * is_asked[~asked].max()
        assert is_told[~asked].min() > 2 * is_told[asked].max()
