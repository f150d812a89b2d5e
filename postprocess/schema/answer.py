"""One answer, from the samples file to the report and its exports.

As an item of a metrics file (shortened):

    {"id": "b1e0…", "doc_id": 0, "world_id": "w3", "query": "Which port …?", "lag": 3,
     "answers": ["5433"], "response": "5433", "outcome": "correct",
     "scores": {"exact_match": 1.0, …}, "measured": {"prompt_tokens": 243.0, …}}

A dataset row holds up to a hundred other values of its world. They are needed to score it and
forgotten afterwards, so that a hundred thousand answers fit into memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hei_nw_tasks.metrics import PRIMARY
from hei_nw_tasks.scoring.naming import Outcome
from postprocess.measures import ABSTENTION


@dataclass(frozen=True, slots=True)
class Answer:
    """A question, what the model responded, and how good that is.

    Attributes:
        id: Id of the question; the same with and without hard negatives.
        doc_id: Position in the dataset, from 0.
        doc_hash: lm_eval's SHA-256 of the question, equal for equal questions of two runs.
        world_id: Log that the question is about; worlds are the independent draws.
        group_id: Equal for questions about the same fact.
        query: The question as the model read it.
        query_kind: What kind of question it is.
        cue_type: Stratum of the cue.
        cue_overlap: Whether the question has the words of its evidence, or others ("semantic").
        given_slots: Slots that the question gives.
        answerable: Whether the log determines an answer.
        answers: Accepted answers; empty if unanswerable.
        lag: Days from the oldest evidence to the question.
        lag_events: Events after the oldest evidence that the question may be about.
        store_size: Events that the question may be about.
        target_tokens: Length that the log was made for, in tokens.
        depth: Relative position of the evidence in the log.
        hard_negatives: Whether the log has events made to be mistaken for the evidence.
        response: What the model responded.
        outcome: `hei_nw_tasks.scoring.naming.outcome`.
        scores: `hei_nw_tasks.metrics.score`, by metric.
        measured: What else the run recorded: costs and retrieval measures by name.
    """

    id: str
    doc_id: int
    doc_hash: str
    world_id: str
    group_id: str
    query: str
    query_kind: str
    cue_type: str | None
    cue_overlap: str
    given_slots: tuple[str, ...]
    answerable: bool
    answers: tuple[str, ...]
    lag: int | None
    lag_events: int | None
    store_size: int
    target_tokens: int | None
    depth: float | None
    hard_negatives: bool
    response: str
    outcome: Outcome
    scores: Mapping[str, float]
    measured: Mapping[str, float]

    @property
    def right(self) -> bool:
        """Whether the response is right; to abstain is, where there is no answer."""
        return self.scores.get(PRIMARY, self.scores.get(ABSTENTION)) == 1
