"""Whether what a memory recalled holds the answer or a wrong one, whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hei_nw_tasks.scoring.mentions import find_mentions
from hei_nw_tasks.scoring.text import split_list
from hei_nw_tasks.scoring.values import fold, value_of, without_thousands


def answer_shown(doc: Mapping[str, Any], texts: Sequence[str]) -> bool | None:
    """Whether a right answer is named in texts; of a list question, all of its values.

    >>> doc = {"answers": ["5433"], "query_kind": "single"}
    >>> answer_shown(doc, ["The port is 5,433 now."]), answer_shown(doc, ["The port is 5434."])
    (True, False)

    Args:
        doc: A dataset row.
        texts: What the prompt shows.

    Returns:
        None for a question without an answer.
    """
    answers: list[str] = doc["answers"]
    if not answers:
        return None
    if doc["query_kind"] == "list":
        text = _read(texts)
        return all(_named(text, value) for value in split_list(answers[0]))
    return names_any(texts, answers)


def mistaken(doc: Mapping[str, Any], texts: Sequence[str]) -> bool | None:
    """Whether texts name the value of a hard negative, and no right answer.

    Of the first item recalled that is a near miss; of all that the prompt shows, a collision.

    >>> doc = {"answers": ["5433"], "distractor_answers": ["5434"], "query_kind": "single"}
    >>> mistaken(doc, ["The port is 5434."]), mistaken(doc, ["It is 5434 or 5433."])
    (True, False)

    Returns:
        None for a question without an answer, or without hard negatives.
    """
    is_shown = answer_shown(doc, texts)
    if is_shown is None or not doc["distractor_answers"]:
        return None
    return not is_shown and names_any(texts, doc["distractor_answers"])


def names_any(texts: Sequence[str], values: Sequence[str]) -> bool:
    """Whether texts name any of some values."""
    text = _read(texts)
    return any(_named(text, value) for value in values)


def _read(texts: Sequence[str]) -> str:
    return without_thousands(fold("\n".join(texts)))


def _named(text: str, answer: str) -> bool:
    value = value_of(answer)
    if value is None:
        return False
    # Numbers that nobody looks for are mentions of no value.
    return any(m.value is not None for m in find_mentions(text, [value], years_in_dates=True))
