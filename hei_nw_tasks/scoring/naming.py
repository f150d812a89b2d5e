"""What kind of right or wrong a response is, by the values that it names.

>>> doc = {"answers": ["5433"], "answerable": True, "prior_answers": ["5434"]}
>>> outcome(doc, "The port is 5433."), outcome(doc, "5434"), outcome(doc, "unknown")
('correct', 'stale', 'abstained')
"""

from __future__ import annotations

from typing import Literal

from hei_nw_tasks.scoring.correct import judge
from hei_nw_tasks.scoring.final_answer import final_answer
from hei_nw_tasks.scoring.mentions import find_mentions, values_of
from hei_nw_tasks.scoring.reading import Doc
from hei_nw_tasks.scoring.values import Value, fold, without_thousands

Outcome = Literal[
    "correct",
    "stale",
    "distractor",
    "other_in_world",
    "out_of_world",
    "abstained",
    "empty",
    "unfinished",
]
_KINDS: dict[str, Outcome] = {
    "prior_answers": "stale",
    "distractor_answers": "distractor",
    "other_answers": "other_in_world",
}


def outcome(doc: Doc, response: str | None) -> Outcome:
    """What kind of right or wrong the response is; the first line that applies.

    ==============  ================================================================
    unfinished      breaks off while it reasons
    empty           has neither a letter nor a digit
    correct         is `correct`; unanswerable: abstains
    abstained       says that the answer is not known, although it is
    stale           asserts a value that was right before
    distractor      asserts the value of a hard negative
    other_in_world  asserts another value of the world, or only a part of a list
    out_of_world    anything else
    ==============  ================================================================

    A value counts as asserted when all of it is named; half a name is out of the world.
    """
    found = judge(doc, response)
    if found.status != "answered":
        return found.status
    if found.correct:
        return "correct"
    if found.abstained:
        return "abstained" if doc.get("answerable", bool(doc.get("answers"))) else "correct"
    columns = {found.reference.rivals[value] for value in found.reading.rivals}
    for column, kind in _KINDS.items():
        if column in columns:
            return kind
    return "other_in_world" if found.reading.right else "out_of_world"


def stale(doc: Doc, response: str | None) -> float:
    """1.0 if the response asserts a value that was right before and none that is, else 0.0."""
    found = judge(doc, response)
    columns = {found.reference.rivals[value] for value in found.reading.rivals}
    return float("prior_answers" in columns and not found.reading.right)


def default_guess(doc: Doc, response: str | None) -> float:
    """1.0 if the final answer names a well-known default of what is asked for, else 0.0.

    What a reader without a memory falls back on: 5432 for a port, bash for a shell. Neither an
    answer, nor part of another value of the world, nor a date counts as one.
    """
    # Not at the top: another package of that name may be found first, which whoever loads a
    # dataset or a run reports before it comes to scoring.
    from generators.service_defaults import SERVICE_DEFAULTS

    stated = values_of([*(doc.get("answers") or ()), *rivals(doc)])
    defaults = values_of(SERVICE_DEFAULTS.get(doc.get("asked_slot") or "", ())) - stated
    return float(bool(_named(final_answer(response).text, defaults | stated) & defaults))


def rivals(doc: Doc) -> list[str]:
    """The values of the asked kind in the log that are not right."""
    columns = ("distractor_answers", "other_answers", "prior_answers")
    return [value for column in columns for value in doc.get(column) or ()]


def _named(text: str, values: set[Value]) -> set[Value]:
    mentions = find_mentions(without_thousands(fold(text)), values)
    return {mention.value for mention in mentions if mention.value}
