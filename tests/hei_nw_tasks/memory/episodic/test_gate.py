"""The write gate: its formula, and where its parts come from."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.errors import ConfigError
from hei_nw_tasks.memory.episodic import Episodic
from tests.hei_nw_tasks.memory.episodic.model import episode
from tests.hei_nw_tasks.memory.episodic.test_memory import opened
from tests.hei_nw_tasks.retrieval.test_retrievers import WordEmbedder

TOLD = ["Ada lost a key.", "A key!", "Ada lost a key.", "It rained.", ""]
# The greatest share of words with what was told before.
NOVELTY = [1, 1 - 2 / 4, 0, 1, 1]


class Model:
    """A letter is a token, and has a probability of 1 in 4."""

    asked = 0

    def tok_encode(self, text: str) -> list[int]:
        return [ord(letter) for letter in text]

    def loglikelihood_rolling(self, requests: list[Any]) -> list[float]:
        self.asked += len(requests)
        return [len(request.args[0]) * math.log(0.25) for request in requests]


weights = st.sampled_from([0.0, 0.5, 1.0, -2.0])


@settings(max_examples=20)
@given(weights, weights, weights, weights, st.none() | st.sampled_from([-1.0, 0.0, 0.75, 1.5]))
def test_an_event_is_stored_if_its_score_is_above_tau(
    tmp_path_factory: pytest.TempPathFactory,
    alpha: float,
    beta: float,
    gamma: float,
    delta: float,
    tau: float | None,
):
    options = {"alpha": alpha, "beta": beta, "gamma": gamma, "delta": delta}
    gated = any(options.values())
    memory = opened_for(
        tmp_path_factory.mktemp("gate"), Model(), tau=tau if gated else None, **options
    )
    stored = []
    for number, text in enumerate(TOLD[:-1]):
        pinned, reward = number % 2 == 1, number / 4
        seen = [set(other.lower().strip(".!").split()) for other in stored]
        own = set(text.lower().strip(".!").split())
        novelty = 1 - max((len(own & other) / len(own | other) for other in seen), default=0)
        score = alpha * 0.75 + beta * novelty + gamma * reward + delta * pinned
        written = memory.write(episode(f"e{number}", text, pinned=pinned, reward=reward))
        assert written.score == (pytest.approx(score) if gated else None)
        assert written.stored == (not gated or tau is None or written.score > tau)  # type: ignore[operator]
        assert written.usage.calls == (1 if alpha else 0)
        assert written.usage.tokens == (len(text) if alpha else 0)
        assert written.usage.flops == (None if alpha else 0)
        stored += [text] * written.stored
    assert len(list(memory.refs())) == len(stored)


def opened_for(folder: Path, model: Any, **options: Any) -> Episodic:
    memory = Episodic(**options)
    memory.use_model(model)
    memory.open("ada", folder)
    return memory


def test_novelty_is_measured_against_what_is_stored(tmp_path: Path):
    memory = opened(tmp_path, beta=1)
    for number, (text, novelty) in enumerate(zip(TOLD, NOVELTY, strict=True)):
        assert memory.write(episode(f"e{number}", text)).score == pytest.approx(novelty)


def test_novelty_of_vectors_is_the_distance_to_the_nearest(tmp_path: Path):
    embedder = f"{WordEmbedder.__module__}:WordEmbedder"
    memory = opened(tmp_path, beta=1, embedder=embedder)
    vectors = WordEmbedder().embed_passages(TOLD)
    for number, text in enumerate(TOLD):
        nearest = max((vectors[:number] @ vectors[number]).tolist(), default=0)
        score = memory.write(episode(f"e{number}", text)).score
        assert score == pytest.approx(1 - max(0, min(nearest, 1)), abs=1e-5)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)


def test_the_future_is_no_reason_to_find_something_old(tmp_path: Path):
    memory = opened(tmp_path, beta=1)
    memory.write(episode("e1", "Ada lost a key.", 48))
    assert memory.write(episode("e2", "Ada lost a key.", 24)).score == 1


def test_an_event_that_is_stored_costs_no_second_call(tmp_path: Path):
    model = Model()
    memory = opened_for(tmp_path, model, alpha=1, tau=0.5)
    assert memory.write(episode("e1", "key")).score == 0.75
    assert memory.write(episode("e1", "key")).usage.calls == 0
    assert model.asked == 1


@pytest.mark.parametrize("model", [None, SimpleNamespace(), SimpleNamespace(tok_encode=list)])
def test_a_model_that_does_not_tell_is_one_line(tmp_path: Path, model: Any):
    memory = opened_for(tmp_path, model, alpha=1)
    with pytest.raises(ConfigError, match=r"memory_args: alpha: .* → use .*alpha=0"):
        memory.write(episode("e1", "key"))
    assert list(memory.refs()) == []
