"""The knowledge base that decides every gold answer: real facts, corrected by a log's edits.

>>> knowledge = Knowledge([])
>>> knowledge.state("capital", "France", None)
State(value='Paris', position=None, older=())
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from generators.records import Event
from generators.scenario_b.facts import table


class Change(NamedTuple):
    """One edit of a fact.

    Attributes:
        since: Day it takes effect.
        position: Its position in the log.
        value: The new value; None if the record is withdrawn.
    """

    since: date
    position: int
    value: str | None


class State(NamedTuple):
    """What a fact is at a time.

    Attributes:
        value: The value; None if there is none.
        position: Position in the log of the edit that says so; None if none does.
        older: Values that were right before, the latest first.
    """

    value: str | None
    position: int | None
    older: tuple[str, ...]


class Knowledge:
    """Facts after all edits in a log, ordered by when they take effect, not by when they appear.

    Args:
        log: The visible events, in time order.

    Attributes:
        log: The same.
    """

    def __init__(self, log: Sequence[Event]) -> None:
        self.log = log
        self._changes: dict[tuple[str, str], list[Change]] = {}
        for position, event in enumerate(log):
            slots = event.slots
            if slots.get("status") in ("edit", "withdrawal"):
                since = date.fromisoformat(slots["since"])
                change = Change(since, position, slots.get("value"))
                self._changes.setdefault((slots["relation"], slots["subject"]), []).append(change)
        for changes in self._changes.values():
            changes.sort(key=lambda change: (change.since, change.position))

    def state(self, relation: str, subject: str, before: date | None) -> State:
        """What a fact is now, or what it was just before a day."""
        changes = self._changes.get((relation, subject), [])
        passed = [change for change in changes if before is None or change.since < before]
        fact = table().facts.get((relation, subject))
        values = [*([fact.value] if fact else []), *(change.value for change in passed)]
        return State(
            values[-1] if values else None,
            passed[-1].position if passed else None,
            tuple(value for value in values[-2::-1] if value),
        )

    def newer(self, relation: str, subject: str, before: date) -> list[Change]:
        """The edits that take effect on a day or later, the earliest first."""
        changes = self._changes.get((relation, subject), [])
        return [change for change in changes if change.since >= before]
