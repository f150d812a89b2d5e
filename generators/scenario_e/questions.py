"""Derives the answers of a transcript's questions by querying its log.

Evidence and the facts around it are just events to the query. `generators.scenario_e.solver`
derives the answers a second time, from the texts alone.
"""

from __future__ import annotations

from generators.records import Question
from generators.scenario_e.config import TranscriptConfig
from generators.scenario_e.plan import QUESTIONS, schedule, target_tokens
from generators.scenario_e.world import Log
from generators.world.answers import ask
from generators.world.ids import opaque_id


def questions(config: TranscriptConfig, number: int, log: Log) -> list[Question]:
    """All questions about world `number`, in the order they are asked."""
    first = number * QUESTIONS
    return [
        _question(config, number, first + place, log, index)
        for place, index in enumerate(schedule(config, number))
    ]


def _question(config: TranscriptConfig, world: int, number: int, log: Log, index: int) -> Question:
    probe, given = log.probes[index], log.given[index]
    evidence = [
        place
        for place, event in enumerate(log.events)
        if event.slots and all(event.slots[slot] == value for slot, value in given.items())
    ]
    return ask(
        log.events,
        scenario="E",
        question_id=opaque_id("E", config.seed, number),
        group_id=opaque_id("E", config.seed, "probe", world * QUESTIONS + index),
        as_of=log.events[-1].date,
        visible=len(log.events),
        query=log.queries[index],
        kind="unanswerable" if probe.depth is None else "single",
        cue_type=f"{probe.asked}_from_{len(given)}",
        asked=probe.asked,
        given=given,
        answers=[log.events[place].slots[probe.asked] for place in evidence],
        evidence=evidence,
        mentioned=dict.fromkeys(
            event.slots[probe.asked] for event in reversed(log.events) if event.slots
        ),
        target_tokens=target_tokens(config, world),
        depth=probe.depth,
    )
