"""The two roads that are timed give the same answers, and the work that is told is what they do."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.prefix_methods import (
    NEW,
    Bound,
    count_same,
    model_of,
    prompts_about,
    shared,
    shared_work,
    stock,
    stock_work,
    token_ids,
)
from hei_nw_tasks.model.shared_prefix import SharedPrefixGenerator


@pytest.fixture(scope="module")
def model() -> Any:
    return model_of("tiny")


def test_prompts_share_the_log_and_differ_in_the_question(model: Any):
    prompts = prompts_about(model, [100, 200, 200])
    logs = [prompt.partition("\nQuestion:")[0] for prompt in prompts]
    assert logs[2] == logs[1] != logs[0]
    assert logs[1].startswith(logs[0])
    assert len(set(prompts)) == 3


def test_both_roads_answer_alike(model: Any):
    prompts = prompts_about(model, [60, 120, 120, 180])
    answers = stock(model, prompts, 1)
    assert all(len(model.tok_encode(answer)) >= NEW // 2 for answer in answers)
    assert count_same(answers, shared(model, prompts)) == 4
    assert count_same(answers[:2], stock(model, prompts, 2)) == 2


def test_the_work_of_both_is_counted(model: Any, monkeypatch: pytest.MonkeyPatch):
    prompts = prompts_about(model, [60, 300, 300, 700])
    ids = token_ids(model, prompts)
    made: list[SharedPrefixGenerator] = []

    def keeping(self: SharedPrefixGenerator, *arguments: Any) -> None:
        made.append(self)
        generate(self, *arguments)

    generate = SharedPrefixGenerator.generate
    monkeypatch.setattr(SharedPrefixGenerator, "generate", keeping)
    shared(model, prompts, 2)
    tokens, flops = shared_work(model, ids, 2)
    assert tokens == made[0].prefilled_tokens
    assert stock_work(model, ids, 1)[0] == sum(map(len, ids))
    assert stock_work(model, ids, 4)[0] == 4 * max(map(len, ids))
    assert flops < stock_work(model, ids, 1)[1] < stock_work(model, ids, 4)[1]


def test_the_bound_splits_prompts_into_log_and_rests(model: Any):
    prompts = prompts_about(model, [200] * 3)
    ids = token_ids(model, prompts)
    bound = Bound.of(model, prompts)
    lengths = (bound.mask.sum(1) + bound.prefix.shape[1]).tolist()
    assert lengths == list(map(len, ids))
    assert bound.rests[:, -1].tolist() == [row[-1] for row in ids]
    assert Bound.of(model, prompts[:1]).rests.shape == (1, 1)
    bound.floor(model)
    bound.attention(model)
