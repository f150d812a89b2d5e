"""The parts of a report that only some scenarios or arms have."""

from __future__ import annotations

from pydantic import Field

from postprocess.schema.parts import Estimate, Estimates, Latency, Part, Stratum
from postprocess.statistics.trend import Growth, Slope


class HotPatch(Part):
    """How well the corrections of scenario B took.

    `score` is the harmonic mean of efficacy, paraphrase and locality. `paraphrase_consistency` is
    the share of pairs of wordings of one question that got the same response, right or wrong.
    """

    score: float | None
    paraphrase_consistency: float | None


class HardNegatives(Part):
    """Questions with and without events that are easily mistaken for the one asked about.

    `distractor_error` is the share of questions with hard negatives whose response names the value
    of one.
    """

    hard_negative: bool | None
    confounders_ratio: float | None
    distractor_error: Estimate
    with_hard_negatives: Stratum
    without_hard_negatives: Stratum


class Reading(Part):
    """Answerable questions with evidence: was all of it shown, and was the answer right?"""

    shown_right: int
    shown_wrong: int
    missed_right: int
    missed_wrong: int


class Retrieval(Part):
    """How well a retriever ranked the evidence, and what the model made of what it was shown."""

    ranking: Estimates
    reading: Reading


class StoreSize(Stratum):
    """Questions that were asked over stores of one size."""

    store_size: int
    collision: Estimate = Field(description="Share answered with a near-identical event's value.")
    latency: Latency
    recall_p95_s: float | None = Field(description="Of the search; null for arms without one.")
    store_bytes: float | None = Field(description="Of the memory's files, per store.")


class Interference(Part):
    """What growing stores of near-identical events do.

    `effective_size` is the largest store up to which the primary metric keeps 85% of its value at
    the smallest; null if it is 0 there. Slopes are points per doubling of the store; the growths
    of recall time and bytes are factors per doubling.
    """

    by_store_size: list[StoreSize]
    score_slope: Slope | None
    recall_slope: Slope | None
    recall_time_growth: Growth | None
    bytes_growth: Growth | None
    effective_size: int | None


class DepthLength(Stratum):
    """Questions whose evidence is at one depth of a transcript of one length."""

    target_tokens: int
    depth: float
