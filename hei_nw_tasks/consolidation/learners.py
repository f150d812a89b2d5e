"""What is trained: an adapter around the layers of the model, or all weights of a copy of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hei_nw_tasks.consolidation.settings import SleepSettings
from hei_nw_tasks.model.patching import adapted, import_peft

_ADAPTER, _CHECKPOINT = "adapter", "checkpoint"


@dataclass(frozen=True)
class Learner:
    """A model that is trained.

    Attributes:
        model: Computes logits.
        kind: Of the artefact that is made of it.
    """

    model: Any
    kind: str

    def weights(self) -> list[Any]:
        """Those that are trained."""
        return [weight for weight in self.model.parameters() if weight.requires_grad]

    def save(self, folder: Path) -> str:
        """Write the artefact: the same bytes in every process.

        Returns:
            Its folder, inside the one that is given.
        """
        if self.kind == "pretrained":
            self.model.save_pretrained(folder / _CHECKPOINT)
            return _CHECKPOINT
        self.model.save_pretrained(folder / _ADAPTER, save_embedding_layers=False)
        path = folder / _ADAPTER / "adapter_config.json"
        known = json.loads(path.read_bytes())
        # A set in PEFT.
        known["target_modules"] = sorted(known["target_modules"])
        path.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return _ADAPTER


@contextmanager
def learner(
    model: Any, settings: SleepSettings, previous: Mapping[str, Path] | None, seed: int
) -> Iterator[Learner]:
    """What is trained from a model of transformers, which is as it was afterwards.

    Args:
        model: A loaded model of transformers.
        settings: How to train.
        previous: What to go on from.
        seed: Of the adapter's first weights.
    """
    import torch

    # Answers that are given next must not depend on whether a memory has slept.
    with torch.random.fork_rng(), torch.enable_grad():
        torch.manual_seed(seed)
        if settings.rank:
            with adapted(model, lambda: _with_adapter(model, settings, previous)) as adapter:
                yield Learner(adapter.eval(), "peft")  # without dropout
        else:
            yield Learner(_copied(model, previous).eval(), "pretrained")


def _with_adapter(model: Any, settings: SleepSettings, previous: Mapping[str, Path] | None) -> Any:
    peft = import_peft()
    if previous is not None:
        return peft.PeftModel.from_pretrained(model, previous["peft"], is_trainable=True)
    names = settings.targets
    config = peft.LoraConfig(
        r=settings.rank,
        lora_alpha=2 * settings.rank,
        target_modules=names if names == "all-linear" else names.split("+"),
        task_type="CAUSAL_LM",
    )
    return peft.get_peft_model(model, config)


def _copied(model: Any, previous: Mapping[str, Path] | None) -> Any:
    if previous is None:
        return deepcopy(model).requires_grad_(True)
    from transformers import AutoModelForCausalLM

    folder = previous["pretrained"]
    return AutoModelForCausalLM.from_pretrained(folder, dtype=model.dtype).to(model.device)
