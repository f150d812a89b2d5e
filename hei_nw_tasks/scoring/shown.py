"""Whether what a memory recalled holds the answer, whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hei_nw_tasks.scoring.mentions import find_mentions
from hei_nw_tasks.scoring.text import split_list
from hei_nw_tasks.scoring.values import fold, value_of


def answer_shown(doc: Mapping[str, Any], texts: Sequence[str]) -> bool | None:
    """Whether a right answer is named in texts; of a list question, all of its values.

    >>> answer_shown({"answers": ["5433"], "query_kind": "single"}, ["The port is 5433 now."])
    True

    Args:
        doc: A dataset row.
        texts: What the prompt shows.

    Returns:
        None for a question without an answer.
    """
    answers: list[str] = doc["answers"]
    if not answers:
        return None
    text = fold("\n".join(texts))
    if doc["query_kind"] == "list":
        return all(_named(text, value) for value in split_list(answers[0]))
    return any(_named(text, answer) for answer in answers)


def _named(text: str, answer: str) -> bool:
    value = value_of(answer)
    return value is not None and bool(find_mentions(text, [value], years_in_dates=True))
