"""Adds hard negatives and rumours to the corrections, then unrelated events and small talk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from generators.records import Role
from generators.scenario_b.phrasing import TEMPLATES, Claim, Status, chatter_text, event_text
from generators.scenario_b.plan import QuestionSpec
from generators.scenario_b.targets import Target, asked_day
from generators.scenario_b.vocabulary import Vocabulary
from generators.world.lags import LagConfig, day_like_evidence
from generators.world.log import Draft
from generators.world.pools import pools
from generators.world.timestamps import random_minute

# Distinct values of each relation in a log, so that a value picked at random is rarely right.
DISTINCT_VALUES = 25
CHATTER = 16
# Events about subjects that no question is about.
_EVERYDAY: tuple[Status, ...] = (
    *("edit", "edit", "edit", "edit", "rumour", "rumour", "restatement", "restatement"),
    "withdrawal",
)
# So many of them are about made-up subjects that a made-up subject is as frequent among all events
# to be remembered as among those that answer a question (five in thirteen).
_MADE_UP = 0.6
# Rumours claim a newer state than any correction of the facts that are asked for.
_RUMOURED_SINCE = range(-6, 0)


class Distractors:
    """Adds events to the drafts of one world.

    Args:
        rng: Source of randomness.
        config: Settings.
        first_day: Calendar date of day 0.
        asking_days: Days on which the world is asked, the last day of the log last.
        drafts: The events so far; added to.
    """

    def __init__(
        self,
        rng: Random,
        config: LagConfig,
        first_day: date,
        asking_days: Sequence[int],
        drafts: list[Draft],
    ) -> None:
        self._rng, self._first_day, self._drafts = rng, first_day, drafts
        self._bins, self._asking_days = config.bins, asking_days

    def add_hard_negatives(self, specs: Sequence[QuestionSpec], targets: Sequence[Target]) -> None:
        """Add events that are easily confused with the decisive edits.

        Every spec gets a correction of another subject, made-up if its own is. Every second one
        gets a rumour about its own subject, and so does each that is unanswerable but for a
        rumour; one that the log never states gets none.
        """
        for index, (spec, target) in enumerate(zip(specs, targets, strict=True)):
            vocabulary = target.vocabulary
            other = (vocabulary.take_neighbour() if spec.real else None) or vocabulary.invent()
            near = target.told.day if target.told else self._any_day(target.asked)
            day = min(max(near + self._rng.randint(-2, 2), 0), target.asked)
            self._add("edit", vocabulary, other, day, since=target.since, spec=index)
            # The log never mentions a made-up subject that has no value.
            mentioned = spec.real or spec.history != "unedited"
            if spec.defect == "rumoured" or (mentioned and index % 2 == 0):
                since = self._first_day + timedelta(days=self._rng.choice(_RUMOURED_SINCE))
                day = self._rng.randint(target.told.day if target.told else 0, target.asked)
                self._add("rumour", vocabulary, target.subject, day, since=since, spec=index)

    def fill(self, vocabularies: Sequence[Vocabulary]) -> None:
        """Add events about other subjects, then small talk until every day has an event."""
        for vocabulary in vocabularies:
            while self._distinct(vocabulary) < DISTINCT_VALUES:
                self._everyday(vocabulary)
        busy = {draft.day for draft in self._drafts}
        quiet = [day for day in range(self._asking_days[-1] + 1) if day not in busy]
        more = (self._any_day() for _ in range(CHATTER))
        for day in (*quiet, *more):
            columns = tuple(self._rng.choice(column) for column in pools().chatter)
            on = self._first_day + timedelta(days=day)
            text = chatter_text(on, columns, self._rng.randrange(2))
            self._drafts.append(Draft(text, {}, day, random_minute(self._rng), "filler"))

    def _any_day(self, asked: int | None = None) -> int:
        """A day as long before a question as evidence is."""
        if asked is None:
            asked = asked_day(self._rng, self._asking_days)
        return day_like_evidence(self._rng, self._bins, asked)

    def _everyday(self, vocabulary: Vocabulary) -> None:
        day = self._any_day()
        status = self._rng.choice(_EVERYDAY)
        known = status == "restatement" or self._rng.random() >= _MADE_UP
        subject = vocabulary.take_neighbour() if known else None
        if subject is None:
            # Nobody has said anything of a made-up subject that could be said again.
            status, subject = "edit" if status == "restatement" else status, vocabulary.invent()
        self._add(status, vocabulary, subject, day)

    def _add(
        self,
        status: Status,
        vocabulary: Vocabulary,
        subject: str,
        day: int,
        *,
        since: date | None = None,
        spec: int | None = None,
    ) -> None:
        on = self._first_day + timedelta(days=day)
        value: str | None = None
        if status == "restatement":
            value, since = vocabulary.real_value(subject), None
        else:
            since = since or self._first_day + timedelta(days=self._rng.randrange(-400, 0))
            if status != "withdrawal":
                value = vocabulary.draw_value(subject)
        claim = Claim(status, vocabulary.relation, subject, value, since)
        role: Role = "filler"
        if status in ("edit", "withdrawal"):
            role = "distractor" if spec is None else "hard_negative"
        text = event_text(claim, on, self._rng.randrange(TEMPLATES))
        self._drafts.append(
            Draft(text, claim.slots(), day, random_minute(self._rng), role, spec=spec)
        )

    def _distinct(self, vocabulary: Vocabulary) -> int:
        slots = [draft.slots for draft in self._drafts if draft.slots]
        named = (slot.get("value") for slot in slots if slot["relation"] == vocabulary.relation)
        return len({*named} - {None})
