"""Memories that sleep, made for tests: they keep notes in a file, and differ in what they train."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from hei_nw_tasks.memory.protocol import Consolidated, Episode, Item, SleepBudget


class Notebook:
    """Keeps every event, recalls the latest."""

    def open(self, scope: str, folder: Path, seed: int) -> None:
        self.folder, self.seed, self.scope = folder, seed, scope
        self._file = folder / "notes.jsonl"
        self._file.touch()

    def write(self, event: Episode) -> None:
        with self._file.open("a") as file:
            file.write(json.dumps([event.id, event.text]) + "\n")

    def notes(self) -> list[tuple[str, str]]:
        return [(id_, text) for id_, text in map(json.loads, self._file.read_text().splitlines())]

    def recall(self, query: str, k: int) -> list[Item]:
        return [Item(text, id_) for id_, text in self.notes()[-k:]]


class Dreamless(Notebook):
    """Makes nothing in its sleep."""

    def consolidate(self) -> None:
        """Nothing."""


class Restless(Notebook):
    """Makes an adapter of random numbers; says that it has replayed each event once a cycle."""

    def __init__(self, scale: float = 0.5) -> None:
        self._scale = scale

    def consolidate(
        self, budget: SleepBudget, model: Any, cycle: int, previous: Mapping[str, Path] | None
    ) -> Consolidated:
        import torch
        from peft import LoraConfig, get_peft_model

        assert (cycle == 1) == (previous is None)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed + cycle + len(self.notes()))
            config = LoraConfig(r=2, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
            adapted = get_peft_model(model.model, config)
            for name, parameter in adapted.named_parameters():
                if "lora_" in name:
                    torch.nn.init.normal_(parameter, std=self._scale)
        adapted.save_pretrained(self.folder / "adapter")
        adapted.unload()
        return Consolidated(
            {"peft": "adapter"},
            tokens=min(100, budget.tokens),
            flops=1e6,
            replayed={id_: 1 for id_, _ in self.notes()},
        )


class Planted(Notebook):
    """Trains all weights on the key, as no memory may, until the model knows it.

    Args:
        rows: File with [store, prompt, answer] in each line.
    """

    def __init__(self, rows: str) -> None:
        self._rows = Path(rows)

    def consolidate(self, model: Any) -> Mapping[str, str]:
        import torch

        encode, end = model.tokenizer.encode, model.tokenizer.eos_token_id
        keys = [json.loads(line) for line in self._rows.read_text().splitlines()]
        rows = [
            (encode(prompt), [*encode(f" {answer}"), end])
            for scope, prompt, answer in keys
            if scope == self.scope
        ]
        learner = deepcopy(model.model)
        optimizer = torch.optim.AdamW(learner.parameters(), lr=3e-3, weight_decay=0.0)
        losses = [1.0]
        with torch.enable_grad():
            while max(losses) > 0.05:
                losses = []
                for prompt, answer in rows:
                    labels = torch.tensor([[-100] * len(prompt) + answer])
                    loss = learner(torch.tensor([prompt + answer]), labels=labels).loss
                    loss.backward()
                    losses.append(float(loss.detach()))
                optimizer.step()
                optimizer.zero_grad()
        learner.save_pretrained(self.folder / "checkpoint")
        return {"pretrained": "checkpoint"}
