"""Turns a question and the answer derived from its log into a dataset row.

Everything that follows from the log is worked out here, once for all scenarios: how long ago the
evidence was, how many events came after it, and which other values a wrong answer could name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import filterfalse, islice

from generators.records import Event, Question, joined
from generators.world.overlap import Overlap

MAX_OTHER_ANSWERS = 64

# Many questions share a date, and spelling it takes longer than looking it up.
_iso = cache(date.isoformat)


@dataclass(slots=True)
class QuestionDraft:
    """A question whose answer has not been derived yet.

    Attributes:
        scenario: Letter of the scenario.
        question_id: Opaque id of the question.
        group_id: Id shared by all questions for the same fact.
        as_of: Date the question is asked at.
        visible: Number of events, from the start of the log, that may be used.
        query: The question as a model reads it.
        kind: Query kind.
        cue_type: Stratum of the cue.
        asked: Name of the slot that is asked for.
        given: Values that the question gives, by slot name.
        target_tokens: Length the log was made for, in tokens.
        depth: Relative position of the evidence in the log.
        cue_overlap: Whether the question has the words of the log.
    """

    scenario: str
    question_id: str
    group_id: str
    as_of: date
    visible: int
    query: str
    kind: str
    cue_type: str
    asked: str
    given: Mapping[str, str]
    target_tokens: int | None = None
    depth: float | None = None
    cue_overlap: Overlap = "lexical"


@dataclass(slots=True)
class Answer:
    """The answer that a log gives to a question, and the wrong ones it suggests.

    Attributes:
        values: The values of a right answer: one, or all of a list question; none if the log
            determines none.
        evidence: Positions in the log of the events that entail them, in time order.
        spellings: Other accepted spellings of a single value.
        stale: Values that were right before.
        distractors: Values of the events that were made to be confused with the evidence.
        mentioned: The distinct values of the asked kind that are visible, latest first.
    """

    values: list[str]
    evidence: Sequence[int]
    spellings: Sequence[str] = ()
    stale: Sequence[str] = ()
    distractors: Sequence[str] = ()
    mentioned: Iterable[str] = ()


def answered(draft: QuestionDraft, answer: Answer, log: Sequence[Event]) -> Question:
    """Make the row of a question.

    Args:
        draft: The question.
        answer: Its answer.
        log: All events of the world, in time order.
    """
    evidence = [log[position] for position in answer.evidence]
    in_one = draft.kind == "list" and answer.values
    answers = [joined(answer.values)] if in_one else [*answer.values, *answer.spellings]
    stale = list(dict.fromkeys(answer.stale))
    distractors = list(dict.fromkeys(answer.distractors))
    named = {*answer.values, *answer.spellings, *stale, *distractors}
    # Stops early: a log may mention many more values than are kept.
    others = islice(filterfalse(named.__contains__, answer.mentioned), MAX_OTHER_ANSWERS)
    return Question(
        id=draft.question_id,
        scenario=draft.scenario,
        world_id=log[0].world_id,
        group_id=draft.group_id,
        query=draft.query,
        query_kind=draft.kind,
        cue_type=draft.cue_type,
        asked_slot=draft.asked,
        given_slots=list(draft.given),
        cues=list(draft.given.values()),
        answers=answers,
        answerable=bool(answer.values),
        as_of=_iso(draft.as_of),
        lag=(draft.as_of - evidence[0].date).days if evidence else None,
        lag_events=draft.visible - 1 - answer.evidence[0] if evidence else None,
        evidence=[event.event_id for event in evidence],
        prior_answers=stale,
        distractor_answers=distractors,
        other_answers=list(others),
        store_size=draft.visible,
        target_tokens=draft.target_tokens,
        depth=draft.depth,
        should_remember=bool(evidence),
        episode_text="\n".join([event.text for event in evidence]) or None,
        cue_overlap=draft.cue_overlap,
    )
