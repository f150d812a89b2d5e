"""Derives the answers of a world's questions by querying its log.

Nothing the generator knows about how an event came to be decides an answer: targets, hard
negatives and distractors are all just events to the query. `generators.scenario_a.solver`
derives the answers a second time, from the texts alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from generators.asking import ask
from generators.ids import opaque_id
from generators.records import Event, Question
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.phrasing import question_text
from generators.scenario_a.plan import Probe, questions_per_world, schedule
from generators.scenario_a.world import Log
from generators.timestamps import clock_forms


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
    visible = sum(event.day <= as_of for event in log.events)
    matches = [
        place
        for place, event in enumerate(log.events[:visible])
        if event.slots and all(event.slots[slot] == value for slot, value in given.items())
    ]
    evidence = matches if probe.kind == "list" else matches[-1:]

    def values(places: Iterable[int]) -> list[str]:
        return [answer_value(log.events[place], probe.asked) for place in places]

    return ask(
        log.events,
        scenario="A",
        question_id=opaque_id("A", config.seed, config.lag_design, number),
        group_id=opaque_id("A", config.seed, "probe", probe.number),
        as_of=log.events[0].date + timedelta(days=as_of - log.events[0].day),
        visible=visible,
        query=question_text(probe.kind, probe.asked, given, probe.template),
        kind=probe.kind,
        cue_type=probe.cue_type,
        asked=probe.asked,
        given={slot: given[slot] for slot in probe.given},
        answers=_accepted(probe, values(evidence)),
        evidence=evidence,
        stale=values(place for place in matches if place not in evidence),
        distractors=values(sorted(place for place in log.confounders[index] if place < visible)),
        mentioned=values(p for p in reversed(range(visible)) if log.events[p].slots),
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
