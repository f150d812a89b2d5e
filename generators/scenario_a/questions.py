"""Derives the answers of a world's questions by querying its log.

Nothing the generator knows about how an event came to be decides an answer: targets, hard
negatives and distractors are all just events to the query. `generators.scenario_a.solver`
derives the answers a second time, from the texts alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import timedelta

from generators.asking import ask
from generators.ids import opaque_id
from generators.records import Event, Question
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.phrasing import question_text
from generators.scenario_a.plan import SLOTS, Probe, questions_per_world, schedule
from generators.scenario_a.world import Log
from generators.timestamps import clock_forms


def questions(config: EpisodeConfig, number: int, log: Log) -> list[Question]:
    """All questions about world `number`, in the order they are asked."""
    first = number * questions_per_world(config)
    columns = Columns(log.events)
    rows = []
    for place, (index, lag_bin) in enumerate(schedule(config, number)):
        as_of = log.cues[index].as_of[lag_bin or 0]
        rows.append(_question(config, first + place, log, columns, index, as_of))
    return rows


class Columns:
    """The episodes of a log, slot by slot: what one question after another looks through.

    Args:
        events: In time order.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._days = [event.day for event in events]
        self._places = [place for place, event in enumerate(events) if event.slots]
        episodes = [event.slots for event in events if event.slots]
        self._values = {slot: [slots[slot] for slots in episodes] for slot in SLOTS}
        self._latest_first: dict[tuple[str, int], list[str]] = {}

    def visible(self, as_of: int) -> int:
        """Number of events up to the end of a day."""
        return bisect_right(self._days, as_of)

    def matches(self, given: Mapping[str, str], visible: int) -> list[int]:
        """Places of the visible events that have all the given values, at least one."""
        (slot, wanted), *others = given.items()
        found = [row for row, value in enumerate(self._values[slot]) if value == wanted]
        for slot, wanted in others:
            values = self._values[slot]
            found = [row for row in found if values[row] == wanted]
        places = [self._places[row] for row in found]
        return places[: bisect_left(places, visible)]

    def mentioned(self, slot: str, visible: int) -> list[str]:
        """The distinct answers that visible events give to a question for a slot, latest first."""
        key = slot, visible
        if key not in self._latest_first:
            values = self._values[slot][: bisect_left(self._places, visible)]
            said = [answer(slot, value) for value in values] if slot == "when" else values
            self._latest_first[key] = list(dict.fromkeys(reversed(said)))
        return self._latest_first[key]


def _question(
    config: EpisodeConfig, number: int, log: Log, columns: Columns, index: int, as_of: int
) -> Question:
    probe, given = log.probes[index], log.cues[index].given
    visible = columns.visible(as_of)
    matches = columns.matches(given, visible)
    evidence = matches if probe.kind == "list" else matches[-1:]
    superseded = matches[: len(matches) - len(evidence)]

    def values(places: Sequence[int]) -> list[str]:
        return [answer(probe.asked, log.events[place].slots[probe.asked]) for place in places]

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
        stale=values(superseded),
        distractors=values(sorted(place for place in log.confounders[index] if place < visible)),
        mentioned=columns.mentioned(probe.asked, visible),
    )


def answer(asked: str, value: str) -> str:
    """What a value of a slot answers to a question for that slot; for `when`, the clock time."""
    return value.rpartition(" ")[2] if asked == "when" else value


def _accepted(probe: Probe, gold: list[str]) -> list[str]:
    if probe.kind == "list":
        return [", ".join(gold)]
    if probe.asked == "when":
        return [form for value in gold for form in clock_forms(value)]
    return gold
