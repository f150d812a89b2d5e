"""Derives the answers of a world's questions by looking their codes up in its log.

The log is indexed by code once; a store is the number of events that count. Targets, their
near-identical neighbours and all others are just events to the lookup.
`generators.scenario_d.solver` derives the answers a second time, from the texts alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from generators.records import Event, Question
from generators.scenario_d.config import StressConfig
from generators.scenario_d.phrasing import question_text
from generators.scenario_d.plan import questions_per_world, schedule
from generators.scenario_d.world import Log
from generators.world.answers import ask
from generators.world.ids import opaque_id


def questions(config: StressConfig, number: int, log: Log) -> list[Question]:
    """All questions about world `number`, in the order they are asked."""
    by_code: dict[str, list[int]] = {}
    for place, event in enumerate(log.events):
        if event.slots:
            by_code.setdefault(event.slots["code"], []).append(place)
    first = number * questions_per_world(config)
    return [
        _question(config, first + place, log, by_code, probe, config.store_sizes[size])
        for place, (probe, size) in enumerate(schedule(config, number))
    ]


def _question(
    config: StressConfig,
    number: int,
    log: Log,
    by_code: Mapping[str, list[int]],
    index: int,
    visible: int,
) -> Question:
    probe, code = log.probes[index], log.codes[index]

    def found(one: str) -> list[int]:
        return [place for place in by_code.get(one, ()) if place < visible]

    def values(places: Iterable[int]) -> list[str]:
        return [log.events[place].slots[probe.asked] for place in places]

    evidence = found(code)
    neighbours = sorted(p for other in log.groups[index] if other != code for p in found(other))
    return ask(
        log.events,
        scenario="D",
        question_id=opaque_id("D", config.seed, number),
        group_id=opaque_id("D", config.seed, "probe", probe.number),
        as_of=log.events[visible - 1].date,
        visible=visible,
        query=question_text(probe.asked, code, probe.template),
        kind="unanswerable" if probe.late is None else "single",
        cue_type=probe.cue_type,
        asked=probe.asked,
        given={"code": code},
        answers=values(evidence),
        evidence=evidence,
        distractors=values(neighbours),
        mentioned=_latest(log.events, visible, probe.asked),
    )


def _latest(events: list[Event], visible: int, asked: str) -> Iterator[str]:
    """The distinct values of a slot in the first `visible` events, latest first."""
    seen: set[str] = set()
    for place in range(visible - 1, -1, -1):
        slots = events[place].slots
        if slots and slots[asked] not in seen:
            seen.add(slots[asked])
            yield slots[asked]
