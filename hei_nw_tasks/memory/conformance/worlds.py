"""Small worlds to check memories on: logs of our generators, cut to some thirty events.

    small_world("look-alikes", seed=0) -> World(world_id="19f8…", events=[…], questions=[…])

Ids are new for each check. `without_key` takes from a world all that a memory must not know,
`with_wrong_key` makes it false: a memory that recalls something else then has looked at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from generators.records import Event, Question, World
from hei_nw_tasks.memory.stores import Store

EVENTS = 32
# Two of one kind, whose events look alike, besides those with requests to forget, and look-alikes.
_SCENARIOS: Mapping[str, tuple[str, dict[str, Any], int]] = {
    "episodes": ("A", {"n": 16}, 0),
    "other episodes": ("A", {"n": 16}, 1),
    "settings": ("C", {"n": 10}, 0),
    "look-alikes": ("D", {"n": 3, "store_sizes": [EVENTS], "collision_groups": [1, 4]}, 0),
}


NAMES = tuple(_SCENARIOS)


def small_world(name: str, seed: int, salt: str = "") -> World:
    """A world, with its key.

    Args:
        name: One of `NAMES`: what it is made of.
        seed: Of the world.
        salt: Other ids, and nothing else, for each.
    """
    from generators.datasets.source import config_from
    from generators.datasets.tables import build

    letter, settings, number = _SCENARIOS[name]
    tables = build(letter, config_from(letter, {**settings, "seed": seed}))
    return _renamed(_cut(tables.worlds[number]), Random(f"{seed}:{name}:{salt}"))


def store_of_world(world: World) -> Store:
    """All of its events, asked in the middle and at the end."""
    return Store(
        world.world_id, world.events, sorted(world.questions, key=lambda q: (q.store_size, q.id))
    )


def _cut(world: World) -> World:
    """The world with few events, and its queries twice: in the middle and at the end."""
    wanted = {id_ for question in world.questions for id_ in question.evidence}
    for event in world.events:
        wanted |= {event.event_id, *event.forgets} if event.forgets else set()
    latest = [event.event_id for event in reversed(world.events) if event.event_id not in wanted]
    wanted |= {*latest[: max(0, EVENTS - len(wanted))]}
    events = [event._replace(rank=None) for event in world.events if event.event_id in wanted]
    sizes = [n for n in range(1, len(events)) if events[n].date != events[n - 1].date]
    middle = min(sizes, key=lambda size: abs(2 * size - len(events)), default=len(events))
    questions = [
        _at(question, size, events)
        for question in world.questions
        for size in dict.fromkeys((middle, len(events)))
    ]
    return World(world.world_id, events, questions)


def _at(question: Question, size: int, events: list[Event]) -> Question:
    visible = {event.event_id for event in events[:size]}
    return replace(
        question,
        id=f"{question.id}-{size}",
        store_size=size,
        as_of=events[size - 1].date.isoformat(),
        evidence=[id_ for id_ in question.evidence if id_ in visible],
    )


def _renamed(world: World, rng: Random) -> World:
    """The world with other ids; questions keep theirs, which no memory is told."""
    own = f"{rng.getrandbits(64):016x}"
    new = {event.event_id: f"{rng.getrandbits(64):016x}" for event in world.events}
    return World(
        own,
        [
            event._replace(
                event_id=new[event.event_id],
                world_id=own,
                forgets=tuple(new[id_] for id_ in event.forgets),
            )
            for event in world.events
        ],
        [
            replace(question, world_id=own, evidence=[new[id_] for id_ in question.evidence])
            for question in world.questions
        ],
    )


def without_key(world: World) -> World:
    """The same events and queries, with nothing that tells answers."""
    neutral: dict[str, Any] = {"slots": {}, "role": "filler", "should_remember": False}
    unknown: dict[str, Any] = {
        **dict.fromkeys(("evidence", "answers", "prior_answers", "distractor_answers"), ()),
        **{"other_answers": (), "episode_text": None, "lag": None, "lag_events": None},
        **{"query_kind": "single", "answerable": False, "should_remember": False, "depth": None},
    }
    return World(
        world.world_id,
        [event._replace(**neutral) for event in world.events],
        [replace(question, **unknown) for question in world.questions],
    )


def with_wrong_key(world: World) -> World:
    """The same events and queries, with a key that is false throughout."""
    ids = [event.event_id for event in world.events]
    half = len(ids) // 2
    other = dict(zip(ids, ids[half:] + ids[:half], strict=True))
    texts = {event.event_id: event.text for event in world.events}
    answers = [question.answers for question in world.questions]
    questions = []
    for number, question in enumerate(world.questions):
        evidence = [other[id_] for id_ in question.evidence] or ids[:1]
        questions.append(
            replace(
                question,
                evidence=evidence,
                episode_text="\n".join(texts[id_] for id_ in evidence),
                answers=answers[number - len(answers) // 2],
                answerable=not question.answerable,
                should_remember=not question.should_remember,
            )
        )
    events = [
        event._replace(should_remember=not event.should_remember, role=world.events[-n - 1].role)
        for n, event in enumerate(world.events)
    ]
    return World(world.world_id, events, questions)
