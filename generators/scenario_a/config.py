"""The settings of scenario A.

>>> EpisodeConfig(n=3).bins
[(0, 1), (1, 3), (3, 7), (7, 30)]
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, field_validator

from generators.config import Config

DEFAULT_LAG_BINS = (0, 1, 3, 7, 30)


class EpisodeConfig(Config):
    """What worlds of episodes are made from.

    Attributes:
        confounders_ratio: Hard negatives per target event; 0.5 gives one to every second target.
        hard_negative: False replaces each hard negative by an unrelated event.
        lag_bins: Edges, in days, of the half-open lag bins: [0, 1) [1, 3) [3, 7) [7, 30).
        store_size: Events in the log of one world; None means as many as are needed, at least 64.
        lag_design: "between" asks for each target at one lag, "within" for the same target at
            one lag of every bin.
    """

    confounders_ratio: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] = 1.0
    hard_negative: Annotated[bool, Field(strict=True)] = True
    lag_bins: tuple[Annotated[int, Field(strict=True, ge=0)], ...] = DEFAULT_LAG_BINS
    store_size: Annotated[int, Field(strict=True, ge=1)] | None = None
    lag_design: Literal["between", "within"] = "between"

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
