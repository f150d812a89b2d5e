"""Derives the answers of a world's questions by querying its log.

Nothing the generator knows about how an event came to be decides an answer: targets, hard
negatives and distractors are all just events to the query. `generators.scenario_a.solver`
derives the answers a second time, from the texts alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

from generators.records import Event, Question
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.phrasing import question_text
from generators.scenario_a.plan import SLOTS, Probe, schedule
from generators.scenario_a.world import Log
from generators.world.answers import ask
from generators.world.ids import opaque_ids
from generators.world.timestamps import clock_forms

_SMALL_TALK = dict.fromkeys(SLOTS, "")


def questions(config: EpisodeConfig, number: int, log: Log) -> list[Question]:
    """All questions about world `number`, in the order they are asked."""
    order = schedule(config, number)
    # The same questions have the same ids, whatever they are asked among.
    ids = opaque_ids(len(order), "A", config.seed, config.lag_design, number)
    group_ids = opaque_ids(len(log.probes), "A", config.seed, "probe", number)
    columns = Columns(log.events)
    return [
        _question(log, columns, index, lag_bin or 0, question_id, group_ids[index])
        for question_id, (index, lag_bin) in zip(ids, order, strict=True)
    ]


class Columns:
    """What the events of a log say, slot by slot: what one question after another looks through.

    Args:
        events: In time order.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._days = [event.day for event in events]
        said = [event.slots or _SMALL_TALK for event in events]
        self._values = {slot: [slots[slot] for slots in said] for slot in SLOTS}
        # Days and hours are looked for together; asked for is the hour, the last five letters.
        self._answers = {**self._values, "when": [when[-5:] for when in self._values["when"]]}
        self._latest_first: dict[tuple[str, int], dict[str, None]] = {}

    def visible(self, as_of: int) -> int:
        """Number of events up to the end of a day."""
        return bisect_right(self._days, as_of)

    def matches(self, given: Mapping[str, str], visible: int) -> list[int]:
        """Places of the visible events that have all the given values, at least one."""
        (slot, wanted), *others = given.items()
        found = [place for place, value in enumerate(self._values[slot]) if value == wanted]
        for slot, wanted in others:
            values = self._values[slot]
            found = [place for place in found if values[place] == wanted]
        return found[: bisect_left(found, visible)]

    def answers(self, slot: str) -> Sequence[str]:
        """What each event answers to a question for a slot; for `when`, the clock time."""
        return self._answers[slot]

    def mentioned(self, slot: str, visible: int) -> Iterable[str]:
        """The distinct answers of the visible events, latest first."""
        key = slot, visible
        if key not in self._latest_first:
            latest_first = dict.fromkeys(reversed(self._answers[slot][:visible]))
            latest_first.pop("", None)
            self._latest_first[key] = latest_first
        return self._latest_first[key]


def _question(
    log: Log, columns: Columns, index: int, lag_bin: int, question_id: str, group_id: str
) -> Question:
    probe, cue = log.probes[index], log.cues[index]
    as_of, asked = cue.as_of[lag_bin], probe.asked
    visible = columns.visible(as_of)
    matches = columns.matches(cue.given, visible)
    last = 0 if probe.kind == "list" else -1
    evidence = matches[last:]
    said = columns.answers(asked)
    return ask(
        log.events,
        scenario="A",
        question_id=question_id,
        group_id=group_id,
        as_of=log.dates[as_of],
        visible=visible,
        query=question_text(probe.kind, asked, cue.given, probe.template),
        kind=probe.kind,
        cue_type=probe.cue_type,
        asked=asked,
        given=cue.given,
        answers=_accepted(probe, [said[place] for place in evidence]),
        evidence=evidence,
        stale=[said[place] for place in matches[:last]],
        distractors=[said[place] for place in log.confounders[index] if place < visible],
        mentioned=columns.mentioned(asked, visible),
    )


def _accepted(probe: Probe, gold: list[str]) -> list[str]:
    if probe.kind == "list":
        return [", ".join(gold)]
    if probe.asked == "when":
        return [form for value in gold for form in clock_forms(value)]
    return gold
