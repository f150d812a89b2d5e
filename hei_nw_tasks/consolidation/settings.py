"""Options of the consolidator.

>>> SleepSettings(order="shuffled").rank
16
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class SleepSettings(BaseModel):
    """How weights are trained.

    Attributes:
        order: Of replay: prioritised, or shuffled as a control.
        rank: Of the adapter; 0 trains all weights, and makes a checkpoint.
        repeats: How often each question about an event is to be replayed in a cycle: the budget
            decides how many events that allows.
        rate: Of learning, at its highest: it warms up over a tenth of the budget, and then falls to
            0 as a cosine.
        targets: Layers that get an adapter, by the ends of their names, with "+" between them; or
            all-linear, which leaves out the output head.
        batch: Rows in a step.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    order: Literal["prioritised", "shuffled"] = "prioritised"
    rank: int = Field(default=16, ge=0, le=1024)
    repeats: int = Field(default=10, ge=1)
    rate: float = Field(default=2e-3, gt=0, le=1)
    targets: str = "all-linear"
    batch: int = Field(default=4, ge=1)
