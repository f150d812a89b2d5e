"""Heads whose weights are set look where they were told to."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from transformers import Qwen2Config, Qwen2ForCausalLM

from training.heads import Head

SIZE, WIDTH, TOKENS = 32, 64, 80


@pytest.fixture
def model() -> Qwen2ForCausalLM:
    config = Qwen2Config(
        vocab_size=100,
        hidden_size=WIDTH,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=WIDTH // SIZE,
        num_key_value_heads=WIDTH // SIZE,
        rope_parameters={"rope_type": "default", "rope_theta": 500_000.0},
        attn_implementation="eager",
    )
    torch.manual_seed(1)
    model = Qwen2ForCausalLM(config)
    with torch.no_grad():
        for weight in model.model.layers[0].self_attn.parameters():
            weight.zero_()
    return model


def _looks(model: Qwen2ForCausalLM, number: int, ids: Tensor) -> Tensor:
    """What a head looks at, (tokens, tokens)."""
    with torch.no_grad():
        looks: Tensor = model(ids[None], output_attentions=True).attentions[0][0, number]
    return looks


def _states(model: Qwen2ForCausalLM, ids: Tensor) -> Tensor:
    with torch.no_grad():
        states: Tensor = model.model.layers[0].input_layernorm(model.model.embed_tokens(ids))
    return states


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_looking_back(model: Qwen2ForCausalLM, steps: int) -> None:
    turning = 500_000.0 ** (-torch.arange(SIZE // 2) / (SIZE // 2))
    with torch.no_grad():
        Head(model.model.layers[0].self_attn, 1, SIZE).look_back(steps, turning, 9.0)
    looks = _looks(model, 1, torch.randint(100, (TOKENS,)))
    places = torch.arange(steps, TOKENS)
    assert looks[places, places - steps].min() > 0.9
    untouched = _looks(model, 0, torch.arange(5))
    torch.testing.assert_close(untouched[4], torch.full((5,), 0.2))


def test_favoured_distances_fall_off_as_their_cosines_say(model: Qwen2ForCausalLM) -> None:
    amplitudes = (0.0, 1.0, 2.5, 0.0, -0.5)
    with torch.no_grad():
        Head(model.model.layers[0].self_attn, 0, SIZE).favour_distances(amplitudes)
    looks = _looks(model, 0, torch.randint(100, (TOKENS,)))[-1].double()
    back = torch.arange(TOKENS - 1, -1, -1, dtype=torch.float64)
    wanted = sum(
        amplitude * torch.cos(back * 500_000.0 ** (-pair / (SIZE // 2)))
        for pair, amplitude in enumerate(amplitudes)
    )
    assert isinstance(wanted, Tensor)
    torch.testing.assert_close(looks, wanted.softmax(0), atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("score", [3.0, -3.0])
def test_what_lies_along_a_direction_is_favoured_or_shunned(
    model: Qwen2ForCausalLM, score: float
) -> None:
    ids = torch.randint(2, 100, (TOKENS,))
    ids[10] = 1
    states = _states(model, ids)
    direction = torch.linalg.lstsq(states, (ids == 1).float()[:, None]).solution[:, 0]
    with torch.no_grad():
        Head(model.model.layers[0].self_attn, 0, SIZE).favour(direction, score)
    looks = _looks(model, 0, ids)[-1]
    other = looks[torch.arange(TOKENS) != 10].median()
    assert (looks[10] / other).log().item() == pytest.approx(score, rel=0.2)


def test_equal_readings_match_and_are_carried(model: Qwen2ForCausalLM) -> None:
    attention = model.model.layers[0].self_attn
    reading = torch.linalg.qr(torch.randn(WIDTH, SIZE))[0].T
    # Pairs that hardly turn.
    reading[torch.arange(SIZE) % (SIZE // 2) < 8] = 0
    head = Head(attention, 0, SIZE)
    with torch.no_grad():
        head.match(3 * reading, 3 * reading)
        head.carry(reading, 2 * reading)
    ids = torch.randperm(100)[:TOKENS]
    ids[-1] = ids[30]
    looks = _looks(model, 0, ids)
    assert looks[-1, [30, TOKENS - 1]].sum() > 0.9
    states = _states(model, ids)
    with torch.no_grad():
        written = model(ids[None], output_hidden_states=True).hidden_states[1]
        wanted = 2 * (looks @ states @ reading.T) @ reading
        mlp = model.model.layers[0]
        before = model.model.embed_tokens(ids) + wanted
        after = before + mlp.mlp(mlp.post_attention_layernorm(before))
        torch.testing.assert_close(written[0], model.model.norm(after), atol=1e-4, rtol=1e-3)
