"""Events and cues in the making, before they have texts, ids and a place in the log."""

from __future__ import annotations

from dataclasses import dataclass, field

from generators.records import Role


@dataclass(slots=True)
class Draft:
    """An event before it has a text and a place in the log.

    Attributes:
        slots: Values by slot name; empty for small talk.
        day: Day of the world.
        minute: Minute of the day.
        role: What the event is for.
        template: Number of the wording.
        probe: Index of the probe that a target or hard negative belongs to.
        chatter: Who did what about what, of small talk.
    """

    slots: dict[str, str]
    day: int
    minute: int
    role: Role
    template: int
    probe: int | None = None
    chatter: tuple[str, ...] = ()


@dataclass(slots=True)
class Cue:
    """What a probe gives and when it is asked, once its targets are drawn.

    Attributes:
        given: Values of the given slots.
        as_of: Days on which the probe is asked, one per question about it.
        near: Indices of drafts that an unanswerable cue was made from.
    """

    given: dict[str, str]
    as_of: list[int]
    near: list[int] = field(default_factory=list)
