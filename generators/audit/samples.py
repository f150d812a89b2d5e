"""What the adversaries see of datasets: questions, and events beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from generators.config import Config
from generators.records import Event, World
from generators.scenario import Scenario

# Events beside the evidence that are shown for each question; a store may hold 100,000.
OTHERS = 12


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question, and what strategies that do not read its cue need to answer it.

    Attributes:
        world: Number of its world over all seeds.
        row: Its place in its dataset.
        text: The question.
        masked: The question with a mark in place of each cue.
        kind: What kind of value it asks for.
        answer: The values of its answer; none if it is unanswerable.
        mentions: All values of that kind that its store mentions, in log order.
    """

    world: int
    row: int
    text: str
    masked: str
    kind: str
    answer: tuple[str, ...]
    mentions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """An event that a question can see.

    Attributes:
        world: Number of its world over all seeds.
        evidence: Whether the question's answer follows from it.
        position: Its position in the store, from 0 for the oldest event.
        store_size: Number of events in the store.
        age: Days from the event to the question.
        text: What it says.
    """

    world: int
    evidence: bool
    position: int
    store_size: int
    age: int
    text: str


@dataclass(frozen=True, slots=True)
class Sample:
    """Questions of some seeds, and events: all evidence, and some of what else is remembered."""

    questions: list[AskedQuestion]
    events: list[ShownEvent]

    def among(self, size: int) -> Sample:
        """The sample with the events of stores of one size only."""
        return Sample(self.questions, [e for e in self.events if e.store_size == size])


def draw(scenario: Scenario[Any], config: Config, seeds: Iterable[int]) -> Sample:
    """Make the datasets of some seeds, and take from them what the adversaries see.

    Raises:
        ConfigError: The settings cannot be met.
    """
    sample = Sample([], [])
    number = 0
    for seed in seeds:
        row = 0
        for world in scenario.worlds(config.model_copy(update={"seed": seed})):
            _add(sample, scenario, world, number, row)
            number += 1
            row += len(world.questions)
    return sample


def _add(sample: Sample, scenario: Scenario[Any], world: World, number: int, row: int) -> None:
    stores = {question.store_size: world.store(question.store_size) for question in world.questions}
    solvers = {
        size: scenario.solver([event.text for event in store]) for size, store in stores.items()
    }
    rng = Random(world.world_id)
    for place, question in enumerate(world.questions):
        store, solver = stores[question.store_size], solvers[question.store_size]
        masked = question.query
        for cue in sorted(question.cues, key=len, reverse=True):
            masked = masked.replace(cue, "_")
        sample.questions.append(
            AskedQuestion(
                world=number,
                row=row + place,
                text=question.query,
                masked=masked,
                kind=question.asked_slot,
                answer=tuple(question.values),
                mentions=tuple(solver.mentions(question.query, question.store_size)),
            )
        )
        named = {*question.evidence}
        evidence = {place for place, event in enumerate(store) if event.event_id in named}
        if evidence:
            others = _others(store, evidence, rng)
            sample.events.extend(
                ShownEvent(
                    world=number,
                    evidence=position in evidence,
                    position=position,
                    store_size=question.store_size,
                    age=(date.fromisoformat(question.as_of) - store[position].date).days,
                    text=store[position].text,
                )
                for position in (*sorted(evidence), *others)
            )


def _others(store: list[Event], evidence: set[int], rng: Random) -> list[int]:
    """Positions of events that are no small talk and not the evidence, some of many."""
    shown = [
        position
        for position, event in enumerate(store)
        if event.role != "filler" and position not in evidence
    ]
    return rng.sample(shown, min(OTHERS, len(shown)))
