"""What a report says of some scenarios or arms only."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from postprocess.schema.parts import Estimate, IntervalModel, Latency, Part


class HotPatch(Part):
    """How well the corrections of scenario B took.

    `score` is the harmonic mean of efficacy, paraphrase and locality; `paraphrase_consistency` the
    share of pairs of wordings of one question that got the same response, right or wrong.
    """

    score: float | None
    paraphrase_consistency: float | None


class HardNegatives(Part):
    """Events made to be mistaken for the one that was asked about.

    `distractor_error` is the share of questions with hard negatives that were answered with one's
    value; exact match is over answerable questions.
    """

    hard_negative: bool | None
    confounders_ratio: float | None
    questions_with: int
    questions_without: int
    distractor_error: Estimate
    exact_match_with: Estimate
    exact_match_without: Estimate


class Gate(Part):
    """Whether the scenario leaves room above the model without a memory: exact match under 0.7.

    `by_interval` is the verdict; `by_point` looks at the mean alone.
    """

    threshold: float
    by_interval: Literal["pass", "fail", "inconclusive"]
    by_point: Literal["pass", "fail"] | None


class Reading(Part):
    """Answerable questions with evidence: was all of it shown, and was the answer right?"""

    shown_right: int
    shown_wrong: int
    missed_right: int
    missed_wrong: int


class Retrieval(Part):
    """How well a retriever ranked, over the questions with evidence (each key in [0, 1])."""

    ranking: dict[str, Estimate]
    reading: Reading


class SlopeModel(Part):
    """Change of a mean with each doubling of the store, by least squares, worlds as clusters."""

    per_doubling: float
    interval: IntervalModel | None
    n: int
    worlds: int


class StoreSize(Part):
    """The questions of scenario D that were asked at one size of the store."""

    store_size: int
    questions: int
    exact_match: Estimate
    recall_at_5: Estimate
    mrr: Estimate
    collision: Estimate = Field(description="Share answered with a near-identical event's value.")
    latency: Latency


class Interference(Part):
    """Scenario D: what growing stores of near-identical events do.

    `effective_size` is the largest store up to which exact match keeps 85% of what it is at the
    smallest; null if it is 0 there.
    """

    by_store_size: list[StoreSize]
    exact_match_slope: SlopeModel | None
    recall_slope: SlopeModel | None
    effective_size: int | None


class DepthLength(Part):
    """The answerable questions of scenario E at one depth of a transcript of one length."""

    target_tokens: int
    depth: float
    exact_match: Estimate
