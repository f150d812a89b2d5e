r"""The prompts of training: the task's own instruction, memory block and question.

>>> prefix("A", [])
'Answer the question about past events. …answer: unknown\n\n'
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from hei_nw_tasks.memory.protocol import block
from hei_nw_tasks.patches import TASK_FOLDER


@cache
def instruction(letter: str) -> str:
    """What the task of a scenario says before everything else, from its YAML."""
    import yaml

    # Reads past the tags that only lm_eval understands.
    loader: Any = type("Loader", (yaml.SafeLoader,), {})
    loader.add_constructor("!function", lambda loader, node: None)
    found: dict[str, str] = {}
    for name in ("_shared", f"heinw_{letter}"):
        text = TASK_FOLDER.joinpath(f"{name}.yaml").read_text(encoding="utf-8")
        found |= yaml.load(text, loader)
    return found["description"]


def prefix(letter: str, texts: Sequence[str]) -> str:
    """Everything before the question."""
    return instruction(letter) + block(texts)


def question(query: str) -> str:
    """The question as the task puts it."""
    return f"Question: {query}\nAnswer:"
