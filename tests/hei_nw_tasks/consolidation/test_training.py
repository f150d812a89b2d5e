"""Adapters learn what is stored, keep to the budget, and leave the model as it was."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import torch

from generators.errors import ConfigError
from hei_nw_tasks.consolidation import Row, SleepSettings, Stored, consolidated, steps
from hei_nw_tasks.consolidation.steps import beginning, encoded
from hei_nw_tasks.memory.protocol import Prompt, SleepBudget
from hei_nw_tasks.memory.recalling import Weights
from hei_nw_tasks.model.heinw import Heinw
from hei_nw_tasks.model.patching import patched

PROMPT = Prompt("Answer the question about past events.\n\nQuestion: ", "\nAnswer:")
DAY = datetime(2024, 5, 1, tzinfo=UTC)
STORED = [
    Stored("e0", "Ada Brook sold a red hat.", DAY),
    Stored("e1", "Milo Reed hid the old key.", DAY),
]


@pytest.fixture(scope="module")
def model(checkpoint: Path) -> Any:
    return Heinw.create_from_arg_obj({"pretrained": str(checkpoint)}, {"device": "cpu"})


QUESTIONS = {"Who sold a red hat?": "Ada Brook", "Milo Reed hid what?": "old key"}


def loss(model: Any) -> float:
    """Of answers, in the prompt that is asked with the memory off."""
    total = 0.0
    for question, answer in QUESTIONS.items():
        given = model.tok_encode(PROMPT.of(question))
        own = model.tok_encode(f" {answer}")
        ids, labels = torch.tensor([given + own]), torch.tensor([[-100] * len(given) + own])
        with torch.inference_mode():
            total += float(model.model(ids, labels=labels).loss)
    return total


@pytest.mark.parametrize(("rank", "kind"), [(8, "peft"), (0, "pretrained")])
def test_what_is_stored_is_known_in_the_prompt_of_b3_and_cycles_go_on(
    rank: int, kind: str, model: Any, tmp_path: Path
):
    before = {name: p.clone() for name, p in model.model.named_parameters()}
    losses, previous = [loss(model)], None
    for cycle in (1, 2):
        folder = tmp_path / str(cycle)
        settings = SleepSettings(rate=1e-2 if rank else 3e-3, rank=rank, batch=4, repeats=2)
        made = consolidated(
            *(STORED, model, SleepBudget(1500), folder, PROMPT),
            cycle=cycle, previous=previous, settings=settings,
        )  # fmt: skip
        ((found, path),) = (made.artefact or {}).items()
        assert found == kind
        assert 1300 < (made.tokens or 0) <= 1500
        assert set(made.replayed or ()) == {"e0", "e1"}
        assert 0 <= (made.learnt or 0) <= 1
        previous = {kind: folder / path}
        with patched(model.model, Weights(kind, folder / path, "", "m")):
            losses.append(loss(model))
        times = json.loads((folder / path / "replayed.json").read_text())
        assert sum(times.values()) > sum((made.replayed or {}).values()) * (cycle == 2)
    assert losses[0] > losses[1] > losses[2]
    after = dict(model.model.named_parameters())
    assert after.keys() == before.keys()
    assert all(torch.equal(after[name], old) for name, old in before.items())
    assert not any(p.grad is not None for p in after.values())
    assert loss(model) == losses[0]


def test_what_is_computed_once_makes_no_difference_to_the_gradient(model: Any):
    """The instruction is learnt from as if each row had computed it."""
    rows = [encoded(Row("e", q, a), model, PROMPT) for q, a in QUESTIONS.items()]
    shared = beginning(model, PROMPT)
    assert shared >= len(model.tok_encode(PROMPT.before)) - 1
    learns, gradients = deepcopy(model.model).requires_grad_(True), []
    for common in (0, shared):
        with torch.enable_grad():
            steps.loss(learns, rows, common).backward()
        gradients.append([p.grad.clone() for p in learns.parameters()])
        learns.zero_grad()
    for alone, together in zip(*gradients, strict=True):
        torch.testing.assert_close(alone, together, atol=1e-5, rtol=1e-3)


@pytest.mark.parametrize(("after", "begins"), [("\nAnswer:", " "), ("<assistant>\n", "A")])
def test_answers_begin_as_they_do_in_the_run(after: str, begins: str, model: Any):
    prompt = Prompt("Question: ", after)
    row = encoded(Row("e", "Who sold a red hat?", "Ada Brook"), model, prompt)
    assert model.tokenizer.decode(row.tokens[: row.given]) == prompt.of("Who sold a red hat?")
    answer = model.tokenizer.decode(row.tokens[row.given : -1])
    assert answer[0] == begins
    assert answer.strip() == "Ada Brook"
    assert row.tokens[-1] == model.tokenizer.eos_token_id


def test_a_seed_determines_the_bytes(model: Any, tmp_path: Path):
    def made(name: str, seed: int, order: str = "prioritised") -> list[bytes]:
        folder = tmp_path / name
        settings = SleepSettings(order=order, rank=2)  # type: ignore[arg-type]
        consolidated(STORED, model, SleepBudget(300), folder, PROMPT, seed=seed, settings=settings)
        return [path.read_bytes() for path in sorted(folder.rglob("adapter_*"))]

    first = made("a", 1)
    assert first == made("b", 1)
    assert first != made("c", 2)
    assert first != made("d", 1, "shuffled")


def test_flops_are_a_budget_too_and_follow_the_tokens(model: Any, tmp_path: Path):
    whole = consolidated(STORED, model, SleepBudget(400), tmp_path / "a", PROMPT)
    assert whole.flops is not None
    part = consolidated(STORED, model, SleepBudget(400, whole.flops / 2), tmp_path / "b", PROMPT)
    assert part.flops is not None
    assert part.flops <= whole.flops / 2
    assert (part.tokens or 0) < (whole.tokens or 0)


def test_nothing_stored_changes_nothing(model: Any, tmp_path: Path):
    assert consolidated([], model, SleepBudget(100), tmp_path, PROMPT).artefact is None


def test_a_budget_that_allows_nothing_is_one_line(model: Any, tmp_path: Path):
    with pytest.raises(ConfigError, match="allows no training on a whole text"):
        consolidated(STORED, model, SleepBudget(1), tmp_path, PROMPT)
    assert list(tmp_path.iterdir()) == []


def test_a_prompt_that_does_not_fit_is_one_line(model: Any, tmp_path: Path):
    long = Prompt("word " * int(model.max_length), PROMPT.after)
    with pytest.raises(ConfigError, match="do not fit the model's"):
        consolidated(STORED, model, SleepBudget(10**6), tmp_path, long)


@pytest.mark.parametrize("wrong", [{"order": "random"}, {"rank": -1}, {"rate": 0}, {"batch": 0}])
def test_options_that_cannot_be_used(wrong: dict[str, Any]):
    from hei_nw_tasks.memory.episodic import Episodic

    ((name, value),) = wrong.items()
    with pytest.raises(ConfigError, match=f"memory_args: {name}={value!r}"):
        Episodic(**wrong)
