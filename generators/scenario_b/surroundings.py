"""Surrounds the corrections that questions are about: neighbours, rumours, everyday life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Literal

from generators.records import Role
from generators.scenario_b.phrasing import TEMPLATES, Claim, chatter_text, event_text
from generators.scenario_b.plan import Probe
from generators.scenario_b.stock import Stock
from generators.scenario_b.targets import Target, last_day
from generators.world.lags import LagConfig
from generators.world.log import Draft
from generators.world.pools import pools
from generators.world.timestamps import random_minute

Status = Literal["edit", "rumour", "restatement"]

# Events about each relation on the day of the questions; without them "answer the last value
# mentioned" would be right more often than chance.
CROWD = 5
# Distinct values of each relation in a log, so that a value picked at random is rarely right.
DISTINCT_VALUES = 22
CHATTER = 8
# What happens to subjects that nobody asks about.
_EVERYDAY: tuple[Status, ...] = ("edit", "edit", "rumour", "restatement")
# Rumours speak of a newer state of things than any correction of what is asked.
_RUMOURED_SINCE = range(-6, 0)


class Surroundings:
    """Adds events to the drafts of one world.

    Args:
        rng: Source of randomness.
        config: Settings.
        first_day: Calendar date of day 0.
        drafts: The events so far; added to.
    """

    def __init__(
        self, rng: Random, config: LagConfig, first_day: date, drafts: list[Draft]
    ) -> None:
        self._rng, self._first_day, self._drafts = rng, first_day, drafts
        self._last_day = last_day(config)

    def confound(self, probes: Sequence[Probe], targets: Sequence[Target]) -> None:
        """Add what is easily confused with the decisive edits.

        Every probe gets a correction of another subject, made-up if its own is; every second one
        gets a rumour about its own subject, and so does every one that has nothing but a rumour.
        """
        for index, (probe, target) in enumerate(zip(probes, targets, strict=True)):
            stock = target.stock
            real = probe.kind not in ("novel", "unanswerable")
            other = (stock.neighbour() if real else None) or stock.invented()
            near = target.told.day if target.told else self._rng.randint(0, self._last_day)
            day = min(max(near + self._rng.randint(-2, 2), 0), self._last_day)
            self._add("edit", stock, other, day, since=target.since, probe=index)
            rumoured = probe.defect == "rumoured" or (probe.defect is None and index % 2 == 0)
            if rumoured:
                since = self._first_day + timedelta(days=self._rng.choice(_RUMOURED_SINCE))
                day = self._rng.randint(target.told.day if target.told else 0, self._last_day)
                self._add("rumour", stock, target.subject, day, since=since, probe=index)

    def fill(self, stocks: Sequence[Stock]) -> None:
        """Add events about other subjects, and small talk, until every day has something."""
        for stock in stocks:
            for _ in range(CROWD):
                self._everyday(stock, self._last_day)
            while self._distinct(stock) < DISTINCT_VALUES:
                self._everyday(stock, self._rng.randint(0, self._last_day))
        busy = {draft.day for draft in self._drafts}
        quiet = [day for day in range(self._last_day + 1) if day not in busy]
        for day in [*quiet, *self._rng.choices(sorted(busy), k=CHATTER)]:
            columns = tuple(self._rng.choice(column) for column in pools().chatter)
            told = self._first_day + timedelta(days=day)
            text = chatter_text(told, columns, self._rng.randrange(2))
            self._drafts.append(Draft(text, {}, day, random_minute(self._rng), "filler"))

    def _everyday(self, stock: Stock, day: int) -> None:
        status, subject = self._rng.choice(_EVERYDAY), stock.neighbour()
        if subject is None:
            status, subject = "edit", stock.invented()
        self._add(status, stock, subject, day)

    def _add(
        self,
        status: Status,
        stock: Stock,
        subject: str,
        day: int,
        *,
        since: date | None = None,
        probe: int | None = None,
    ) -> None:
        told = self._first_day + timedelta(days=day)
        if status == "restatement":
            value, since = stock.real(subject), None
        else:
            value = stock.background(subject)
            since = since or self._first_day + timedelta(days=self._rng.randrange(-400, 0))
        claim = Claim(status, stock.relation, subject, value, since)
        role: Role = "filler"
        if status == "edit":
            role = "distractor" if probe is None else "hard_negative"
        text = event_text(claim, told, self._rng.randrange(TEMPLATES))
        self._drafts.append(
            Draft(text, claim.slots(), day, random_minute(self._rng), role, probe=probe)
        )

    def _distinct(self, stock: Stock) -> int:
        slots = [draft.slots for draft in self._drafts if draft.slots]
        return len({slot["value"] for slot in slots if slot["relation"] == stock.relation})
