"""Draws what the questions of a world are about, and the corrections that decide them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from generators.scenario_b.histories import MAX_EDITS, Moment, draw, evidence_day, values
from generators.scenario_b.phrasing import (
    TEMPLATES,
    Claim,
    before_text,
    event_text,
    question_text,
    two_hop_text,
)
from generators.scenario_b.plan import WORDINGS, Probe
from generators.scenario_b.stock import Hop, Stock, hops
from generators.world.lags import LagConfig
from generators.world.log import Draft
from generators.world.timestamps import random_minute

# Days before the oldest possible lag, so that what was superseded has a past.
HISTORY_DAYS = 6
# Which of a world's two relations each probe is about; descriptions need the first.
_RELATION = {
    "direct": (0, 1),
    "novel": (1,),
    "two_hop": (0, 0),
    "before": (1, 0),
    "locality": (0, 1, 1),
    "unanswerable": (0, 1, 1, 0),
}


@dataclass(slots=True)
class Target:
    """What a probe asks about.

    Attributes:
        stock: Where its relation's values come from.
        subject: Whom or what it is about.
        hop: How the question describes the subject; None if it names it.
        before: Day for questions about the past; None for those about now.
        since: Day from which the decisive edit holds; None if there is none.
        told: When the log says so.
    """

    stock: Stock
    subject: str
    hop: Hop | None
    before: date | None = None
    since: date | None = None
    told: Moment | None = None

    def query(self, wording: int) -> str:
        """The question in one of its wordings."""
        relation = self.stock.relation
        if self.before is not None:
            return before_text(relation, self.subject, self.before, wording)
        if self.hop is not None:
            return two_hop_text(relation, self.hop.relation, self.hop.given, wording)
        return question_text(relation, self.subject, wording)


def last_day(config: LagConfig) -> int:
    """Index of the last day of a world's log, on which all questions are asked."""
    return HISTORY_DAYS + config.lag_bins[-1] - 1


def draw_targets(
    rng: Random,
    config: LagConfig,
    first_day: date,
    stocks: Sequence[Stock],
    probes: Sequence[Probe],
    drafts: list[Draft],
) -> list[Target]:
    """Draw the target of every probe, and its corrections into `drafts`.

    Raises:
        ConfigError: A relation has too few values.
    """
    asked = {kind: iter(order) for kind, order in _RELATION.items()}
    chosen = [stocks[next(asked[probe.kind])] for probe in probes]
    targets: dict[int, Target] = {}
    # Few subjects can be described, so they are drawn before others take them; all subjects are
    # drawn before values, because a subject takes its real value with it.
    for index in sorted(range(len(probes)), key=lambda i: probes[i].kind != "two_hop"):
        targets[index] = _subject(stocks, chosen[index], probes[index])
    for index, probe in enumerate(probes):
        if probe.lag_bin is not None:
            _edit(rng, config, first_day, index, probe, targets[index], drafts)
        elif probe.defect == "too_early":
            _too_early(rng, config, first_day, index, targets[index], drafts)
    return [targets[index] for index in range(len(probes))]


def _subject(stocks: Sequence[Stock], stock: Stock, probe: Probe) -> Target:
    if probe.kind == "two_hop":
        edited = {other.relation for other in stocks}
        hop = stock.described([h for h in hops(stock.relation) if h.relation not in edited])
        return Target(stock, hop.subject, hop)
    made_up = probe.kind in ("novel", "unanswerable")
    return Target(stock, stock.invented() if made_up else stock.subject(), None)


def _edit(
    rng: Random,
    config: LagConfig,
    first_day: date,
    index: int,
    probe: Probe,
    target: Target,
    drafts: list[Draft],
) -> None:
    last, stock = last_day(config), target.stock
    target.told = evidence_day(rng, last, config.bins[probe.lag_bin or 0])
    texts = " ".join(target.query(wording) for wording in range(WORDINGS))
    fresh = [stock.fresh(texts) for _ in range(MAX_EDITS)]
    real = None if probe.kind == "novel" else stock.real(target.subject)
    taken = values(rng, probe.history, real, fresh)
    stock.give_back(value for value in fresh if value not in taken)
    before = probe.kind == "before"
    edits, decisive = draw(rng, probe.history, taken, target.told, last_day=last, before=before)
    target.since = first_day + timedelta(days=edits[decisive].since)
    if before:
        target.before = first_day + timedelta(days=edits[-1].since)
    for place, edit in enumerate(edits):
        since = first_day + timedelta(days=edit.since)
        claim = Claim("edit", stock.relation, target.subject, edit.value, since)
        told = first_day + timedelta(days=edit.told.day)
        drafts.append(
            Draft(
                event_text(claim, told, rng.randrange(TEMPLATES)),
                claim.slots(),
                *edit.told,
                role="target" if place == decisive else "update",
                probe=index,
            )
        )


def _too_early(
    rng: Random,
    config: LagConfig,
    first_day: date,
    index: int,
    target: Target,
    drafts: list[Draft],
) -> None:
    """A made-up subject that has a value, but the question is about the time before."""
    target.before = first_day + timedelta(days=rng.randrange(-300, -30))
    value = target.stock.background(target.subject)
    claim = Claim("edit", target.stock.relation, target.subject, value, target.before)
    day = rng.randint(0, last_day(config))
    text = event_text(claim, first_day + timedelta(days=day), rng.randrange(TEMPLATES))
    drafts.append(
        Draft(text, claim.slots(), day, random_minute(rng), role="hard_negative", probe=index)
    )
