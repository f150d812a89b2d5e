"""Lag bins: how long before the question its evidence is, in days, as a setting of a scenario.

>>> LagConfig(n=3).bins
[(0, 1), (1, 3), (3, 7), (7, 30), (30, 45)]

The last bin is open: 30 days and more. A log is half as long again as its lower end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
# A world is asked on its last day, and on one up to so many days before.
ASKED_DAYS = 3
_CLOSED = {f"lag_{low}-{high}": (low, high) for low, high in pairwise(DEFAULT_LAG_BINS)}
_LONGEST = DEFAULT_LAG_BINS[-1]
LAG = Axis(
    column="lag",
    title="lag",
    unit="days",
    slices={**_CLOSED, f"lag_{_LONGEST}+": (_LONGEST, None)},
)
# Of scenarios whose logs are too short for the open bin.
SHORT_LAG = replace(LAG, slices=_CLOSED)


class LagConfig(Config):
    """Settings of a scenario whose questions are balanced over lags.

    Attributes:
        lag_bins: Edges, in days, of the half-open lag bins: [0, 1) [1, 3) [3, 7) [7, 30), and 30
            and more.
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
        """Lag bins as (low, high) pairs of days, high excluded; the last one is as made."""
        last = self.lag_bins[-1]
        return [*pairwise(self.lag_bins), (last, last + max(last // 2, 1))]

    @property
    def longest_lag(self) -> int:
        """The longest lag, in days, that a question may have."""
        return self.bins[-1][1] - 1


def asking_days(rng: Random, last_day: int) -> tuple[int, int]:
    """The two days on which a world is asked: the last one, and one some days before.

    They are close to each other, because evidence of the first is old news on the second: seven
    days apart, its place tells that it is not evidence of what is asked on the second.
    """
    return last_day - rng.randint(1, ASKED_DAYS), last_day


def day_like_evidence(rng: Random, bins: Sequence[tuple[int, int]], asked: int) -> int:
    """A day that lies as far before a question as evidence does: in any lag bin equally often.

    What is not asked for has to lie where evidence lies, or its place gives evidence away.
    """
    return asked - rng.randrange(*rng.choice(bins))


def day_between(
    rng: Random, bins: Sequence[tuple[int, int]], asked: int, first: int, last: int
) -> int:
    """A day from `first` to `last`, each as likely as it is for evidence.

    Args:
        rng: Source of randomness.
        bins: Lag bins.
        asked: Day of the question.
        first: First day to choose from.
        last: Last day to choose from; it or the first one is in a lag bin.
    """
    spans, weights = [], []
    for low, high in bins:
        newest, oldest = max(low, asked - last), min(high - 1, asked - first)
        if newest <= oldest:
            spans.append((newest, oldest))
            weights.append((oldest - newest + 1) / (high - low))
    return asked - rng.randint(*rng.choices(spans, weights)[0])


def lag_stratum(config: LagConfig, question: Question) -> str:
    """Name of the lag bin of an answerable question."""
    lag = question.lag
    if lag is not None and lag >= config.lag_bins[-1]:
        return f"lag {config.lag_bins[-1]}+"
    return next(
        f"lag {low}-{high}" for low, high in config.bins if lag is not None and low <= lag < high
    )
