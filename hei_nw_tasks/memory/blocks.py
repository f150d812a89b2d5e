r"""The memory block of a prompt: what is recalled, an item a line, before the question.

block(["On 7 October …", "On 9 October …"]) -> "On 7 October …\nOn 9 October …\n\n"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def block(texts: Sequence[str]) -> str:
    r"""The memory block of a prompt; empty if there are no texts.

    `generators.scenario_e` measures its transcripts with the same format.

    >>> block(["On Monday it rained.", "On Tuesday it did not."])
    'On Monday it rained.\nOn Tuesday it did not.\n\n'
    """
    return "".join(f"{text}\n" for text in texts) + "\n" if texts else ""


def build_context(record: Mapping[str, Any]) -> str:
    """The memory block of a seed record, made from its `context` or `episode_text`.

    Args:
        record: A row of `generators.scenario_x.generate`.

    Returns:
        Its evidence, one event per line; empty if the record has none.
    """
    return block((record.get("context") or record.get("episode_text") or "").splitlines())
