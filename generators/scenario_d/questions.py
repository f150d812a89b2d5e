"""Derives the answers of a world's questions by looking their codes up in its log.

The log is indexed by code once; a store is the number of events that count. Targets, their
near-identical neighbours and all others are just events to the lookup.
`generators.scenario_d.solver` derives the answers a second time, from the texts alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from generators.records import Event, Question, World
from generators.scenario_d.config import InterferenceConfig
from generators.scenario_d.phrasing import question_text
from generators.scenario_d.plan import questions_per_world, schedule
from generators.scenario_d.world import ParcelWorld, build
from generators.world.answers import Answer, QuestionDraft, answered
from generators.world.ids import opaque_id


def make_world(config: InterferenceConfig, number: int) -> World:
    """World `number` with all its questions, in the order they are asked."""
    built = build(config, number)
    by_code: dict[str, list[int]] = {}
    for position, event in enumerate(built.events):
        if event.slots:
            by_code.setdefault(event.slots["code"], []).append(position)
    first = number * questions_per_world(config)
    questions = [
        _question(config, first + rank, built, by_code, index, config.store_sizes[size])
        for rank, (index, size) in enumerate(schedule(config, number))
    ]
    return World(built.events[0].world_id, built.events, questions)


def _question(
    config: InterferenceConfig,
    number: int,
    built: ParcelWorld,
    by_code: Mapping[str, list[int]],
    index: int,
    visible: int,
) -> Question:
    spec, code, events = built.specs[index], built.codes[index], built.events
    draft = QuestionDraft(
        scenario="D",
        question_id=opaque_id("D", config.seed, number),
        group_id=opaque_id("D", config.seed, "probe", spec.number),
        as_of=events[visible - 1].date,
        visible=visible,
        query=question_text(spec.asked, code, spec.template),
        kind="unanswerable" if spec.late is None else "single",
        cue_type=spec.cue_type,
        asked=spec.asked,
        given={"code": code},
    )

    def positions(codes: Iterable[str]) -> list[int]:
        return [p for code in codes for p in by_code.get(code, ()) if p < visible]

    def values(found: Iterable[int]) -> list[str]:
        return [events[position].slots[spec.asked] for position in found]

    evidence = positions([code])
    neighbours = sorted(positions(other for other in built.groups[index] if other != code))
    answer = Answer(
        values=values(evidence),
        evidence=evidence,
        distractors=values(neighbours),
        mentioned=_latest_first(events, visible, spec.asked),
    )
    return answered(draft, answer, events)


def _latest_first(events: list[Event], visible: int, asked: str) -> Iterator[str]:
    """The distinct values of a slot in the first `visible` events, latest first."""
    seen: set[str] = set()
    for position in range(visible - 1, -1, -1):
        slots = events[position].slots
        if slots and slots[asked] not in seen:
            seen.add(slots[asked])
            yield slots[asked]
