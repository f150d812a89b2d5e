"""Trains the reader.

    torchrun --nproc-per-node 2 -m training.train --folder .training --steps 4000

Two processes of one thread each are faster than two threads; without torchrun there is one.
Needs the tokenizer and the shards of `training.data`. Saves its whole state every few minutes and
goes on from there when started again; exports a checkpoint with every save.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import cross_entropy

from training.batches import Batch, Stream
from training.data import SCENARIOS
from training.export import export
from training.forward import hidden_states
from training.model import Shape, make_model

if TYPE_CHECKING:
    from transformers import Qwen2ForCausalLM

_LANGUAGE_WEIGHT = 0.1
_WARM_UP = 80
_TAIL = 0.35
_LEAST = 0.04
# Share of the steps at which a stage of the data begins, and its weight from then on.
CURRICULUM = ((0.0, (1.0, 0.0, 0.0, 0.0)), (0.2, (0.3, 0.7, 0.0, 0.0)))


@dataclass(frozen=True, slots=True)
class Settings:
    """Of a training run.

    Attributes:
        folder: Holds tokenizer, shards, state and export.
        steps: Number of steps.
        rate: Highest learning rate.
        tokens: Tokens of a batch.
        curriculum: (step, weights of the stages from then on).
        tail: Steps over which the learning rate falls at the end.
    """

    folder: Path
    steps: int
    rate: float
    tokens: int
    curriculum: tuple[tuple[int, tuple[float, ...]], ...]
    tail: int


def loss_of(model: Qwen2ForCausalLM, batch: Batch) -> tuple[torch.Tensor, float]:
    """Loss of a batch, and the share of its questions whose whole answer comes out right."""
    with torch.autocast("cpu", torch.bfloat16):
        before, after = hidden_states(model, batch)
        is_answer, is_language = batch.answers >= 0, batch.language >= 0
        answers = model.lm_head(after[is_answer])
        language = model.lm_head(before[is_language])
    targets = batch.answers[is_answer]
    loss = cross_entropy(answers.float(), targets)
    loss = loss + _LANGUAGE_WEIGHT * cross_entropy(language.float(), batch.language[is_language])
    with torch.no_grad():
        wrong = torch.zeros(batch.answers.shape)
        wrong[is_answer] = (answers.argmax(-1) != targets).float()
        asked = is_answer.any(-1)
        right = (wrong.sum(-1) == 0)[asked].float().mean().item()
    return loss, right


def rate_at(step: int, settings: Settings) -> float:
    """Learning rate: a warm-up, a plateau, and a straight fall at the end."""
    rise = min(1.0, (step + 1) / _WARM_UP)
    fall = min(1.0, (settings.steps - step) / settings.tail)
    return settings.rate * min(rise, max(fall, _LEAST))


def optimizers(model: Qwen2ForCausalLM) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside, AdamW for the embedding, norms and biases."""
    matrices = [
        p for name, p in model.named_parameters() if p.dim() == 2 and "embed_tokens" not in name
    ]
    others = [p for name, p in model.named_parameters() if p.dim() < 2 or "embed_tokens" in name]
    return [
        torch.optim.Muon(
            matrices, lr=1e-3, weight_decay=0.01, momentum=0.95, adjust_lr_fn="match_rms_adamw"
        ),
        torch.optim.AdamW(others, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def average_gradients(model: Qwen2ForCausalLM, processes: int) -> None:
    """Give every process the mean of all processes' gradients."""
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    torch.distributed.all_reduce(flat)
    flat /= processes
    at = 0
    for gradient in gradients:
        gradient.copy_(flat[at : at + gradient.numel()].view_as(gradient))
        at += gradient.numel()


def train(settings: Settings, save_every: float = 180.0) -> None:
    """Run all steps that are left."""
    rank, processes = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    if processes > 1:
        torch.distributed.init_process_group("gloo")
    folder = settings.folder
    tokenizer = json.loads((folder / "tokenizer" / "tokenizer.json").read_text(encoding="utf-8"))
    model = make_model(Shape(vocabulary=len(tokenizer["model"]["vocab"])), padding=0, end=1)
    steppers = optimizers(model)
    state_file = folder / "state.pt"
    first, shards, done = 0, dict.fromkeys(range(4), 0), 0
    if state_file.exists():
        state: dict[str, Any] = torch.load(state_file, weights_only=True)
        model.load_state_dict(state["model"])
        for stepper, kept in zip(steppers, state["optimizers"], strict=True):
            stepper.load_state_dict(kept)
        first, shards, done = state["step"], state["shards"], state["tokens"]
    streams = {
        stage: Stream(folder, stage, number, settings.tokens, rank, processes)
        for stage, number in shards.items()
    }
    start = saved = time.monotonic()
    recent: list[list[float]] = [[] for _ in SCENARIOS]
    losses: list[float] = []
    for step in range(first, settings.steps):
        weights = [row for begin, row in settings.curriculum if begin <= step][-1]
        batch = next(streams[Random(f"stage:{step}").choices(range(4), weights)[0]])
        for stepper in steppers:
            for group in stepper.param_groups:
                group["lr"] = rate_at(step, settings)
        loss, right = loss_of(model, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        if processes > 1:
            average_gradients(model, processes)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for stepper in steppers:
            stepper.step()
            stepper.zero_grad()
        done += batch.size * processes
        losses.append(loss.item())
        recent[batch.scenario].append(right)
        if step % 50 == 49 and rank == 0:
            shown = " ".join(
                f"{letter} {sum(one) / len(one):.3f}" if one else f"{letter} –"
                for letter, one in zip(SCENARIOS, recent, strict=True)
            )
            seconds = time.monotonic() - start
            print(
                f"step {step + 1} loss {sum(losses) / len(losses):.3f} right {shown} "
                f"tokens {done / 1e6:.2f}M {seconds / (step + 1 - first):.2f} s/step",
                flush=True,
            )
            recent, losses = [[] for _ in SCENARIOS], []
        due = time.monotonic() - saved > save_every or step + 1 == settings.steps
        if due and rank == 0:
            saved = time.monotonic()
            state = {
                "model": model.state_dict(),
                "optimizers": [stepper.state_dict() for stepper in steppers],
                "step": step + 1,
                "shards": {stage: stream.shard for stage, stream in streams.items()},
                "tokens": done,
            }
            torch.save(state, state_file.with_suffix(".part"))
            state_file.with_suffix(".part").replace(state_file)
            export(model, folder / "tokenizer", folder / "export")


def main() -> None:
    """Train, or go on."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--tokens", type=int, default=6000)
    parser.add_argument("--curriculum", type=json.loads, default=None)
    parser.add_argument("--tail", type=int, default=None)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    steps = arguments.steps
    plan = arguments.curriculum or [(int(share * steps), row) for share, row in CURRICULUM]
    tail = arguments.tail or int(_TAIL * steps)
    train(Settings(arguments.folder, steps, arguments.rate, arguments.tokens, tuple(plan), tail))


if __name__ == "__main__":
    main()
