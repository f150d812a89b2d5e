"""Lag bins: how long before the question its evidence is, in days, as a setting of a scenario.

>>> LagConfig(n=3).bins
[(0, 1), (1, 3), (3, 7), (7, 30)]
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Annotated

from pydantic import Field, field_validator

from generators.config import Config
from generators.records import Question
from generators.scenario import Axis

DEFAULT_LAG_BINS = (0, 1, 3, 7, 30)
# A log has events on every day of a lag.
MAX_LAG = 36_500
MAX_EDGES = 33
LAG = Axis(
    column="lag",
    title="lag",
    unit="days",
    slices={f"lag_{low}-{high}": (low, high) for low, high in pairwise(DEFAULT_LAG_BINS)},
)


class LagConfig(Config):
    """Settings of a scenario whose questions are balanced over lags.

    Attributes:
        lag_bins: Edges, in days, of the half-open lag bins: [0, 1) [1, 3) [3, 7) [7, 30).
    """

    lag_bins: Annotated[
        tuple[Annotated[int, Field(strict=True, ge=0, le=MAX_LAG)], ...],
        Field(max_length=MAX_EDGES),
    ] = DEFAULT_LAG_BINS

    @field_validator("lag_bins")
    @classmethod
    def _increasing(cls, bins: tuple[int, ...]) -> tuple[int, ...]:
        if len(bins) < 2 or any(low >= high for low, high in pairwise(bins)):
            raise ValueError(
                f"edges must increase, got {list(bins)}; use for example {list(DEFAULT_LAG_BINS)}"
            )
        return bins

    @property
    def bins(self) -> list[tuple[int, int]]:
        """Lag bins as (low, high) pairs of days, high excluded."""
        return list(pairwise(self.lag_bins))


def day_like_evidence(rng: Random, bins: Sequence[tuple[int, int]], last_day: int) -> int:
    """A day that lies as far before the last one as evidence does: in any lag bin equally often.

    What is not asked for has to lie where evidence lies, or its place gives evidence away.
    """
    return last_day - rng.randrange(*rng.choice(bins))


def lag_stratum(config: LagConfig, question: Question) -> str:
    """Name of the lag bin of an answerable question."""
    lag = question.lag
    return next(
        f"lag {low}-{high}" for low, high in config.bins if lag is not None and low <= lag < high
    )
