"""The parts of a report's files: estimates, quantities, groups of questions.

One estimate in a file:

    {"n": 500, "worlds": 125, "mean": 0.032,
     "interval": {"low": 0.015, "high": 0.049, "method": "cluster t"}, "note": null}

Keys are never left out. An unknown value is null, with the reason next to it.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from postprocess.statistics.intervals import Interval

FEW_WORLDS = 20  # from there on, the t interval is less than 7% wider than the normal one
Basis = Literal["measured", "estimated", "measured and estimated"]


class Part(BaseModel):
    """Any part of a report's file; it has exactly the declared keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class Estimate(Part):
    """A mean over questions; `note` says why the mean or its interval is missing."""

    n: int
    worlds: int
    mean: float | None
    interval: Interval | None
    note: str | None

    @property
    def few_worlds(self) -> bool:
        """Whether the interval, if there is one, is wide for its questions: worlds are few.

        So it is where all worlds agree, too: then their number alone says how wide it is.
        """
        exact = self.interval is not None and self.interval.method == "exact over worlds"
        return exact or self.worlds < FEW_WORLDS


# Estimates by the name of their metric, retrieval measure, or "headline".
Estimates: TypeAlias = dict[str, Estimate]


class Quantity(Part):
    """A mean over the answers that have a value; `reason` says why it is missing for the others."""

    mean: float | None
    n: int
    basis: Basis | None
    reason: str | None


class Latency(Part):
    """Median and 95th percentile of the seconds an answer took (its share of its batch)."""

    p50_s: float | None
    p95_s: float | None
    n: int
    reason: str | None


class Stratum(Part):
    """Questions that share some property, and how well they were answered."""

    name: str
    questions: int
    scores: Estimates = Field(description="By metric; and the headline.")
    ranking: Estimates = Field(description="By retrieval measure; empty if nothing was ranked.")
