"""Writes statements into a world's log, in the world's own names and values."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from generators.records import Role
from generators.scenario_c import phrasing
from generators.scenario_c.attributes import HOST, PERSON, PROJECT, Attribute, words
from generators.scenario_c.phrasing import STATEMENT_COUNT
from generators.scenario_c.values import Values
from generators.world.lags import LagConfig, day_like_evidence
from generators.world.log import Draft
from generators.world.pools import pools
from generators.world.timestamps import (
    FIRST_MINUTE,
    LAST_MINUTE,
    Moment,
    random_minute,
    spell_date,
)

# Days before the oldest possible lag, so that what was superseded has a past: two steps of 1–3.
HISTORY_DAYS = 6
_PATTERNS = {"host": HOST, "project": PROJECT, "person": PERSON}


class Drafting:
    """The drafts of one world so far.

    Args:
        rng: Source of names, values and wordings.
        config: Settings.
        first_day: Calendar date of day 0.
        last_day: Day on which everything is asked.
    """

    def __init__(self, rng: Random, config: LagConfig, first_day: date, last_day: int) -> None:
        self.rng = rng
        self.config = config
        self.first_day = first_day
        self.last_day = last_day
        self.values = Values()
        self.drafts: list[Draft] = []
        self._environments = list(words("environment"))

    def subject(self, owner: str) -> str:
        """A new host, project, person, or person on a host."""
        if owner == "account":
            return f"{self.subject('person')} on {self.subject('host')}"
        return self.values.take(self.rng, _PATTERNS[owner])

    def sibling(self, owner: str, subject: str) -> str:
        """A new subject with a name like that of another; of an account, another person."""
        if owner == "account":
            person, host = subject.split(" on ")
            return f"{self.sibling('person', person)} on {host}"
        return self.values.take_near(self.rng, _PATTERNS[owner], subject)

    def environment(self) -> str:
        """An environment that the world does not have yet."""
        name = self._environments.pop(self.rng.randrange(len(self._environments)))
        return f"environment {name}"

    def value(self, attribute: Attribute, like: str | None = None) -> str:
        """A new value; with `like`, one that is easily confused with it."""
        if like is None:
            return self.values.take(self.rng, attribute.pattern)
        return self.values.take_near(self.rng, attribute.pattern, like)

    def set(
        self,
        attribute: Attribute,
        subject: str,
        value: str,
        day: int,
        role: Role,
        spec: int | None = None,
        *,
        verb: str = "set",
        minute: int | None = None,
    ) -> None:
        """State that a setting has a value from a day on; "unset" with the verb "removed"."""
        template = self.rng.randrange(STATEMENT_COUNT)
        text = phrasing.statement(attribute, subject, value, self._spelled(day), verb, template)
        slots = {"attribute": attribute.name, "subject": subject, "value": value}
        self._add(text, slots, day, role, spec, minute)

    def any_day(self) -> int:
        """A day of something that is not asked for."""
        return day_like_evidence(self.rng, self.config.bins, self.last_day)

    def before(self, moment: Moment) -> Moment:
        """A moment of the log before another."""
        day = self.rng.randint(0, moment.day)
        last = moment.minute - 1 if day == moment.day else LAST_MINUTE
        return Moment(day, self.rng.randint(FIRST_MINUTE, last))

    def after(self, moment: Moment) -> Moment:
        """A moment of the log after another."""
        day = self.rng.randint(moment.day, self.last_day)
        first = moment.minute + 1 if day == moment.day else FIRST_MINUTE
        return Moment(day, self.rng.randint(first, LAST_MINUTE))

    def wish(
        self,
        attribute: Attribute,
        person: str,
        value: str,
        day: int,
        role: Role,
        spec: int | None = None,
    ) -> None:
        """State that a person wants jobs on hosts with a certain setting."""
        text = phrasing.wish(attribute, person, value, self._spelled(day), self.rng.randrange(2))
        slots = {"attribute": attribute.name, "wanted by": person, "value": value}
        self._add(text, slots, day, role, spec)

    def forget(self, attribute: Attribute, subject: str, day: int, spec: int | None = None) -> None:
        """Ask that a setting be forgotten, whatever was stated of it on the days before."""
        spoken = self._spelled(day), self.rng.randrange(STATEMENT_COUNT)
        text = phrasing.request(attribute, subject, *spoken)
        said = {"attribute": attribute.name, "subject": subject}
        forgets = [
            index
            for index, draft in enumerate(self.drafts)
            if said.items() <= draft.slots.items() and draft.day < day
        ]
        forgets.sort(key=lambda index: self.drafts[index].day)
        slots = {"attribute": attribute.name, "forgotten of": subject}
        self._add(text, slots, day, "forget", spec)
        self.drafts[-1].forgets = forgets

    def join(self, host: str, group: str, day: int, role: Role, spec: int | None = None) -> None:
        """State that a host belongs to an environment."""
        text = phrasing.membership(host, group, self._spelled(day), self.rng.randrange(2))
        slots = {"attribute": "environment", "subject": host, "value": group}
        self._add(text, slots, day, role, spec)

    def chat(self, day: int) -> None:
        """Add small talk."""
        remark = [self.rng.choice(column) for column in pools().chatter]
        text = phrasing.chatter(self._spelled(day), remark, self.rng.randrange(2))
        self._add(text, {}, day, "filler", None)

    def _spelled(self, day: int) -> str:
        return spell_date(self.first_day + timedelta(days=day))

    def _add(
        self,
        text: str,
        slots: dict[str, str],
        day: int,
        role: Role,
        spec: int | None,
        minute: int | None = None,
    ) -> None:
        minute = random_minute(self.rng) if minute is None else minute
        self.drafts.append(Draft(text, slots, day, minute, role, spec))
