"""Draws the facts of a transcript, and what its questions give.

Every transcript has twenty facts, whatever its length: a handful of five at the depth of each
question, of which any one is the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from generators.scenario_e.plan import ANSWERABLE, QuestionSpec
from generators.world.pools import pools
from generators.world.timestamps import MONTHS

HANDFUL = 5
# Short words and names: twenty facts must fit into a thousand tokens of a plain tokenizer.
THINGS = ("bay", "box", "cab", "hut", "lot", "van")
_LONGEST_NAME = 6
# Of fewer digits than the years of dates.
_NUMBERS = range(100, 1000)


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one world.

    Attributes:
        handfuls: Slots of the facts that stand together, by answerable spec.
        evidence: For each of them, the place in it of the fact that is asked for.
        given: What each spec gives, by slot name; the last spec's is true of no fact.
    """

    handfuls: list[list[dict[str, str]]]
    evidence: list[int]
    given: list[dict[str, str]]


def draw_facts(rng: Random, specs: list[QuestionSpec]) -> Facts:
    """Draw the facts of one world; no name and no number comes twice."""
    # A name that is a month as well would stand in the date of every remark of that month.
    names = [
        name for name in pools().first_names if len(name) <= _LONGEST_NAME and name not in MONTHS
    ]
    count = ANSWERABLE * HANDFUL
    people, numbers = rng.sample(names, count + 1), rng.sample(_NUMBERS, count)
    slots = [
        {"who": who, "thing": rng.choice(THINGS), "number": str(number)}
        for who, number in zip(people, numbers, strict=False)
    ]
    handfuls = [slots[start : start + HANDFUL] for start in range(0, count, HANDFUL)]
    evidence = [rng.randrange(HANDFUL) for _ in handfuls]
    given = [
        _without(handful[place], spec.asked)
        for handful, place, spec in zip(handfuls, evidence, specs, strict=False)
    ]
    near = dict(rng.choice(slots))
    if specs[-1].asked == "who":
        near["number"] = _other_number(rng, near["number"], {one["number"] for one in slots})
    else:
        near["who"] = people[-1]
    return Facts(handfuls, evidence, [*given, _without(near, specs[-1].asked)])


def _without(slots: dict[str, str], asked: str) -> dict[str, str]:
    return {slot: value for slot, value in slots.items() if slot != asked}


def _other_number(rng: Random, number: str, taken: set[str]) -> str:
    """A number that nobody got, one digit away from one that somebody did."""
    while True:
        place = rng.randrange(1, len(number))
        other = number[:place] + rng.choice("0123456789") + number[place + 1 :]
        if other not in taken:
            return other
