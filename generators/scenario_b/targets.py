"""Draws what the questions of a world are about, and the corrections that decide them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from generators.scenario_b.histories import (
    MAX_EDITS,
    Moment,
    draw_edits,
    evidence_moment,
    values_of,
)
from generators.scenario_b.phrasing import (
    TEMPLATES,
    Claim,
    before_text,
    event_text,
    question_text,
    two_hop_text,
)
from generators.scenario_b.plan import WORDINGS, QuestionSpec
from generators.scenario_b.vocabulary import Hop, Vocabulary, hops
from generators.world.lags import LagConfig
from generators.world.log import Draft
from generators.world.timestamps import random_minute

# Days before the oldest possible lag, so that what was superseded has a past.
HISTORY_DAYS = 6
# Which of a world's two relations each spec is about; descriptions need the first.
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
    """The fact that a question asks for.

    Attributes:
        vocabulary: Subjects and values of its relation.
        subject: Whom or what it is about.
        hop: How the question describes the subject; None if it names it.
        before: The question asks for the value before this day; None if for the value now.
        since: Day the decisive edit takes effect; None if there is none.
        told: When the log states the edit.
    """

    vocabulary: Vocabulary
    subject: str
    hop: Hop | None
    before: date | None = None
    since: date | None = None
    told: Moment | None = None

    def query(self, wording: int) -> str:
        """The question in one of its wordings."""
        relation = self.vocabulary.relation
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
    vocabularies: Sequence[Vocabulary],
    specs: Sequence[QuestionSpec],
    drafts: list[Draft],
) -> list[Target]:
    """Draw the target of every spec, and its corrections into `drafts`.

    Raises:
        ConfigError: A relation has too few values.
    """
    asked = {kind: iter(order) for kind, order in _RELATION.items()}
    chosen = [vocabularies[next(asked[spec.kind])] for spec in specs]
    targets: dict[int, Target] = {}
    # Few subjects can be described, so those are drawn first; all subjects are drawn before
    # values, because a subject takes its real value with it.
    for index in sorted(range(len(specs)), key=lambda i: specs[i].kind != "two_hop"):
        targets[index] = _subject(vocabularies, chosen[index], specs[index])
    for index, spec in enumerate(specs):
        if spec.lag_bin is not None:
            _edit(rng, config, first_day, index, spec, targets[index], drafts)
        elif spec.defect == "too_early":
            _too_early(rng, config, first_day, index, targets[index], drafts)
    return [targets[index] for index in range(len(specs))]


def _subject(
    vocabularies: Sequence[Vocabulary], vocabulary: Vocabulary, spec: QuestionSpec
) -> Target:
    if spec.kind == "two_hop":
        edited = {other.relation for other in vocabularies}
        hop = vocabulary.take_described(
            [h for h in hops(vocabulary.relation) if h.relation not in edited]
        )
        return Target(vocabulary, hop.subject, hop)
    made_up = spec.kind in ("novel", "unanswerable")
    return Target(vocabulary, vocabulary.invent() if made_up else vocabulary.take_subject(), None)


def _edit(
    rng: Random,
    config: LagConfig,
    first_day: date,
    index: int,
    spec: QuestionSpec,
    target: Target,
    drafts: list[Draft],
) -> None:
    last, vocabulary = last_day(config), target.vocabulary
    target.told = evidence_moment(rng, last, config.bins[spec.lag_bin or 0])
    texts = " ".join(target.query(wording) for wording in range(WORDINGS))
    unused = [vocabulary.take_value(texts) for _ in range(MAX_EDITS)]
    real = None if spec.kind == "novel" else vocabulary.real_value(target.subject)
    values = values_of(rng, spec.history, real, unused)
    vocabulary.give_back(value for value in unused if value not in values)
    before = spec.kind == "before"
    edits, decisive = draw_edits(
        rng, spec.history, values, target.told, last_day=last, before=before
    )
    target.since = first_day + timedelta(days=edits[decisive].since)
    if before:
        target.before = first_day + timedelta(days=edits[-1].since)
    for rank, edit in enumerate(edits):
        since = first_day + timedelta(days=edit.since)
        claim = Claim("edit", vocabulary.relation, target.subject, edit.value, since)
        on = first_day + timedelta(days=edit.told.day)
        drafts.append(
            Draft(
                event_text(claim, on, rng.randrange(TEMPLATES)),
                claim.slots(),
                *edit.told,
                role="target" if rank == decisive else "update",
                spec=index,
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
    """A made-up subject gets a value, but the question is about the time before."""
    target.before = first_day + timedelta(days=rng.randrange(-300, -30))
    value = target.vocabulary.draw_value(target.subject)
    claim = Claim("edit", target.vocabulary.relation, target.subject, value, target.before)
    day = rng.randint(0, last_day(config))
    text = event_text(claim, first_day + timedelta(days=day), rng.randrange(TEMPLATES))
    drafts.append(
        Draft(text, claim.slots(), day, random_minute(rng), role="hard_negative", spec=index)
    )
