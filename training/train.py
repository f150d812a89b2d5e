"""Train the reader.

    torchrun --nproc-per-node 2 -m training.train --folder .training --name narrow --steps 4000

Two processes of one thread each are faster than two threads; without torchrun there is one.
Needs the tokenizer and the shards of `training.data`. Saves its state every few minutes, exports a
checkpoint with every save, and resumes from the last one.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import Qwen2ForCausalLM

from training.batches import Stream
from training.data import SCENARIOS
from training.export import export
from training.losses import losses_of
from training.model import Shape, make_model
from training.optimizers import average_gradients, optimizers

_WARM_UP = 80
_TAIL = 0.35
_LEAST = 0.04
# (share of the steps, weights of the stages from then on)
CURRICULUM = ((0.0, (1.0, 0.0, 0.0, 0.0)), (0.2, (0.3, 0.7, 0.0, 0.0)))


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a training run.

    Attributes:
        folder: Holds tokenizer and shards.
        run: Folder of the state and the export.
        start: Checkpoint to start from; None for the initial weights of `training.model`.
        steps: Number of steps.
        rate: Highest learning rate.
        tokens: Tokens of a batch.
        curriculum: (step, weights of the stages from then on).
        tail: Steps over which the learning rate falls at the end.
        careful: Lowest layers that learn at a lower rate, with the embedding.
    """

    folder: Path
    run: Path
    start: Path | None
    steps: int
    rate: float
    tokens: int
    curriculum: tuple[tuple[int, tuple[float, ...]], ...]
    tail: int
    careful: int = 0


def rate_at(step: int, settings: Settings) -> float:
    """Return the learning rate: a warm-up, a plateau, and a linear decay."""
    rise = min(1.0, (step + 1) / _WARM_UP)
    fall = min(1.0, (settings.steps - step) / settings.tail)
    return settings.rate * min(rise, max(fall, _LEAST))


def train(settings: Settings, save_every: float = 180.0) -> None:
    """Run the remaining steps."""
    rank, processes = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    if processes > 1:
        torch.distributed.init_process_group("gloo")
    folder = settings.folder
    model = _first_model(settings)
    steppers = optimizers(model, settings.careful)
    state_file = settings.run / "state.pt"
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
    history: list[list[float]] = []
    for step in range(first, settings.steps):
        weights = [row for begin, row in settings.curriculum if begin <= step][-1]
        batch = next(streams[Random(f"stage:{step}").choices(range(4), weights)[0]])
        for stepper in steppers:
            for group in stepper.param_groups:
                group["lr"] = rate_at(step, settings) * group.get("share", 1.0)
        losses = losses_of(model, batch)
        losses.total.backward()  # type: ignore[no-untyped-call]
        if processes > 1:
            average_gradients(model, processes)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for stepper in steppers:
            stepper.step()
            stepper.zero_grad()
        done += batch.size * processes
        parts = (losses.answers, losses.language, losses.unmatched, losses.missed)
        history.append([part.item() for part in parts])
        recent[batch.scenario].append(losses.right)
        if step % 50 == 49 and rank == 0:
            shown = " ".join(
                f"{letter} {sum(one) / len(one):.3f}" if one else f"{letter} –"
                for letter, one in zip(SCENARIOS, recent, strict=True)
            )
            seconds = time.monotonic() - start
            means = [sum(one) / len(one) for one in zip(*history, strict=True)]
            means_text = "answers {:.3f} language {:.2f} unmatched {:.3f} missed {:.3f}".format(
                *means
            )
            print(
                f"step {step + 1} {means_text} right {shown} "
                f"tokens {done / 1e6:.2f}M {seconds / (step + 1 - first):.2f} s/step",
                flush=True,
            )
            recent, history = [[] for _ in SCENARIOS], []
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
            settings.run.mkdir(parents=True, exist_ok=True)
            torch.save(state, state_file.with_suffix(".part"))
            state_file.with_suffix(".part").replace(state_file)
            export(model, folder / "tokenizer", settings.run / "export")


def _first_model(settings: Settings) -> Qwen2ForCausalLM:
    if settings.start is not None:
        model: Qwen2ForCausalLM = Qwen2ForCausalLM.from_pretrained(
            settings.start, dtype=torch.float32
        )
        model.train()
        return model
    tokenizer = Tokenizer.from_file(str(settings.folder / "tokenizer" / "tokenizer.json"))
    return make_model(Shape(vocabulary=tokenizer.get_vocab_size()), padding=0, end=1)


def main() -> None:
    """Train, or resume training."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--name", required=True, help="name of the run, and of its subfolder")
    parser.add_argument("--begin", type=Path, help="checkpoint to start from")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--tokens", type=int, default=6000)
    parser.add_argument("--curriculum", type=json.loads, default=None)
    parser.add_argument("--tail", type=int, default=None)
    parser.add_argument("--careful", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    steps = arguments.steps
    plan = arguments.curriculum or [(int(share * steps), row) for share, row in CURRICULUM]
    tail = arguments.tail or int(_TAIL * steps)
    folder: Path = arguments.folder
    sizes = (arguments.rate, arguments.tokens, tuple(plan), tail, arguments.careful)
    train(Settings(folder, folder / arguments.name, arguments.begin, steps, *sizes))


if __name__ == "__main__":
    main()
