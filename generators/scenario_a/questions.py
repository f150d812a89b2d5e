"""Derives the answers of a world's questions by querying its log.

Nothing the generator knows about how an event came to be decides an answer: targets, hard
negatives and distractors are all just events to the query. `generators.scenario_a.solver`
derives the answers a second time, from the texts alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter

from generators.records import Event, Question, World
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.descriptions import cue_in_words
from generators.scenario_a.phrasing import cue_words, question_text
from generators.scenario_a.plan import SLOTS, schedule
from generators.scenario_a.world import EpisodeWorld, build
from generators.world.answers import Answer, QuestionDraft, answered
from generators.world.ids import opaque_ids
from generators.world.numerals import in_words
from generators.world.timestamps import clock_forms

# What is asked for is counted, not read off one event.
_COUNTED = ("times", "days")
_MAX_IN_SMALL_TALK = 3
_SMALL_TALK = dict.fromkeys(SLOTS, "")
_slot_values = itemgetter(*SLOTS)


def make_world(config: EpisodeConfig, number: int) -> World:
    """World `number` with all its questions, in the order they are asked."""
    built = build(config, number)
    order = schedule(config, number)
    # The same questions have the same ids, whatever they are asked among.
    ids = opaque_ids(len(order), "A", config.seed, config.lag_design, number)
    group_ids = opaque_ids(len(built.specs), "A", config.seed, "probe", number)
    columns = Columns(built.events)
    questions = [
        _question(built, columns, index, lag_bin or 0, question_id, group_ids[index])
        for question_id, (index, lag_bin) in zip(ids, order, strict=True)
    ]
    return World(built.events[0].world_id, built.events, questions)


class Columns:
    """The slots of a log as columns, because every question of a world searches them.

    Args:
        events: In time order; at least one.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._days = [event.day for event in events]
        rows = [event.slots or _SMALL_TALK for event in events]
        self._values = dict(zip(SLOTS, zip(*map(_slot_values, rows), strict=True), strict=True))
        # A cue gives date and clock time; a question asks for the clock, the last five letters.
        self._answers = {**self._values, "when": [when[-5:] for when in self._values["when"]]}
        self._latest_first: dict[tuple[str, int], dict[str, None]] = {}

    def visible(self, as_of: int) -> int:
        """Number of events up to the end of a day."""
        return bisect_right(self._days, as_of)

    def matches(self, wanted_of: Mapping[str, Collection[str]], visible: int) -> list[int]:
        """Positions of the visible events that have one of the wanted values in each slot.

        Args:
            wanted_of: The wanted values by slot, of one slot at least.
            visible: Number of events, from the start of the log.
        """
        (slot, wanted), *others = wanted_of.items()
        found = [position for position, value in enumerate(self._values[slot]) if value in wanted]
        for slot, wanted in others:
            values = self._values[slot]
            found = [position for position in found if values[position] in wanted]
        return found[: bisect_left(found, visible)]

    def answers(self, slot: str) -> Sequence[str]:
        """The answer of each event to a question for a slot; for `when`, the clock time."""
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
    built: EpisodeWorld, columns: Columns, index: int, lag_bin: int, question_id: str, group_id: str
) -> Question:
    spec, cue = built.specs[index], built.cues[index]
    as_of, asked = cue.as_of[lag_bin], spec.asked
    words = cue_in_words(cue.given, spec.template) if cue.described else cue_words(cue.given)
    draft = QuestionDraft(
        scenario="A",
        question_id=question_id,
        group_id=group_id,
        as_of=built.dates[as_of],
        visible=columns.visible(as_of),
        query=question_text(spec.form, asked, words, spec.template),
        kind=spec.kind,
        cue_type=spec.cue_type,
        cue_overlap=spec.cue_overlap,
        asked=asked,
        given={slot: words[slot] for slot in spec.given},
    )
    matches = columns.matches(cue.wanted, draft.visible)
    if asked in _COUNTED:
        return answered(draft, _counted(built.events, asked, matches), built.events)
    # A list question asks for all matches, "first" for the first, every other one for the last.
    evidence = {"list": matches, "first": matches[:1]}.get(spec.kind, matches[-1:])
    answers = columns.answers(asked)
    values = [answers[position] for position in evidence]
    answer = Answer(
        values=values,
        spellings=clock_forms(values[0])[1:] if asked == "when" and values else (),
        evidence=evidence,
        stale=[answers[p] for p in matches[:-1]] if spec.kind == "latest" else (),
        distractors=[answers[p] for p in built.confounders[index] if p < draft.visible],
        mentioned=columns.mentioned(asked, draft.visible),
    )
    return answered(draft, answer, built.events)


def _counted(events: Sequence[Event], asked: str, matches: list[int]) -> Answer:
    """How many events fit, or how many days lie between the first and the last of them."""
    if not matches:
        return Answer([], [])
    if asked == "times":
        count, evidence = len(matches), matches
    else:
        first, last = matches[0], matches[-1]
        count, evidence = events[last].day - events[first].day, [first, last]
    return Answer([str(count)], evidence, spellings=_count_forms(count, asked))


def _count_forms(count: int, unit: str) -> list[str]:
    """Other ways to say how many times or days, for as many as have a short word."""
    unit = unit if count != 1 else unit[:-1]
    forms = [f"{count} {unit}"]
    if count < 100:
        word = in_words(count)
        forms.append(f"{word} {unit}")
        # Small talk has the smaller ones: two neighbours, three tourists.
        forms += [word] if count > _MAX_IN_SMALL_TALK else []
    if unit.startswith("time"):
        forms += {1: ["once"], 2: ["twice"]}.get(count, [])
    return forms
