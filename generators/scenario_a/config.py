"""The settings of scenario A."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from generators.world.lags import LagConfig
from generators.world.overlap import OverlapConfig

MAX_RATIO = 1000
MAX_STORE_SIZE = 100_000


class EpisodeConfig(LagConfig, OverlapConfig):
    """Settings of the worlds of episodes.

    Attributes:
        confounders_ratio: Hard negatives per target event; 0.5 gives one to every second target.
        hard_negative: False replaces each hard negative by an unrelated event.
        store_size: Events in the log of one world; None means as many as are needed, at least 64.
        lag_design: "between" asks for each target at one lag, "within" for the same target at
            one lag of every bin.
    """

    confounders_ratio: Annotated[
        float, Field(strict=True, ge=0, le=MAX_RATIO, allow_inf_nan=False)
    ] = 1.0
    hard_negative: Annotated[bool, Field(strict=True)] = True
    store_size: Annotated[int, Field(strict=True, ge=1, le=MAX_STORE_SIZE)] | None = None
    lag_design: Literal["between", "within"] = "between"
