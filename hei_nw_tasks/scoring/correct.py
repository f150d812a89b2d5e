"""Whether a response is right, in whatever format it answers.

A response is **correct** if its final answer (`final_answer.py`) asserts the right value, every
value of a list, and no rival:

1. Values compare as what they mean (`values.py`): "4:44 PM" is "16:44". A longer number, code or
   name that contains the right one is another value.
2. Rivals are the other values of the log that are of the asked kind: prior answers, distractors,
   and the rest. One that is asserted besides makes the answer wrong.
3. What the question itself says (its cues, values in its text) counts neither for nor against.
4. What is denied or told as the past is not asserted (`claims.py`): "not Lima but Oslo" asserts
   Oslo. Two answers in one ("Lima or Oslo"), a second name that the log does not have ("Oslo and
   Paris"), and a list with an open end ("…and 16 other people") are wrong.
5. Where a value was deleted, the right answer says so, or says that it is not known.
6. An accepted answer of words alone, in the same words (SQuAD's exact match), is right.

>>> doc = {"answers": ["16:44"], "other_answers": ["10:02"], "query_kind": "single"}
>>> correct(doc, "It was at 4:44 p.m."), correct(doc, "16:44 or 10:02"), correct(doc, "16:44:10")
(1.0, 0.0, 0.0)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from hei_nw_tasks.scoring import squad
from hei_nw_tasks.scoring.abstention import says_unknown, says_unset
from hei_nw_tasks.scoring.final_answer import Status, final_answer
from hei_nw_tasks.scoring.reading import (
    READ,
    Doc,
    Reading,
    Reference,
    read_answer,
    reference_of,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a response comes to.

    Attributes:
        status: Whether there is a final answer.
        correct: Whether it is correct; never for a question without an answer.
        abstained: Whether it says that the answer is not known, and is not correct with that.
        reading: The values that it asserts.
        reference: What it was judged by.
    """

    status: Status
    correct: bool
    abstained: bool
    reading: Reading
    reference: Reference


def judge(doc: Doc, response: str | None) -> Judgement:
    """Judge a response.

    Args:
        doc: A dataset row. Only `answers` is needed; of `query`, `query_kind`, `cues`,
            `asked_slot`, `prior_answers`, `distractor_answers` and `other_answers`, those that
            are missing are taken as empty.
        response: What the model said; None is silence.
    """
    columns = ((name, doc[name]) for name in READ if name in doc)
    read = tuple((name, tuple(v) if isinstance(v, list) else v) for name, v in columns)
    return _judge(read, response)


# Several metrics of a response follow from one judgement.
@lru_cache(maxsize=4)
def _judge(columns: tuple[tuple[str, Any], ...], response: str | None) -> Judgement:
    doc = dict(columns)
    answer, reference = final_answer(response), reference_of(doc)
    if is_deletion(doc):  # "unset" is no value that could be named among others
        reference = replace(reference, golds=[])
    reading = read_answer(reference, answer.text)
    if answer.status != "answered":
        return Judgement(answer.status, False, False, reading, reference)
    unknown = says_unknown(reading.line, reference.around.asked)
    if is_deletion(doc):
        right = unknown or says_unset(reading.line)
    else:
        named = any(gold <= reading.right for gold in reference.golds)
        right = (named and not reading.rivals and not reading.spoilt) or (
            _is_of_words(reference)
            and bool(squad.exact_match(answer.text, doc["answers"], is_list=reference.is_list))
        )
    return Judgement(answer.status, right, unknown and not right, reading, reference)


def correct(doc: Doc, response: str | None) -> float:
    """1.0 if the final answer asserts the right value and no rival, else 0.0; see `judge`."""
    return float(judge(doc, response).correct)


def abstained(doc: Doc, response: str | None) -> float:
    """1.0 if the final answer says that the answer is not known, else 0.0; see `judge`.

    Never 1.0 for a correct answer: of a value that was deleted, "unknown" is right.
    """
    return float(judge(doc, response).abstained)


def is_deletion(doc: Doc) -> bool:
    """Whether the right answer is that a value was deleted."""
    return doc.get("query_kind") == "deletion"


def _is_of_words(reference: Reference) -> bool:
    """Whether every accepted answer is of words; punctuation that SQuAD drops alters numbers."""
    return bool(reference.golds) and all(v.kind in ("name", "symbol") for v in reference.right)
