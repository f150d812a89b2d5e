"""Steps of equal size in all directions, and smaller ones for layers that are to stay alike."""

from __future__ import annotations

import pytest
import torch

from training.model import Shape, make_model
from training.optimizers import optimizers, orthogonal

COEFFICIENTS = (3.4445, -4.775, 2.0315)


@pytest.mark.parametrize("shape", [(24, 40), (40, 24), (32, 32)])
def test_singular_values_become_alike_and_vectors_stay(shape: tuple[int, int]) -> None:
    torch.manual_seed(1)
    left, values, right = torch.linalg.svd(torch.randn(shape), full_matrices=False)
    values = torch.linspace(0.05, 1.0, len(values))
    found = left.T @ orthogonal(left * values @ right, COEFFICIENTS, 5, 1e-7) @ right.T
    assert 0.6 < found.diagonal().min() <= found.diagonal().max() < 1.3
    assert (found - found.diagonal().diag()).abs().max() < 1e-3


def test_low_layers_and_the_embedding_learn_at_a_lower_rate() -> None:
    model = make_model(Shape(vocabulary=64, hidden=128, layers=3, heads=4), padding=0, end=1)
    name_of = {id(weight): name for name, weight in model.named_parameters()}
    slow, fast = set(), set()
    for stepper in optimizers(model, careful=2):
        for group in stepper.param_groups:
            (slow if group.get("share", 1.0) < 1 else fast).update(
                name_of[id(weight)] for weight in group["params"]
            )
    low = ("model.embed_tokens.", "model.layers.0.", "model.layers.1.")
    assert slow == {name for name in name_of.values() if name.startswith(low)}
    assert fast == set(name_of.values()) - slow


def test_all_learn_alike_unless_told_otherwise() -> None:
    model = make_model(Shape(vocabulary=64, hidden=128, layers=2, heads=4), padding=0, end=1)
    groups = [group for stepper in optimizers(model) for group in stepper.param_groups]
    assert all(group.get("share", 1.0) == 1.0 for group in groups)
    assert sum(len(group["params"]) for group in groups) == len(list(model.parameters()))
