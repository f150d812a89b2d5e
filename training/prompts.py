r"""The prompts of training: the task's own instruction, memory block and question.

>>> prefix("A", ["Ada mended a kettle."]).splitlines()[-2:]
['Ada mended a kettle.', '']
>>> question("Who mended a kettle?")
'Question: Who mended a kettle?\nAnswer:'
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from hei_nw_tasks.memory.blocks import block
from hei_nw_tasks.patches import TASK_FOLDER


@cache
def instruction(letter: str) -> str:
    """Read the instruction of a scenario's task from its YAML."""
    import yaml

    # Ignores the tag that only lm_eval understands.
    loader: Any = type("Loader", (yaml.SafeLoader,), {})
    loader.add_constructor("!function", lambda loader, node: None)
    found: dict[str, str] = {}
    for name in ("_shared", f"heinw_{letter}"):
        text = TASK_FOLDER.joinpath(f"{name}.yaml").read_text(encoding="utf-8")
        found |= yaml.load(text, loader)
    return found["description"]


def prefix(letter: str, texts: Sequence[str]) -> str:
    """Format what comes before the question: the instruction and the events."""
    return instruction(letter) + block(texts)


def question(query: str) -> str:
    """Format the question as the task does."""
    return f"Question: {query}\nAnswer:"
