"""Builds one transcript of scenario E: facts at their depths, and remarks in between."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from generators.records import Event
from generators.scenario_e.config import TranscriptConfig
from generators.scenario_e.facts import HANDFUL, draw_facts
from generators.scenario_e.fitting import EVENTS_A_DAY, Fitting, everyday
from generators.scenario_e.phrasing import EVENT_TEMPLATE_COUNT, event_text, question_text
from generators.scenario_e.plan import QuestionSpec, plan, target_tokens
from generators.scenario_e.spoken import small_talk, spoken
from generators.world.dialogue import turn
from generators.world.filler import DATE
from generators.world.ids import opaque_id, settings_digest
from generators.world.log import Draft, arrange
from generators.world.timestamps import FIRST_MINUTE, first_day


@dataclass(frozen=True, slots=True)
class Transcript:
    """The finished events of a world, and what its questions are made from.

    Attributes:
        specs: What is asked, in plan order.
        given: What each spec gives.
        queries: The questions.
        events: The log in time order.
    """

    specs: list[QuestionSpec]
    given: list[dict[str, str]]
    queries: list[str]
    events: list[Event]


def build(config: TranscriptConfig, number: int) -> Transcript:
    """Build world `number`; a function of the settings other than `n`, and of nothing else.

    Raises:
        ConfigError: The length cannot be met, or the tokenizer is not at hand.
    """
    stream = f"E:{config.seed}:{number}"
    rng = Random(f"{stream}:facts")
    specs, first = plan(config, number), first_day(rng)
    facts = draw_facts(rng, specs)
    queries = [
        question_text(spec.asked, given, spec.template)
        for spec, given in zip(specs, facts.given, strict=True)
    ]
    length = target_tokens(config, number)
    remarks = Random(f"{stream}:remarks")
    draw = everyday if config.style == "log" else small_talk
    fitting = Fitting(remarks, config.counter, length, first, queries, draw)

    templates = [rng.randrange(EVENT_TEMPLATE_COUNT) for handful in facts.handfuls for _ in handful]
    in_order = [slots for handful in facts.handfuls for slots in handful]
    if config.style == "log":
        written = [event_text(s, DATE, t) for s, t in zip(in_order, templates, strict=True)]
    else:
        telling = Random(f"{stream}:dialogue")
        written = [turn(telling, DATE, spoken(telling, slots)) for slots in in_order]
    patterns = fitting.remarks([fitting.text(fact, at) for at, fact in enumerate(written)])
    places = _places(specs, len(written) + len(patterns))
    texts = [""] * (len(written) + len(patterns))
    for place, fact in zip(places, written, strict=True):
        texts[place] = fitting.text(fact, place)
    free = sorted({*range(len(texts))} - {*places})
    for place, pattern in zip(free, patterns, strict=True):
        texts[place] = fitting.text(pattern, place)
    fitting.fit(texts, free)

    at = dict(zip(places, in_order, strict=True))
    targets = {places[index * HANDFUL + fact] for index, fact in enumerate(facts.evidence)}
    drafts = [_draft(place, text, at, targets) for place, text in enumerate(texts)]
    world_id = opaque_id("E", settings_digest(config), number)
    events = arrange(world_id, first, drafts, Random(f"{stream}:order")).events
    return Transcript(specs, facts.given, queries, events)


def _draft(place: int, text: str, at: dict[int, dict[str, str]], targets: set[int]) -> Draft:
    day, turn = divmod(place, EVENTS_A_DAY)
    minute = FIRST_MINUTE + 60 * turn
    if place not in at:
        return Draft(text, {}, day, minute, "filler")
    return Draft(text, at[place], day, minute, "target" if place in targets else "distractor")


def _places(specs: list[QuestionSpec], events: int) -> list[int]:
    """Places of the facts in a log of so many events: the handful of each spec at its depth."""
    depths = [spec.depth for spec in specs if spec.depth is not None]
    starts = [0] * len(depths)
    free = 0
    for rank, index in enumerate(sorted(range(len(depths)), key=lambda index: depths[index])):
        middle = round(depths[index] * (events - 1))
        last = events - HANDFUL * (len(depths) - rank)
        starts[index] = min(max(free, middle - HANDFUL // 2), last)
        free = starts[index] + HANDFUL
    return [start + offset for start in starts for offset in range(HANDFUL)]
