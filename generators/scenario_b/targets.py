"""Draws what the questions of a world are about, and the corrections that decide them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from generators.records import Role
from generators.scenario_b.histories import (
    MAX_EDITS,
    draw_edits,
    evidence_moment,
    values_of,
)
from generators.scenario_b.phrasing import (
    TEMPLATES,
    Claim,
    Status,
    before_text,
    event_text,
    question_text,
    two_hop_text,
)
from generators.scenario_b.plan import WORDINGS, QuestionSpec
from generators.scenario_b.vocabulary import Hop, Vocabulary, hops
from generators.world.lags import ASKED_DAYS, LagConfig, day_like_evidence
from generators.world.log import Draft
from generators.world.timestamps import Moment, random_minute

# Days before the oldest possible lag, so that a log does not begin with evidence.
HISTORY_DAYS = 6
# Share of what is asked on the last day. What only questions of the other day can be about lies
# further back, so that the last values of a log would be right more often if they were as many.
_ON_THE_LAST_DAY = 0.8


@dataclass(slots=True)
class Target:
    """The fact that a question asks for.

    Attributes:
        vocabulary: Subjects and values of its relation.
        subject: Whom or what it is about.
        hop: How the question describes the subject; None if it names it.
        asked: Day on which the question is asked.
        before: The question asks for the value before this day; None if for the value now.
        since: Day the decisive edit takes effect; None if there is none.
        told: When the log states the edit.
    """

    vocabulary: Vocabulary
    subject: str
    hop: Hop | None
    asked: int = 0
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
    """Index of the last day of a world's log."""
    return HISTORY_DAYS + config.longest_lag + ASKED_DAYS


def asked_day(rng: Random, asking_days: Sequence[int]) -> int:
    """On which of the two days something is asked, or might be."""
    first, last = asking_days
    return last if rng.random() < _ON_THE_LAST_DAY else first


def draw_targets(
    rng: Random,
    config: LagConfig,
    first_day: date,
    vocabularies: Sequence[Vocabulary],
    specs: Sequence[QuestionSpec],
    asking_days: Sequence[int],
    drafts: list[Draft],
) -> list[Target]:
    """Draw the target of every spec, and its corrections into `drafts`.

    Raises:
        ConfigError: A relation has too few values.
    """
    targets: dict[int, Target] = {}
    # Few subjects can be described, so those are drawn first; all subjects are drawn before
    # values, because a subject takes its real value with it.
    for index in sorted(range(len(specs)), key=lambda i: specs[i].shape != "described"):
        targets[index] = _subject(vocabularies, specs[index])
    for index, spec in enumerate(specs):
        targets[index].asked = asked_day(rng, asking_days)
        if spec.history != "unedited":
            _edit(rng, config, first_day, index, spec, targets[index], drafts)
        elif spec.defect == "too_early":
            _too_early(rng, config, first_day, index, targets[index], drafts)
    return [targets[index] for index in range(len(specs))]


def _subject(vocabularies: Sequence[Vocabulary], spec: QuestionSpec) -> Target:
    vocabulary = vocabularies[spec.relation]
    if spec.shape == "described":
        edited = {other.relation for other in vocabularies}
        hop = vocabulary.take_described(
            [h for h in hops(vocabulary.relation) if h.relation not in edited]
        )
        return Target(vocabulary, hop.subject, hop)
    return Target(vocabulary, vocabulary.take_subject() if spec.real else vocabulary.invent(), None)


def _edit(
    rng: Random,
    config: LagConfig,
    first_day: date,
    index: int,
    spec: QuestionSpec,
    target: Target,
    drafts: list[Draft],
) -> None:
    vocabulary = target.vocabulary
    # What leaves a question without an answer lies as far back as what answers others.
    lag_bin = rng.randrange(len(config.bins)) if spec.lag_bin is None else spec.lag_bin
    target.told = evidence_moment(rng, target.asked, config.bins[lag_bin])
    texts = " ".join(target.query(wording) for wording in range(WORDINGS))
    unused = [vocabulary.take_value(texts) for _ in range(MAX_EDITS)]
    real = vocabulary.real_value(target.subject) if spec.real else None
    values = values_of(rng, spec.history, real, unused, before=spec.before)
    vocabulary.give_back(value for value in unused if value not in values)
    edits, decisive = draw_edits(
        rng,
        spec.history,
        values,
        target.told,
        bins=config.bins,
        asked=target.asked,
        before=spec.before,
    )
    target.since = first_day + timedelta(days=edits[decisive].since)
    if spec.before:
        target.before = first_day + timedelta(days=edits[-1].since)
    for rank, edit in enumerate(edits):
        since = first_day + timedelta(days=edit.since)
        status: Status = "edit" if edit.value else "withdrawal"
        claim = Claim(status, vocabulary.relation, target.subject, edit.value, since)
        on = first_day + timedelta(days=edit.told.day)
        role: Role = "update"
        if rank == decisive:
            role = "retraction" if spec.defect else "target"
        text = event_text(claim, on, rng.randrange(TEMPLATES))
        drafts.append(Draft(text, claim.slots(), *edit.told, role=role, spec=index))


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
    day = day_like_evidence(rng, config.bins, target.asked)
    text = event_text(claim, first_day + timedelta(days=day), rng.randrange(TEMPLATES))
    drafts.append(
        Draft(text, claim.slots(), day, random_minute(rng), role="hard_negative", spec=index)
    )
