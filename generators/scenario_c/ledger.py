"""Derives answers by querying the events of a log.

Nothing the generator knows about how an event came to be decides an answer: targets, hard
negatives and distractors are all just statements to the query. `generators.scenario_c.solver`
derives the answers a second time, from the texts alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from generators.records import Event
from generators.scenario_c.phrasing import EVERY_HOST, UNSET


class Finding(NamedTuple):
    """What a log determines.

    Attributes:
        answer: The value, or None if the log determines none.
        evidence: Places of the events that entail it, in time order.
        stale: What was right before, as (subject, value), oldest first.
    """

    answer: str | None
    evidence: list[int]
    stale: list[tuple[str, str]]


NOTHING = Finding(None, [], [])


class Ledger:
    """The statements of a log, by what they set and for whom."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._statements: dict[tuple[str, str], list[tuple[int, str]]] = {}
        self._wishes: dict[tuple[str, str], tuple[int, str]] = {}
        self._subjects: dict[str, list[tuple[str, str]]] = {}
        self._forgotten: dict[tuple[str, str], list[str]] = {}
        for position, event in enumerate(events):
            slots = event.slots
            if "wanted by" in slots:
                self._wishes[slots["attribute"], slots["wanted by"]] = position, slots["value"]
            elif "forgotten of" in slots:
                key = slots["attribute"], slots["forgotten of"]
                if stated := self._statements.pop(key, []):
                    self._forgotten.setdefault(key, []).extend(value for _, value in stated)
            elif slots:
                key = slots["attribute"], slots["subject"]
                self._statements.setdefault(key, []).append((position, slots["value"]))
                self._subjects.setdefault(key[0], []).append((slots["subject"], slots["value"]))

    def mentioned(self, attribute: str) -> list[tuple[str, str]]:
        """All (subject, value) pairs that were ever stated of a setting, in log order."""
        return [pair for pair in self._subjects.get(attribute, []) if pair[1] != UNSET]

    def setting(self, attribute: str, subject: str) -> Finding:
        """The value that counts: a host's own, else its environment's, else that of all hosts."""
        group = self._statements.get(("environment", subject), [(-1, "")])[-1]
        levels = [
            (self._statements[attribute, level], via)
            for level, via in ((subject, []), (group[1], [group[0]]), (EVERY_HOST, []))
            if (attribute, level) in self._statements
        ]
        held = [level for level in levels if level[0][-1][1] != UNSET] or levels
        stale = [(subject, value) for value in self._forgotten.get((attribute, subject), [])]
        if not held:
            return Finding(None, [], stale)
        statements, via = held[0]
        (position, answer), older = statements[-1], statements[:-1]
        stale += [(subject, value) for _, value in older]
        return Finding(answer, sorted([position, *via]), stale)

    def holder(self, attribute: str, value: str) -> Finding:
        """Whose setting has a value now."""
        for (name, subject), statements in self._statements.items():
            if name == attribute and statements[-1][1] == value:
                return Finding(subject, [statements[-1][0]], [])
        stale = [
            (subject, value)
            for (name, subject), values in self._forgotten.items()
            if name == attribute and values[-1] == value
        ]
        return Finding(None, [], stale)

    def placement(self, attribute: str, person: str) -> Finding:
        """The host that is as a person wants it."""
        if (attribute, person) not in self._wishes:
            return NOTHING
        position, value = self._wishes[attribute, person]
        found = self.holder(attribute, value)
        return (
            found._replace(evidence=sorted([position, *found.evidence])) if found.answer else found
        )
