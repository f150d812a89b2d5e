"""A saved response with its scores: all that the report keeps of a row.

    ScoredAnswer(doc_id=0, line=1, doc_hash=b"…", asked=Asked(id="b1e0…", lag=3, …),
                 response="5433", scores={"exact_match": 1.0, …}, outcome="correct",
                 measured={"prompt_tokens": 243.0, …})

A dataset row holds up to a hundred other values of its world; they are needed to score it, and
forgotten afterwards, so that a hundred thousand answers fit into memory.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from generators.records import Question
from hei_nw_tasks.scoring.naming import Outcome


@dataclass(frozen=True, slots=True)
class Asked:
    """What the report needs of a question (`generators.records.Question`).

    Attributes:
        hard_negatives: Whether events were made to be mistaken for its evidence.
        evidence: Number of events that entail its answer.
    """

    id: str
    world_id: str
    group_id: str
    query: str
    query_kind: str
    cue_type: str | None
    given_slots: tuple[str, ...]
    answers: tuple[str, ...]
    answerable: bool
    lag: int | None
    store_size: int
    target_tokens: int | None
    depth: float | None
    hard_negatives: bool
    evidence: int


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """A response with its metrics and its kind of right or wrong.

    Attributes:
        doc_id: Position in the dataset, from 0.
        line: Line of the samples file, from 1.
        doc_hash: lm_eval's sha256 of the question; the same for the same question in another run.
        asked: The question.
        response: What the model said.
        scores: `hei_nw_tasks.metrics.score`.
        outcome: `hei_nw_tasks.metrics.outcome`.
        measured: What else the run recorded of it: tokens, operations, recall, by name.
    """

    doc_id: int
    line: int
    doc_hash: bytes
    asked: Asked
    response: str
    scores: Mapping[str, float]
    outcome: Outcome
    measured: Mapping[str, float]


def asked_of(question: Question) -> Asked:
    """The part of a question that is kept; strings that many questions share are kept once."""
    share = sys.intern
    return Asked(
        id=question.id,
        world_id=share(question.world_id),
        group_id=share(question.group_id),
        query=question.query,
        query_kind=share(question.query_kind),
        cue_type=None if question.cue_type is None else share(question.cue_type),
        given_slots=tuple(map(share, question.given_slots)),
        answers=tuple(question.answers),
        answerable=question.answerable,
        lag=question.lag,
        store_size=question.store_size,
        target_tokens=question.target_tokens,
        depth=question.depth,
        hard_negatives=bool(question.distractor_answers),
        evidence=len(question.evidence),
    )
