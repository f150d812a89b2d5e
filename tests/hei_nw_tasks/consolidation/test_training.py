"""Adapters learn what is stored, keep to the budget, and leave the model as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import torch

from generators.errors import ConfigError
from hei_nw_tasks.consolidation import SleepSettings, Stored, consolidated
from hei_nw_tasks.memory.protocol import SleepBudget
from hei_nw_tasks.memory.recalling import Weights
from hei_nw_tasks.model.heinw import Heinw
from hei_nw_tasks.model.patching import patched

DAY = datetime(2024, 5, 1, tzinfo=UTC)
STORED = [
    Stored("e0", "Ada Brook sold a red hat.", DAY),
    Stored("e1", "Milo Reed hid the old key.", DAY),
]


@pytest.fixture(scope="module")
def model(checkpoint: Path) -> Any:
    return Heinw.create_from_arg_obj({"pretrained": str(checkpoint)}, {"device": "cpu"})


def loss(model: Any) -> float:
    """Of the texts that are stored."""
    ids = [model.tokenizer(item.text, return_tensors="pt").input_ids for item in STORED]
    with torch.inference_mode():
        return sum(float(model.model(each, labels=each).loss) for each in ids)


def test_what_is_stored_becomes_likelier_and_cycles_go_on(model: Any, tmp_path: Path):
    before = {name: p.clone() for name, p in model.model.named_parameters()}
    losses, previous = [loss(model)], None
    for cycle in (1, 2):
        folder = tmp_path / str(cycle)
        settings = SleepSettings(rate=1e-2, rank=8, batch=4)
        made = consolidated(
            *(STORED, model, SleepBudget(1500), folder),
            cycle=cycle, previous=previous, settings=settings,
        )  # fmt: skip
        assert made.artefact == {"peft": "adapter"}
        assert 1300 < (made.tokens or 0) <= 1500
        assert set(made.replayed or ()) == {"e0", "e1"}
        previous = {"peft": folder / "adapter"}
        with patched(model.model, Weights("peft", folder / "adapter", "", "m")):
            losses.append(loss(model))
    assert losses[0] > losses[1] > losses[2]
    after = dict(model.model.named_parameters())
    assert after.keys() == before.keys()
    assert all(torch.equal(after[name], old) for name, old in before.items())
    assert loss(model) == losses[0]


def test_a_seed_determines_the_bytes(model: Any, tmp_path: Path):
    def made(name: str, seed: int, order: str = "prioritised") -> list[bytes]:
        folder = tmp_path / name
        settings = SleepSettings(order=order, rank=2)  # type: ignore[arg-type]
        consolidated(STORED, model, SleepBudget(300), folder, seed=seed, settings=settings)
        return [path.read_bytes() for path in sorted(folder.rglob("adapter_*"))]

    first = made("a", 1)
    assert first == made("b", 1)
    assert first != made("c", 2)
    assert first != made("d", 1, "shuffled")


def test_flops_are_a_budget_too_and_follow_the_tokens(model: Any, tmp_path: Path):
    whole = consolidated(STORED, model, SleepBudget(400), tmp_path / "a")
    assert whole.flops is not None
    part = consolidated(STORED, model, SleepBudget(400, whole.flops / 2), tmp_path / "b")
    assert part.flops is not None
    assert part.flops <= whole.flops / 2
    assert (part.tokens or 0) < (whole.tokens or 0)


def test_nothing_stored_changes_nothing(model: Any, tmp_path: Path):
    assert consolidated([], model, SleepBudget(100), tmp_path).artefact is None


def test_a_budget_that_allows_nothing_is_one_line(model: Any, tmp_path: Path):
    with pytest.raises(ConfigError, match="sleep_tokens=1: allows no training on a whole text"):
        consolidated(STORED, model, SleepBudget(1), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [{"order": "random"}, {"rank": 0}, {"rate": 0}, {"batch": 0}])
def test_options_that_cannot_be_used(wrong: dict[str, Any]):
    from hei_nw_tasks.memory.episodic import Episodic

    ((name, value),) = wrong.items()
    with pytest.raises(ConfigError, match=f"memory_args: {name}={value!r}"):
        Episodic(**wrong)
