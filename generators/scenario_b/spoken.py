"""How claims are told in conversations.

>>> slots = {"status": "edit", "relation": "capital", "subject": "Peru", "value": "Oslo"}
>>> slots["since"] = "2023-03-02"
>>> spoken(Random(2), Draft("", slots, 0, 580, "target")).clause
'the record was corrected today, and from 2 March 2023 on the capital of Peru is Oslo'
"""

from __future__ import annotations

from random import Random

from generators.scenario_b.phrasing import Claim, Status, stated
from generators.world.dialogue import Saying
from generators.world.draws import pick
from generators.world.log import Draft

_CLAIMS: dict[Status, tuple[str, ...]] = {
    "edit": (
        "the record was corrected today, and from {since} on the {noun} of {subject} is {value}",
        "since {since}, the {noun} of {subject} is {value}, so they corrected the record",
        "they changed the record today, and from {since} on {value} is the {noun} of {subject}",
        "never mind the old entry, the record was amended and {value} is the {noun} of {subject} "
        "since {since}",
    ),
    "withdrawal": (
        "the record was withdrawn today, and from {since} on the {noun} of {subject} is unknown",
        "since {since}, the {noun} of {subject} is unknown, so they withdrew the record",
        "they withdrew the record today, and from {since} on the {noun} of {subject} is unknown",
        "never mind the old entry, the record was withdrawn and the {noun} of {subject} is "
        "unknown since {since}",
    ),
    "rumour": (
        "nobody could confirm it, but there is a rumour that the {noun} of {subject} is {value} "
        "from {since} on",
        "somebody left a note that since {since}, the {noun} of {subject} is {value}, "
        "but it is unconfirmed",
        "a stranger on the bus claimed that from {since} on, {value} is the {noun} of {subject}, "
        "but nobody could confirm it",
        "some people claim that {value} is the {noun} of {subject} since {since}, "
        "but it is only a rumour",
    ),
    "restatement": (
        "the record was checked today, nothing changed, and the {noun} of {subject} is still "
        "{value}",
        "they went through the record and nothing changed, so the {noun} of {subject} is still "
        "{value}",
        "just to be sure, they checked the record again, and {value} is still the {noun} of "
        "{subject}",
        "they looked it up in the record today, and {value} is still the {noun} of {subject}",
    ),
}


def spoken(rng: Random, draft: Draft) -> Saying:
    """A claim, told on its day; what changes nothing need not be remembered."""
    claim = Claim.of(draft.slots)
    return Saying(stated(pick(rng, _CLAIMS[claim.status]), claim), lasting=draft.role != "filler")
