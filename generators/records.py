"""The records every scenario is made of: events of a log, and questions about it.

One real question (`generators.scenario_a`, n=1, seed 0) is shown in the docstring of
`generators.scenario_a`; every field below is a column of the dataset.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter
from typing import Any, Literal, NamedTuple

_SEPARATOR = ", "

Role = Literal["target", "hard_negative", "distractor", "update", "retraction", "forget", "filler"]


class Event(NamedTuple):
    """One dated entry of a world's log (the seed documents call it an episode).

    Attributes:
        event_id: Opaque id; says nothing about role or order.
        world_id: The log that the event belongs to.
        day: Days since the first day of the world, from 0.
        date: Calendar date of `day`.
        text: What a memory gets to read.
        slots: What the text says, by slot name; empty for filler.
        role: Why the generator wrote the event; "forget" for a request that something be forgotten.
            Never shown to a model.
        should_remember: Whether the text states a durable fact (True) or is chatter (False).
        pinned: Whether a bounded store must keep the event.
        rank: Place in the order in which stores of the log grow: a store of N events has those of
            ranks 0 to N - 1, in time order. None where a store is the first N events (all
            scenarios but D).
        forgets: Ids of the earlier events that a request asks to forget, in time order; none of
            other events. What follows from them is unknown after the request (scenario C).
    """

    event_id: str
    world_id: str
    day: int
    date: date
    text: str
    slots: Mapping[str, str]
    role: Role
    should_remember: bool
    pinned: bool = False
    rank: int | None = None
    forgets: tuple[str, ...] = ()


# Not frozen: that makes each one much slower to create.
@dataclass(slots=True)
class Question:
    """One row of a dataset: a question about a world, as of a date.

    Attributes:
        id: Opaque and unique within the dataset.
        scenario: Letter of the scenario, "A" to "E".
        world_id: Id of the log that the question is about; the unit of resampling.
        group_id: Questions with the same group ask for the same fact (at other lags, say).
        query: The question as a model reads it.
        query_kind: What kind of question it is. Every scenario has "unanswerable"; "list" asks for
            all values; A has "single" and "latest" (of several) besides. C's "forgotten" have no
            answer either: somebody asked that it be forgotten; "beside_forgotten" have one, and
            something near it was to be forgotten.
        cue_type: Stratum of the cue, e.g. "who_from_2": asks who, two slots given.
        asked_slot: Name of the slot that is asked for.
        given_slots: Names of the slots that the query gives.
        cues: Values of the given slots, in the same order.
        answers: Accepted answers, the canonical one first; alternatives, never parts. The one
            answer to a list question has all values, `joined`. Empty if unanswerable.
        answerable: Whether the log as of `as_of` determines an answer.
        as_of: ISO date the question is asked at; later events are not visible.
        lag: Days from the oldest evidence to `as_of`; None if no event is evidence.
        lag_events: Events after the oldest evidence, up to `as_of`; None if no event is evidence.
        evidence: Ids of the events that entail the answer, in time order; none if unanswerable, or
            if a fact that the log does not change is the answer (scenario B).
        prior_answers: Values that were right before, and are stale now, or to be forgotten.
        distractor_answers: Values of the asked slot in the hard negatives of this question.
        other_answers: Other values of the asked slot in the log, at most 64, latest first.
        store_size: Number of events visible as of `as_of`, see `Event.rank`.
        target_tokens: Length the log was made for, in tokens (scenario E).
        depth: Relative position of the evidence, 0 = start of the log, 1 = end (scenario E).
        should_remember: Whether the log holds a durable fact that answers the question.
        episode_text: Text of the evidence, one event a line; None if no event is evidence.
    """

    id: str
    scenario: str
    world_id: str
    group_id: str
    query: str
    query_kind: str
    cue_type: str | None
    asked_slot: str
    given_slots: list[str]
    cues: list[str]
    answers: list[str]
    answerable: bool
    as_of: str
    lag: int | None
    lag_events: int | None
    evidence: list[str]
    prior_answers: list[str]
    distractor_answers: list[str]
    other_answers: list[str]
    store_size: int
    target_tokens: int | None
    depth: float | None
    should_remember: bool
    episode_text: str | None

    @property
    def values(self) -> list[str]:
        """The values of a right answer: all of a list question, otherwise the canonical answer."""
        if self.query_kind == "list" and self.answers:
            return self.answers[0].split(_SEPARATOR)
        return self.answers[:1]


@dataclass(frozen=True, slots=True)
class World:
    """A log of events in time order, and the questions asked about it."""

    world_id: str
    events: list[Event] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def store(self, size: int) -> list[Event]:
        """The events of the store of a size, in time order."""
        if self.events and self.events[0].rank is None:
            return self.events[:size]
        return [event for event in self.events if event.rank is not None and event.rank < size]


def joined(values: Sequence[str]) -> str:
    """Several values as the one answer to a list question."""
    return _SEPARATOR.join(values)


_QUESTION_FIELDS = tuple(field.name for field in fields(Question))
_question_values = attrgetter(*_QUESTION_FIELDS)


def to_row(question: Question) -> dict[str, Any]:
    """A question as a flat dataset row; its lists are shared, not copied."""
    return dict(zip(_QUESTION_FIELDS, _question_values(question), strict=True))


def seed_row(question: Question) -> dict[str, Any]:
    """A dataset row with the two fields that the seed documents name for scenarios B to E.

    `context` is the text of the evidence, `expected` the canonical answer or "unknown".
    """
    return {
        **to_row(question),
        "context": question.episode_text or "",
        "expected": question.answers[0] if question.answers else "unknown",
    }
