"""Derives the answers of a world's questions by querying its log.

Nothing the generator knows about how an event came to be decides an answer: targets, hard
negatives and distractors are all just events to the query. `generators.scenario_a.solver`
derives the answers a second time, from the texts alone.
"""

from __future__ import annotations

from datetime import timedelta

from generators.ids import opaque_id
from generators.records import Event, Question
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.phrasing import question_text
from generators.scenario_a.plan import Probe, questions_per_world, schedule
from generators.scenario_a.world import Log
from generators.timestamps import clock_forms

_MAX_OTHER_ANSWERS = 64


def questions(config: EpisodeConfig, number: int, log: Log) -> list[Question]:
    """All questions about world `number`, in the order they are asked."""
    first = number * questions_per_world(config)
    rows = []
    for place, (index, lag_bin) in enumerate(schedule(config, number)):
        as_of = log.cues[index].as_of[lag_bin or 0]
        rows.append(_question(config, first + place, log, index, as_of))
    return rows


def _question(config: EpisodeConfig, number: int, log: Log, index: int, as_of: int) -> Question:
    probe, given = log.probes[index], log.cues[index].given
    visible = [event for event in log.events if event.day <= as_of]
    matches = [
        place
        for place, event in enumerate(visible)
        if event.slots and all(event.slots[slot] == value for slot, value in given.items())
    ]
    used = matches if probe.kind == "list" else matches[-1:]
    evidence = [visible[place] for place in used]
    gold = [answer_value(event, probe.asked) for event in evidence]
    stale = [answer_value(visible[place], probe.asked) for place in matches if place not in used]
    confusable = [
        answer_value(event, probe.asked)
        for event in visible
        if event.event_id in log.confounders[index]
    ]
    first_day = log.events[0].date - timedelta(days=log.events[0].day)
    return Question(
        id=opaque_id("A", config.seed, config.lag_design, number),
        scenario="A",
        world_id=log.world_id,
        group_id=opaque_id("A", config.seed, "probe", probe.number),
        query=question_text(probe.kind, probe.asked, given, probe.template),
        query_kind=probe.kind,
        cue_type=probe.cue_type,
        asked_slot=probe.asked,
        given_slots=list(probe.given),
        cues=[given[slot] for slot in probe.given],
        answers=_accepted(probe, gold),
        answerable=bool(gold),
        as_of=(first_day + timedelta(days=as_of)).isoformat(),
        lag=as_of - evidence[0].day if evidence else None,
        lag_events=len(visible) - 1 - used[0] if used else None,
        evidence=[event.event_id for event in evidence],
        prior_answers=stale,
        distractor_answers=confusable,
        other_answers=_others(visible, probe.asked, {*gold, *stale, *confusable}),
        store_size=len(visible),
        target_tokens=None,
        depth=None,
        should_remember=bool(evidence),
        episode_text="\n".join(event.text for event in evidence) or None,
    )


def answer_value(event: Event, asked: str) -> str:
    """What an event answers to a question for a slot; for `when`, the clock time."""
    value = event.slots[asked]
    return value.rpartition(" ")[2] if asked == "when" else value


def _accepted(probe: Probe, gold: list[str]) -> list[str]:
    if probe.kind == "list":
        return [", ".join(gold)]
    if probe.asked == "when":
        return [form for value in gold for form in clock_forms(value)]
    return gold


def _others(visible: list[Event], asked: str, named: set[str]) -> list[str]:
    """Other values of the asked slot, latest first, each once."""
    values = (answer_value(event, asked) for event in reversed(visible) if event.slots)
    return [value for value in dict.fromkeys(values) if value not in named][:_MAX_OTHER_ANSWERS]
