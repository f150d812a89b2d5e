"""How far a run is, in tokens."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from hei_nw_tasks import register
from hei_nw_tasks.model.progress import TokenProgress, layers_of
from hei_nw_tasks.model.shared_prefix import tokens_to_compute
from tests.hei_nw_tasks.model.running import evaluate


@pytest.fixture(scope="module")
def model(checkpoint: Path) -> Any:
    return AutoModelForCausalLM.from_pretrained(checkpoint)


def test_every_layer_moves_the_bar(model: Any) -> None:
    layers = layers_of(model)
    seen: list[float] = []
    with TokenProgress(model, 100) as progress:
        hooks = [
            layer.register_forward_hook(lambda *_: seen.append(progress._bar.n)) for layer in layers
        ]
        model(torch.ones(2, 20, dtype=torch.long))
        share = 40 / len(layers)
        assert seen == pytest.approx([share * n for n in range(1, len(layers) + 1)])
        # The batch could have had longer answers.
        progress.add(60)
        assert progress._bar.n == 60
        # Padding makes more tokens than were counted.
        model(torch.ones(1, 60, dtype=torch.long))
        assert progress._bar.n == 100
        progress.add(40)
        assert progress._bar.n == 100
    for hook in hooks:
        hook.remove()
    assert not any(layer._forward_hooks for layer in layers)


def test_a_model_whose_layers_cannot_be_told_moves_by_batches(model: Any) -> None:
    bare = torch.nn.Identity()
    bare.config = model.config
    with TokenProgress(bare, 10) as progress:
        progress.add(4)
        assert progress._bar.n == 4


def shown(stderr: str) -> list[tuple[int, str, str]]:
    """Percentage, tokens done and tokens in all, of every state of the bar."""
    found = re.findall(r"Answering: +(\d+)%\S* *\|[^|]*\| (\S+)/(\S+) \[.*?tok", stderr)
    return [(int(percentage), done, total) for percentage, done, total in found]


@pytest.mark.parametrize("shared", [True, False])
def test_a_run_shows_its_tokens(
    shared: bool, checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register()
    arguments = {"pretrained": str(checkpoint), "baseline": "oracle", "shared_prefix": shared}
    results = evaluate("heinw", arguments, ["heinw_A"], {"n": 9}, gen_kwargs="max_gen_toks=2")
    stderr = capsys.readouterr().err
    assert "Running generate_until requests:" not in stderr
    bars = shown(stderr)
    assert [percentage for percentage, _, _ in bars] == sorted(p for p, _, _ in bars)
    assert (bars[0][0], bars[-1][0]) == (0, 100)
    rows = [row for row in results["samples"]["heinw_A"] if row["filter"] == "all"]
    work = results["config"]["heinw"] if "config" in results else {}
    tokens = sum(row["prompt_tokens"] for row in rows) + 2 * len(rows)
    if shared:
        tokens = work["prefix_tokens_computed"] + 2 * len(rows)
    expected = f"{tokens / 1000:.2f}k" if tokens >= 1000 else str(int(tokens))
    assert bars[-1][1:] == (expected, expected)


def test_the_tokens_to_compute_are_those_that_are_computed(model: Any) -> None:
    from hei_nw_tasks.model.shared_prefix import SharedPrefixGenerator

    draw = random.Random(0)
    prompts = [
        [1, 2, 3, 4][: draw.randint(1, 4)] + draw.choices(range(9), k=draw.randint(1, 9))
        for _ in range(30)
    ]
    generator = SharedPrefixGenerator(model, 0, one_copy=False)
    generator.generate(prompts, 4, 1, lambda *_: None, lambda *_: None)
    assert tokens_to_compute(prompts, 4) == generator.prefilled_tokens
