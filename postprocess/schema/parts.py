"""What the files of a report are put together from: estimates, quantities, measured or missing.

One estimate as it stands in a file:

    {"n": 500, "worlds": 125, "mean": 0.032,
     "interval": {"low": 0.015, "high": 0.049, "method": "cluster t"}, "note": null}

Every key is always there. A value that is not known is null, with the reason beside it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Basis = Literal["measured", "estimated", "measured and estimated"]


class Part(BaseModel):
    """Anything in a file of a report: no key is ever left out or added."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class IntervalModel(Part):
    """A confidence interval: of a rate cut to [0, 1], of a difference to [-1, 1]."""

    low: float
    high: float
    method: str


class Estimate(Part):
    """A mean over questions; `note` says why the mean or its interval is missing."""

    n: int
    worlds: int
    mean: float | None
    interval: IntervalModel | None
    note: str | None


class Quantity(Part):
    """A mean over the answers that have it; `reason` says why it is missing, or is for some."""

    mean: float | None
    n: int
    basis: Basis | None
    reason: str | None


class Latency(Part):
    """Seconds that an answer took, as its share of its batch: median and 95th percentile."""

    p50_s: float | None
    p95_s: float | None
    n: int
    reason: str | None


class Measurements(Part):
    """Means over the questions; `reason` says why a key is null, if one is."""

    values: dict[str, float | None]
    reason: str | None


class Scores(Part):
    """The metrics of a set of questions.

    The first four and false_abstention are over answerable questions, abstention_recall is over
    unanswerable ones, headline is the harmonic mean of exact_match and abstention_recall.
    """

    exact_match: Estimate
    exact_match_strict: Estimate
    f1: Estimate
    contains: Estimate
    abstention_recall: Estimate
    false_abstention: Estimate
    headline: Estimate


class Stratum(Part):
    """The questions that share a value of some property."""

    name: str
    questions: int
    scores: Scores
