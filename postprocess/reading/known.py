"""What an earlier run of the same folder already had: questions, and answers to them.

Arms and models are asked the same questions and often give the same answers. Each is checked,
validated and scored once, and the oldest are forgotten, so that memory does not grow.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeAlias, TypeVar

from generators.records import Question
from hei_nw_tasks.scoring.naming import Outcome
from postprocess.reading.rows import Row
from postprocess.schema.answer import Answer

V = TypeVar("V")
Scored: TypeAlias = tuple[Mapping[str, float], Outcome]


class Recent(Generic[V]):
    """The values that were made last, by key.

    >>> squares = Recent[int](most=2)
    >>> [squares.get(n, lambda n=n: n * n) for n in (2, 3, 2, 4)], list(squares.values)
    ([4, 9, 4, 16], [3, 4])

    Args:
        most: How many are kept.
    """

    def __init__(self, most: int) -> None:
        self.values: OrderedDict[Hashable, V] = OrderedDict()
        self._most = most

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of a key, made if it is not there; what `make` raises is not kept."""
        if key not in self.values:
            self.values[key] = make()
            if len(self.values) > self._most:
                self.values.popitem(last=False)
        return self.values[key]


class Known:
    """What is known of the questions of a folder.

    Attributes:
        questions: By scenario and fingerprint, an answer without a response.
        scores: By scenario, fingerprint and response.
    """

    def __init__(self) -> None:
        self.questions = Recent[Answer](most=5_000)
        self.scores = Recent[Scored](most=20_000)


def unanswered(row: Row, question: Question) -> Answer:
    """The question of a row, as an answer without a response."""
    share = sys.intern  # strings that many questions share are kept once
    return Answer(
        id=question.id,
        doc_id=row.doc_id,
        doc_hash=row.end.doc_hash,
        world_id=share(question.world_id),
        group_id=share(question.group_id),
        query=question.query,
        query_kind=share(question.query_kind),
        cue_type=None if question.cue_type is None else share(question.cue_type),
        cue_overlap=share(question.cue_overlap),
        given_slots=tuple(map(share, question.given_slots)),
        answerable=question.answerable,
        answers=tuple(question.answers),
        lag=question.lag,
        lag_events=question.lag_events,
        store_size=question.store_size,
        target_tokens=question.target_tokens,
        depth=question.depth,
        hard_negatives=bool(question.distractor_answers),
        response="",
        outcome="empty",
        scores={},
        measured={},
    )
