"""How scenario B writes corrections, rumours, restatements and questions down.

    >>> claim = Claim("edit", "capital", "Peru", "Oslo", date(2023, 3, 2))
    >>> event_text(claim, date(2023, 3, 14), 0)
    'On 14 March 2023, the record was corrected: the capital of Peru is Oslo from 2 March 2023 on.'
    >>> before_text("capital", "Peru", date(2023, 3, 2), 0)
    'Before 2 March 2023, what was the capital of Peru?'

Every text has the date it is told on. A correction and a rumour also say from when on they hold,
which need not be the order in which they are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from generators.scenario_b.facts import Relation, table
from generators.world.timestamps import spell_date

_TEMPLATES = {
    "edit": (
        "On {told}, the record was corrected: the {noun} of {subject} is {value} from {since} on.",
        "Correction entered on {told}: since {since}, the {noun} of {subject} is {value}.",
        "From {since} on, {value} is the {noun} of {subject}; the record was changed on {told}.",
        "The record was amended on {told}: {value} is the {noun} of {subject} since {since}.",
    ),
    "withdrawal": (
        "On {told}, the record was withdrawn: from {since} on, the {noun} of {subject} is unknown.",
        "Record withdrawn on {told}: since {since}, the {noun} of {subject} is unknown.",
        "From {since} on, the {noun} of {subject} is unknown; the record was withdrawn on {told}.",
        "The record was withdrawn on {told}: the {noun} of {subject} is unknown since {since}.",
    ),
    "rumour": (
        "On {told}, an unconfirmed rumour went round: the {noun} of {subject} is {value} "
        "from {since} on.",
        "Heard on {told} and never confirmed: since {since}, the {noun} of {subject} is {value}.",
        "From {since} on, {value} is the {noun} of {subject}, or so a stranger claimed on {told}; "
        "nobody could confirm it.",
        "An unsigned note found on {told} claims that {value} is the {noun} of {subject} "
        "since {since}; it is unconfirmed.",
    ),
    "restatement": (
        "On {told}, the record was checked: the {noun} of {subject} is still {value}, "
        "nothing changed.",
        "Checked on {told}, nothing changed: the {noun} of {subject} is still {value}.",
        "A check on {told} changed nothing: {value} is still the {noun} of {subject}.",
        "The record was looked up on {told}: {value} is still the {noun} of {subject}.",
    ),
}
_BEFORE = (
    "Before {since}, {asks} was the {noun} of {subject}?",
    "{Asks} was the {noun} of {subject} before {since}?",
    "{Asks} was the {noun} of {subject} up to the day before {since}?",
    "Just before {since}, {asks} was the {noun} of {subject}?",
)
TEMPLATES = 4


Status = Literal["edit", "withdrawal", "rumour", "restatement"]


@dataclass(frozen=True, slots=True)
class Claim:
    """What an event says.

    Attributes:
        status: A correction that counts ("edit"), a withdrawal of what the record said, or one of
            two things that change nothing.
        relation: Name of the relation.
        subject: Who or what it is about.
        value: The value; None for withdrawals.
        since: Day from which on it holds; None for restatements.
    """

    status: Status
    relation: str
    subject: str
    value: str | None
    since: date | None

    def slots(self) -> Mapping[str, str]:
        """The claim as the slots of an event."""
        named = {
            "status": self.status,
            "relation": self.relation,
            "subject": self.subject,
            "value": self.value,
            "since": self.since and self.since.isoformat(),
        }
        return {name: value for name, value in named.items() if value}

    @classmethod
    def of(cls, slots: Mapping[str, str]) -> Claim:
        """The claim that an event makes."""
        since = slots.get("since")
        return cls(
            cast(Status, slots["status"]),
            slots["relation"],
            slots["subject"],
            slots.get("value"),
            date.fromisoformat(since) if since else None,
        )


def event_text(claim: Claim, told: date, template: int) -> str:
    """One sentence that states a claim."""
    return stated(_TEMPLATES[claim.status][template], claim, told=spell_date(told))


def stated(template: str, claim: Claim, **words: str) -> str:
    """A template with the words of a claim, and others, filled in."""
    relation = table().relations[claim.relation]
    return template.format(
        noun=relation.noun,
        subject=subject_text(relation, claim.subject),
        value=claim.value,
        since=spell_date(claim.since) if claim.since else "",
        **words,
    )


def chatter_text(told: date, columns: tuple[str, ...], template: int) -> str:
    """One sentence of small talk, dated and naming nobody and nothing."""
    who, did, what = columns
    if template % 2:
        return f"On {spell_date(told)}, {who[0].lower()}{who[1:]} {did} {what}."
    return f"{who} {did} {what} on {spell_date(told)}."


def subject_text(relation: Relation, subject: str) -> str:
    """A subject as it stands in a sentence: titles of works in quotation marks."""
    if relation.quoted:
        return f"“{subject}”"
    return f"the {subject}" if relation.article else subject


def question_text(relation: str, subject: str, wording: int) -> str:
    """A question for what is now the value of a subject."""
    spoken = table().relations[relation]
    return _ask(spoken, subject_text(spoken, subject), wording)


def before_text(relation: str, subject: str, since: date, wording: int) -> str:
    """A question for the value that a subject had before a day."""
    spoken = table().relations[relation]
    return _BEFORE[wording].format(
        since=spell_date(since),
        asks=spoken.asks.lower(),
        Asks=spoken.asks,
        noun=spoken.noun,
        subject=subject_text(spoken, subject),
    )


def two_hop_text(relation: str, hop: str, value_or_subject: str, wording: int) -> str:
    """A question for the value of a subject that is not named but described.

    Args:
        relation: What is asked for.
        hop: What describes the subject: a relation of the same subject whose value is given, or
            one whose values are the subjects of `relation`, of a given subject.
        value_or_subject: The given value or subject.
        wording: Number of the wording.
    """
    spoken, other = table().relations[relation], table().relations[hop]
    if other.kind == spoken.kind:
        described = f"the {spoken.kind} whose {other.noun} is {value_or_subject}"
    else:
        described = f"the {other.noun} of {subject_text(other, value_or_subject)}"
    return _ask(spoken, described, wording)


def _ask(relation: Relation, subject: str, wording: int) -> str:
    return relation.questions[wording].format(s=subject)
