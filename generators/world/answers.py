"""Makes a dataset row of a question whose answer has been derived from the log.

Everything that follows from the log is worked out here, once for all scenarios: how long ago the
evidence is, how many events came after it, which other values a wrong answer could name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import filterfalse, islice

from generators.records import Event, Question

MAX_OTHER_ANSWERS = 64

# Each day is written once, not once a question.
_iso = cache(date.isoformat)


def ask(
    log: Sequence[Event],
    *,
    scenario: str,
    question_id: str,
    group_id: str,
    as_of: date,
    visible: int,
    query: str,
    kind: str,
    cue_type: str,
    asked: str,
    given: Mapping[str, str],
    answers: list[str],
    evidence: Sequence[int],
    stale: Sequence[str] = (),
    distractors: Sequence[str] = (),
    mentioned: Iterable[str] = (),
    target_tokens: int | None = None,
    depth: float | None = None,
) -> Question:
    """Make the row of one question.

    Args:
        log: All events of the world, in time order.
        scenario: Letter of the scenario.
        question_id: Opaque id of the question.
        group_id: Id that questions for the same fact share.
        as_of: Date the question is asked at.
        visible: Number of events, from the start of the log, that may be used.
        query: The question.
        kind: Query kind.
        cue_type: Stratum of the cue.
        asked: Name of the slot that is asked for.
        given: Values that the question gives, by slot name.
        answers: Accepted answers, the canonical one first; empty if there is none.
        evidence: Places in the log of the events that entail the answer, in time order.
        stale: Values that were right before.
        distractors: Values of the events that were made to be confused with the evidence.
        mentioned: The distinct values of the asked kind that are visible, latest first.
        target_tokens: Length the log was made for, in tokens.
        depth: Relative place of the evidence in the log.
    """
    told = [log[place] for place in evidence]
    # Mostly none or one.
    stale = list(stale if len(stale) < 2 else dict.fromkeys(stale))
    distractors = list(distractors if len(distractors) < 2 else dict.fromkeys(distractors))
    right = answers[0].split(", ") if kind == "list" and answers else answers
    named = {*right, *stale, *distractors}
    # Stops early: a log may have many more values than are kept.
    others = islice(filterfalse(named.__contains__, mentioned), MAX_OTHER_ANSWERS)
    return Question(
        id=question_id,
        scenario=scenario,
        world_id=log[0].world_id,
        group_id=group_id,
        query=query,
        query_kind=kind,
        cue_type=cue_type,
        asked_slot=asked,
        given_slots=list(given),
        cues=list(given.values()),
        answers=answers,
        answerable=bool(answers),
        as_of=_iso(as_of),
        lag=(as_of - told[0].date).days if told else None,
        lag_events=visible - 1 - evidence[0] if told else None,
        evidence=[event.event_id for event in told],
        prior_answers=stale,
        distractor_answers=distractors,
        other_answers=list(others),
        store_size=visible,
        target_tokens=target_tokens,
        depth=depth,
        should_remember=bool(told),
        episode_text="\n".join([event.text for event in told]) or None,
    )
