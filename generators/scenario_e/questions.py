"""Derives the answers of a transcript's questions by querying its log.

Evidence and the facts around it are just events to the query. `generators.scenario_e.solver`
derives the answers a second time, from the texts alone.
"""

from __future__ import annotations

from generators.records import Question, World
from generators.scenario_e.config import TranscriptConfig
from generators.scenario_e.plan import QUESTIONS, schedule, target_tokens
from generators.scenario_e.world import Transcript, build
from generators.world.answers import Answer, QuestionDraft, answered
from generators.world.ids import opaque_id


def make_world(config: TranscriptConfig, number: int) -> World:
    """World `number` with all its questions, in the order they are asked."""
    built = build(config, number)
    questions = [
        _question(config, number, rank, built, index)
        for rank, index in enumerate(schedule(config, number))
    ]
    return World(built.events[0].world_id, built.events, questions)


def _question(
    config: TranscriptConfig, world: int, rank: int, built: Transcript, index: int
) -> Question:
    spec, given, events = built.specs[index], built.given[index], built.events
    draft = QuestionDraft(
        scenario="E",
        question_id=opaque_id("E", config.seed, world * QUESTIONS + rank),
        group_id=opaque_id("E", config.seed, "probe", world * QUESTIONS + index),
        as_of=events[-1].date,
        visible=len(events),
        query=built.queries[index],
        kind="unanswerable" if spec.depth is None else "single",
        cue_type=f"{spec.asked}_from_{len(given)}",
        asked=spec.asked,
        given=given,
        target_tokens=target_tokens(config, world),
        depth=spec.depth,
    )
    evidence = [
        position
        for position, event in enumerate(events)
        if event.slots and given.items() <= event.slots.items()
    ]
    answer = Answer(
        values=[events[position].slots[spec.asked] for position in evidence],
        evidence=evidence,
        mentioned=dict.fromkeys(
            event.slots[spec.asked] for event in reversed(events) if event.slots
        ),
    )
    return answered(draft, answer, events)
