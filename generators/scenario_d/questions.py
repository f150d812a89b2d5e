"""Derives the answers of a world's questions by looking their codes up in its log.

Each store is indexed by code once. Targets, their near-identical neighbours and all others are just
events to the lookup.
`generators.scenario_d.solver` derives the answers a second time, from the texts alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

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
    world = World(built.events[0].world_id, built.events)
    stores = [_Store(world.store(size)) for size in config.store_sizes]
    first = number * questions_per_world(config)
    questions = [
        _question(config, first + rank, built, stores[size], index)
        for rank, (index, size) in enumerate(schedule(config, number))
    ]
    return replace(world, questions=questions)


class _Store:
    """The events of a store in time order, and their positions by code."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self._by_code: dict[str, list[int]] = {}
        for position, event in enumerate(events):
            if event.slots:
                self._by_code.setdefault(event.slots["code"], []).append(position)

    def positions(self, codes: Iterable[str]) -> list[int]:
        """Positions of the events with these codes, in time order."""
        return sorted(place for code in codes for place in self._by_code.get(code, ()))


def _question(
    config: InterferenceConfig, number: int, built: ParcelWorld, store: _Store, index: int
) -> Question:
    spec, code, events = built.specs[index], built.codes[index], store.events
    draft = QuestionDraft(
        scenario="D",
        question_id=opaque_id("D", config.seed, number),
        group_id=opaque_id("D", config.seed, "probe", spec.number),
        as_of=events[-1].date,
        visible=len(events),
        query=question_text(spec.asked, code, spec.template),
        kind="unanswerable" if spec.lag_bin is None else "single",
        cue_type=spec.cue_type,
        asked=spec.asked,
        given={"code": code},
    )

    def values(found: Iterable[int]) -> list[str]:
        return [events[position].slots[spec.asked] for position in found]

    evidence = store.positions([code])
    answer = Answer(
        values=values(evidence),
        evidence=evidence,
        distractors=values(store.positions(c for c in built.groups[index] if c != code)),
        mentioned=_latest_first(events, spec.asked),
    )
    return answered(draft, answer, events)


def _latest_first(events: Sequence[Event], asked: str) -> Iterator[str]:
    """The distinct values of a slot, latest first."""
    seen: set[str] = set()
    for event in reversed(events):
        if event.slots and event.slots[asked] not in seen:
            seen.add(event.slots[asked])
            yield event.slots[asked]
