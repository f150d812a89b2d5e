"""Trains a LoRA adapter (Hu et al. 2021) on what a memory stored, within a budget.

    consolidated(stored, model, SleepBudget(tokens=50_000), folder, cycle=1, previous=None)
    -> Consolidated(artefact={"peft": "adapter"}, tokens=49_871, flops=1.4e12, replayed={"e5": 12})

The adapter is put around the layers of the loaded model, trained, saved, and taken off again. Of a
row of T tokens, a forward and a backward pass through frozen layers take

    2 · (linear + head) · T + 3 · pair · T² + 6 · (weights of the adapter) · T

FLOPs, with the rates of `hei_nw_tasks.compute.flops`; padding is left out.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.consolidation.ordering import Stored, replayed
from hei_nw_tasks.consolidation.rows import Row
from hei_nw_tasks.consolidation.settings import SleepSettings
from hei_nw_tasks.memory.protocol import Consolidated, SleepBudget
from hei_nw_tasks.model.patching import adapted, import_peft

_ADAPTER = "adapter"
# Share of the budget over which the rate of learning rises.
_WARM = 0.1


_DEFAULTS = SleepSettings()


def consolidated(
    stored: Sequence[Stored],
    model: Any,
    budget: SleepBudget,
    folder: Path,
    *,
    cycle: int = 1,
    previous: Mapping[str, Path] | None = None,
    seed: int = 0,
    settings: SleepSettings = _DEFAULTS,
) -> Consolidated:
    """Train an adapter on what is stored.

    Args:
        stored: What the memory has; nothing makes no adapter.
        model: Of lm_eval's `hf`.
        budget: Neither tokens nor FLOPs are exceeded.
        folder: Gets the adapter.
        cycle: Of sleep; each has other rows and another order.
        previous: Adapter to go on from.
        seed: Determines all that is drawn at random.
        settings: How to train.

    Returns:
        The adapter, and what it cost.
    """
    if not stored:
        return Consolidated(None, 0, 0.0, {})
    rng = Random(f"{seed}:{cycle}")
    rows = replayed(stored, settings.order, rng)
    return trained(
        *(rows, model, budget, folder),
        previous=previous,
        seed=rng.getrandbits(32),
        settings=settings,
    )


def trained(
    rows: Iterator[Row],
    model: Any,
    budget: SleepBudget,
    folder: Path,
    *,
    previous: Mapping[str, Path] | None = None,
    seed: int = 0,
    settings: SleepSettings = _DEFAULTS,
) -> Consolidated:
    """Train an adapter on rows of one's own, as long as the budget or the rows last.

    Raises:
        ConfigError: The budget does not allow a single row.
    """
    # Of the model without the adapter.
    rates = model.work_done().get("flop_rates")
    with _adapter(model.model, settings, previous, seed) as adapter:
        weights = [weight for weight in adapter.parameters() if weight.requires_grad]
        spent = _Spent(budget, rates, sum(map(_numel, weights)))
        batches = _batches(rows, model.tokenizer, int(model.max_length), spent, settings.batch)
        _train(adapter, weights, batches, spent, settings.rate)
        _save(adapter, folder / _ADAPTER)
    flops = None if rates is None else spent.flops
    return Consolidated({"peft": _ADAPTER}, spent.tokens, flops, dict(spent.replayed))


class _Spent:
    """What was trained on so far.

    Args:
        budget: What may be.
        rates: FLOPs of the model, by name; None if unknown.
        weights: Number of weights of the adapter.
    """

    def __init__(
        self, budget: SleepBudget, rates: Mapping[str, float] | None, weights: int
    ) -> None:
        if budget.flops is not None and rates is None:
            raise ConfigError(
                "sleep_flops: the FLOPs of this model are unknown → set sleep_tokens alone"
            )
        self.budget, self.rates, self._weights = budget, rates, weights
        self.tokens, self.flops = 0, 0.0
        self.replayed = Counter[str]()

    @property
    def share(self) -> float:
        """Of the budget."""
        of_flops = 0.0 if self.budget.flops is None else self.flops / self.budget.flops
        return max(self.tokens / self.budget.tokens, of_flops)

    def takes(self, event: str, tokens: int) -> bool:
        """Whether there is room for a row, which is trained on then."""
        flops = 0.0
        if self.rates is not None:
            linear = 2 * (self.rates["linear"] + self.rates["head"]) + 6 * self._weights
            flops = linear * tokens + 3 * self.rates["pair"] * tokens**2
        most = math.inf if self.budget.flops is None else self.budget.flops
        if self.tokens + tokens > self.budget.tokens or self.flops + flops > most:
            return False
        self.tokens, self.flops = self.tokens + tokens, self.flops + flops
        self.replayed[event] += 1
        return True


@contextmanager
def _adapter(
    model: Any, settings: SleepSettings, previous: Mapping[str, Path] | None, seed: int
) -> Iterator[Any]:
    """The model with an adapter around its layers, and afterwards without."""
    import torch

    peft = import_peft()
    config = peft.LoraConfig(
        r=settings.rank,
        lora_alpha=2 * settings.rank,
        target_modules=_targets(settings.targets),
        task_type="CAUSAL_LM",
    )

    def put_on() -> Any:
        if previous is not None:
            return peft.PeftModel.from_pretrained(model, previous["peft"], is_trainable=True)
        return peft.get_peft_model(model, config)

    # Answers that are given next must not depend on whether a memory has slept.
    with torch.random.fork_rng(), torch.enable_grad(), adapted(model, put_on) as adapter:
        torch.manual_seed(seed)
        yield adapter


def _targets(names: str) -> str | list[str]:
    return names if names == "all-linear" else names.split("+")


def _batches(
    rows: Iterator[Row], tokenizer: Any, longest: int, spent: _Spent, size: int
) -> Iterator[list[tuple[list[int], int]]]:
    """Rows as tokens, each with the number of those that are not trained on.

    Raises:
        ConfigError: The budget does not allow a single row.
    """
    batch: list[tuple[list[int], int]] = []
    for row in rows:
        prompt = tokenizer(row.prompt).input_ids if row.prompt else []
        answer = f" {row.answer}" if row.prompt else row.answer
        new = [*tokenizer(answer, add_special_tokens=False).input_ids, tokenizer.eos_token_id]
        tokens = [*prompt, *new][:longest]
        if not spent.takes(row.event, len(tokens)):
            break
        batch.append((tokens, len(prompt)))
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
    if not spent.tokens:
        raise ConfigError(
            f"sleep_tokens={spent.budget.tokens}: allows no training on a whole text → allow more"
        )


def _train(
    adapter: Any,
    weights: Sequence[Any],
    batches: Iterator[list[tuple[list[int], int]]],
    spent: _Spent,
    rate: float,
) -> None:
    import torch

    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.0)
    adapter.eval()  # without dropout
    for batch in batches:
        width = max(len(tokens) for tokens, _ in batch)
        ids = torch.zeros(len(batch), width, dtype=torch.long)
        seen, labels = torch.zeros_like(ids), torch.full_like(ids, -100)
        for number, (tokens, given) in enumerate(batch):
            ids[number, : len(tokens)] = torch.tensor(tokens)
            seen[number, : len(tokens)] = 1
            labels[number, given : len(tokens)] = torch.tensor(tokens[given:])
        device = weights[0].device
        loss = adapter(
            input_ids=ids.to(device), attention_mask=seen.to(device), labels=labels.to(device)
        ).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        warm, falling = spent.share / _WARM, 0.5 + 0.5 * math.cos(math.pi * spent.share)
        for group in optimizer.param_groups:
            group["lr"] = rate * min(warm, falling)
        optimizer.step()
        optimizer.zero_grad()


def _save(adapter: Any, folder: Path) -> None:
    """Write an adapter: the same bytes in every process."""
    adapter.save_pretrained(folder, save_embedding_layers=False)
    path = folder / "adapter_config.json"
    known = json.loads(path.read_bytes())
    # A set in PEFT.
    known["target_modules"] = sorted(known["target_modules"])
    path.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _numel(weight: Any) -> int:
    return int(weight.numel())
