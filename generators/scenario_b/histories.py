"""Draws how a fact is edited: its values, the day each takes effect, and when each is told.

>>> rng, at = Random(3), Moment(20, 600)
>>> edits, decisive = draw_edits(
...     rng, "out_of_order", ["Rome", "Oslo"], at, bins=[(0, 30)], asked=30, before=False
... )
>>> [edit.value for edit in edits], decisive
(['Rome', 'Oslo'], 1)
>>> edits[0].since < edits[1].since, edits[0].told > edits[1].told
(True, True)
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from generators.scenario_b.plan import History
from generators.world.lags import day_between
from generators.world.timestamps import FIRST_MINUTE, LAST_MINUTE, Moment

# Days on which a corrected value may take effect, counted from the first day of the log.
_SINCE = range(-400, -7)
MAX_EDITS = 4
# So that others can be entered earlier and later on the same day.
_EVIDENCE_MINUTES = range(FIRST_MINUTE + MAX_EDITS, LAST_MINUTE - MAX_EDITS)


class Edit(NamedTuple):
    """One correction of a fact.

    Attributes:
        value: The new value; None if the record is withdrawn.
        since: Day it takes effect, counted from the first day of the log.
        told: When the log states it.
    """

    value: str | None
    since: int
    told: Moment


def values_of(
    rng: Random, history: History, real: str | None, unused: list[str], *, before: bool
) -> list[str | None]:
    """The values that a fact takes, in the order in which they take effect; None: withdrawn.

    Args:
        rng: Source of randomness.
        history: How the fact is edited; "returned" ends with a value it had before, "withdrawn"
            has no value at the time that is asked for.
        real: The value of the fact without any edit; None for made-up subjects.
        unused: `MAX_EDITS` values that nothing else has.
        before: Whether the question asks for the value before the last edit.
    """
    new, newer, newest = unused[:3]
    if history == "once":
        return [new]
    if history == "withdrawn":
        past: list[str | None] = [*((new, newer)[: rng.randint(0 if real else 1, 2)]), None]
        return [*past, newest] if before else past
    if history != "returned":
        return [*unused[: rng.randint(2, MAX_EDITS)]]
    returned: list[list[str | None]] = [[new, newer, new]]
    if real:
        returned += [[new, real], [new, real, newer, real]]
    if not before:
        returned += [[new, None, new]]
    return rng.choice(returned)


def evidence_moment(rng: Random, asked: int, lag_bin: tuple[int, int]) -> Moment:
    """When the decisive edit is entered."""
    return Moment(asked - rng.randrange(*lag_bin), rng.choice(_EVIDENCE_MINUTES))


def draw_edits(
    rng: Random,
    history: History,
    values: Sequence[str | None],
    at: Moment,
    *,
    bins: Sequence[tuple[int, int]],
    asked: int,
    before: bool,
) -> tuple[list[Edit], int]:
    """Draw the edits of a fact.

    Args:
        rng: Source of randomness.
        history: "returned" and "withdrawn" facts are told in order or in reverse, by chance.
        values: The values that the fact takes one after the other.
        at: When the decisive edit is told.
        bins: Lag bins; what was superseded lies where evidence lies.
        asked: Day on which the question is asked.
        before: Whether the question asks for the value before the last edit.

    Returns:
        The edits in the order in which they take effect, and the index of the decisive one.
    """
    count = len(values)
    decisive = max(count - 2, 0) if before else count - 1
    since = sorted(rng.sample(_SINCE, count))
    in_order = history == "in_order" or (history != "out_of_order" and rng.random() < 0.5)
    older, newer = list(range(decisive)), list(range(decisive + 1, count))
    first, last = (older, newer) if in_order else (newer[::-1], older[::-1])
    told = {decisive: at}
    begin, end = Moment(0, FIRST_MINUTE), Moment(asked, LAST_MINUTE)
    for edits, after, until in ((first, begin, at), (last, at, end)):
        told.update(zip(edits, _moments(rng, len(edits), after, until, bins, asked), strict=True))
    return [Edit(values[i], since[i], told[i]) for i in range(count)], decisive


def _moments(
    rng: Random,
    count: int,
    after: Moment,
    before: Moment,
    bins: Sequence[tuple[int, int]],
    asked: int,
) -> list[Moment]:
    """Distinct moments strictly between two others, in time order."""
    found: set[Moment] = set()
    while len(found) < count:
        day = day_between(rng, bins, asked, after.day, before.day)
        moment = Moment(day, rng.randint(FIRST_MINUTE, LAST_MINUTE))
        if after < moment < before:
            found.add(moment)
    return sorted(found)
