"""Trains the model on what a memory stored, within a budget: a LoRA adapter, or all weights.

    consolidated(stored, model, SleepBudget(tokens=50_000), folder, prompt, cycle=1, previous=None)
    -> Consolidated(artefact={"peft": "adapter"}, tokens=49_871, flops=1.4e12, learnt=0.9, …)

A LoRA adapter (Hu et al. 2021) is put around the layers of the loaded model, trained, saved, and
taken off again; where all weights are trained, they are a copy's. Questions are trained on as they
are asked with the memory off: in the very prompt of the run. What prompts begin with is computed
once for the rows of a step, where the model allows it.
"""

from __future__ import annotations

import json
import math
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.consolidation.learners import learner
from hei_nw_tasks.consolidation.ordering import Stored, replayed
from hei_nw_tasks.consolidation.rows import Row, rows_of
from hei_nw_tasks.consolidation.settings import SleepSettings
from hei_nw_tasks.consolidation.spending import Spent
from hei_nw_tasks.consolidation.steps import Encoded, beginning, encoded, known, loss
from hei_nw_tasks.memory.protocol import Consolidated, Prompt, SleepBudget

# Share of the budget over which the rate of learning rises.
_WARM = 0.1
# Of the last rows of a cycle, to see whether the model has learnt them.
_TESTED = 16
# How often each event was trained on in all cycles so far, beside the weights.
_REPLAYED = "replayed.json"
_DEFAULTS = SleepSettings()


def consolidated(
    stored: Sequence[Stored],
    model: Any,
    budget: SleepBudget,
    folder: Path,
    prompt: Prompt,
    *,
    cycle: int = 1,
    previous: Mapping[str, Path] | None = None,
    seed: int = 0,
    settings: SleepSettings = _DEFAULTS,
) -> Consolidated:
    """Train on what is stored.

    Args:
        stored: What the memory has; nothing makes no artefact.
        model: Of lm_eval's `hf`.
        budget: Neither tokens nor FLOPs are exceeded.
        folder: Gets the artefact.
        prompt: How questions are put with the memory off.
        cycle: Of sleep; each has other rows and another order.
        previous: What to go on from.
        seed: Determines all that is drawn at random.
        settings: How to train.

    Returns:
        The artefact, and what it cost.
    """
    if not stored:
        return Consolidated(None, 0, 0.0, {})
    rng = Random(f"{seed}:{cycle}")
    before = {} if previous is None else _read(next(iter(previous.values())) / _REPLAYED)
    # How many events can be replayed as often as it takes.
    rows = [row for item in stored for row in rows_of(item.id, item.text, Random(0))]
    shared = beginning(model, prompt)
    tokens = sum(len(encoded(row, model, prompt).tokens) - shared for row in rows)
    most = Spent(budget, model, None).affordable() * len(stored) / (settings.repeats * tokens)
    made = trained(
        replayed(stored, settings.order, rng, max(1, int(most)), before.keys()),
        *(model, budget, folder, prompt),
        previous=previous,
        seed=rng.getrandbits(32),
        settings=settings,
    )
    times = Counter(before) + Counter(made.replayed or {})
    for path in (made.artefact or {}).values():
        (folder / path / _REPLAYED).write_text(json.dumps(times, sort_keys=True), encoding="utf-8")
    return made


def trained(
    rows: Iterator[Row],
    model: Any,
    budget: SleepBudget,
    folder: Path,
    prompt: Prompt,
    *,
    previous: Mapping[str, Path] | None = None,
    seed: int = 0,
    settings: SleepSettings = _DEFAULTS,
) -> Consolidated:
    """Train on rows of one's own, as long as the budget or the rows last.

    Raises:
        ConfigError: The budget does not allow a single row.
    """
    import torch

    shared = beginning(model, prompt)
    with learner(model.model, settings, previous, seed) as learns:
        weights = learns.weights()
        spent = Spent(budget, model, sum(w.numel() for w in weights) if settings.rank else None)
        optimizer = torch.optim.AdamW(weights, lr=settings.rate, weight_decay=0.0)
        last = deque[Encoded](maxlen=_TESTED)
        every = (encoded(row, model, prompt) for row in rows)
        for batch in _batches(every, spent, settings.batch, shared):
            labels = sum(len(row.tokens) - row.given for row in batch)
            for part, after in _parts(batch, shared):
                share = sum(len(row.tokens) - row.given for row in part) / labels
                (share * loss(learns.model, part, after)).backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            warm, falling = spent.share / _WARM, 0.5 + 0.5 * math.cos(math.pi * spent.share)
            for group in optimizer.param_groups:
                group["lr"] = settings.rate * min(warm, falling)
            optimizer.step()
            optimizer.zero_grad()
            last += batch
        right = sum(known(learns.model, part, after) for part, after in _parts(last, shared))
        path = learns.save(folder)
    return Consolidated(
        {learns.kind: path},
        spent.tokens,
        spent.flops,
        dict(spent.replayed),
        learnt=right / len(last),
    )


def _batches(
    rows: Iterator[Encoded], spent: Spent, size: int, shared: int
) -> Iterator[list[Encoded]]:
    """The rows of each step.

    Raises:
        ConfigError: The budget does not allow a single row.
    """
    batch: list[Encoded] = []
    for row in rows:
        # The first question of a step computes what all of them begin with.
        after = shared if row.given and any(other.given for other in batch) else 0
        if not spent.takes(row.event, len(row.tokens) - after, after):
            break
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
    if not spent.tokens:
        raise ConfigError("sleep_tokens: allows no training on a whole text → allow more")


def _parts(batch: Iterable[Encoded], shared: int) -> list[tuple[list[Encoded], int]]:
    """Questions, which begin alike, and texts, each with how many tokens theirs have in common."""
    questions = [row for row in batch if row.given], shared
    texts = [row for row in batch if not row.given], 0
    return [part for part in (questions, texts) if part[0]]


def _read(path: Path) -> dict[str, int]:
    """How often each event was replayed; nothing is known of an artefact made otherwise."""
    return dict(json.loads(path.read_bytes())) if path.exists() else {}
