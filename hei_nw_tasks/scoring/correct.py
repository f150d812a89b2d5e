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

from dataclasses import replace

from hei_nw_tasks.scoring import squad
from hei_nw_tasks.scoring.abstention import says_unknown, says_unset
from hei_nw_tasks.scoring.final_answer import final_answer
from hei_nw_tasks.scoring.reading import Doc, Reference, read_answer, reference_of


def correct(doc: Doc, response: str | None) -> float:
    """1.0 if the final answer asserts the right value and no rival, else 0.0.

    Args:
        doc: A dataset row. Only `answers` is needed; of `query`, `query_kind`, `cues`,
            `asked_slot`, `prior_answers`, `distractor_answers` and `other_answers`, those that
            are missing are taken as empty.
        response: What the model said; None is silence.
    """
    answer = final_answer(response)
    if answer.status != "answered":
        return 0.0
    answers = [str(answer) for answer in doc.get("answers") or ()]
    reference = reference_of(doc)
    if is_deletion(doc):
        reading = read_answer(replace(reference, golds=[]), answer.text)
        return float(says_unset(reading.line) or says_unknown(reading.line, reference.around.asked))
    if _in_words(reference) and squad.exact_match(answer.text, answers, is_list=reference.is_list):
        return 1.0
    reading = read_answer(reference, answer.text)
    named = any(gold <= reading.right for gold in reference.golds)
    return float(named and not reading.rivals and not reading.spoilt)


def abstained(doc: Doc, response: str | None) -> float:
    """1.0 if the final answer says that the answer is not known, and is not correct, else 0.0.

    Args:
        doc: As for `correct`.
        response: What the model said; None is silence.
    """
    answer = final_answer(response)
    if answer.status != "answered" or correct(doc, response):
        return 0.0
    reference = reference_of(doc)
    return float(says_unknown(read_answer(reference, answer.text).line, reference.around.asked))


def _in_words(reference: Reference) -> bool:
    """Whether every accepted answer is of words; punctuation that SQuAD drops alters numbers."""
    return bool(reference.golds) and all(v.kind in ("name", "symbol") for v in reference.right)


def is_deletion(doc: Doc) -> bool:
    """Whether the right answer is that a value was deleted."""
    return doc.get("query_kind") == "deletion" or "unset" in (doc.get("answers") or ())

