"""Checks what a memory gives when it consolidates, and the numbers that it gives of anything.

memory='mine:Notebook' trained on 60000 tokens where the budget has 50000 → stop earlier
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from dataclasses import replace
from pathlib import Path
from typing import Any

from hei_nw_tasks.memory.protocol import Consolidated, SleepBudget, Usage
from hei_nw_tasks.plugins import PluginError, shown

# Arguments of lm_eval's `hf` model that an artefact may stand for.
ARTEFACTS = ("peft", "pretrained")


def checked(
    name: str, gave: Any, budget: SleepBudget, folder: Path, known: Set[str]
) -> Consolidated:
    """What a memory made of what it stored.

    Args:
        name: Of the memory, for messages.
        gave: What its `consolidate` returned.
        budget: Of training.
        folder: Of the memory.
        known: Ids of the events that it was told.

    Returns:
        The same; the path of its artefact is relative to the folder.

    Raises:
        PluginError: It cannot be used.
    """
    made = gave if isinstance(gave, Consolidated) else Consolidated(gave)
    checked_usage(name, made.usage)
    counts = made.tokens, made.flops, made.learnt
    if not all(number is None or _is_count(number) for number in counts):
        raise PluginError(f"{name} gives {shown(made)} as its cost → give counts, or None")
    for unit, spent, most in (
        ("tokens", made.tokens, budget.tokens),
        ("FLOPs", made.flops, budget.flops),
    ):
        if spent is not None and most is not None and spent > most:
            raise PluginError(
                f"{name} trained on {spent:g} {unit} where the budget has {most:g} → stop earlier"
            )
    if made.learnt is not None and made.learnt > 1:
        raise PluginError(f"{name} says that it learnt {shown(made.learnt)} → give a share, 0 to 1")
    right = made.replayed is None or (
        isinstance(made.replayed, Mapping)
        and all(id_ in known and _is_count(number) for id_, number in made.replayed.items())
    )
    if not right:
        raise PluginError(
            f"{name} says that it replayed {shown(made.replayed)} "
            "→ give how often, by the ids of events that it was told"
        )
    return replace(made, artefact=_artefact(name, made.artefact, folder))


def _artefact(name: str, gave: Any, folder: Path) -> dict[str, str] | None:
    """An artefact with its path relative to a folder."""
    if gave is None:
        return None
    right = isinstance(gave, Mapping) and len(gave) == 1 and set(gave) <= set(ARTEFACTS)
    if not right or not all(isinstance(path, str | Path) for path in gave.values()):
        raise PluginError(
            f"{name} gives {shown(gave)} as its artefact "
            '→ return None, {"peft": folder}, {"pretrained": folder}, or a Consolidated'
        )
    ((kind, given),) = gave.items()
    path, root = (folder / given).resolve(), folder.resolve()
    if root not in path.parents or not path.is_dir():
        raise PluginError(
            f"{name} gives {shown(given)} as its artefact, which is no folder inside its own "
            "→ write it below the folder that `open` was given"
        )
    if not any(file.is_file() for file in path.rglob("*")):
        raise PluginError(f"{name} gives an empty folder as its artefact → fill it")
    return {kind: path.relative_to(root).as_posix()}


def checked_usage(name: str, usage: Any) -> Usage:
    """What a call cost.

    Raises:
        PluginError: It is none of the numbers that a cost can be.
    """
    numbers = (usage.calls, usage.tokens, usage.flops) if isinstance(usage, Usage) else (-1,)
    if not all(number is None or _is_count(number) for number in numbers):
        raise PluginError(f"{name} gives {shown(usage)} as its usage → give counts, or None")
    found: Usage = usage
    return found


def is_number(value: object) -> bool:
    """Whether it is a finite number, or None."""
    if value is None:
        return True
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_count(value: object) -> bool:
    """Whether it is a finite number that is not negative."""
    return value is not None and is_number(value) and value >= 0  # type: ignore[operator]
