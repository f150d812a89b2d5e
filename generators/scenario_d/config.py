"""The settings of scenario D.

>>> InterferenceConfig(n=3).store_sizes
(100, 300, 1000)
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import Field, field_validator

from generators.config import Config

DEFAULT_STORE_SIZES = (100, 300, 1000)
DEFAULT_COLLISION_GROUPS = (1, 4, 16, 64)
MAX_STORE_SIZE = 100_000
MAX_SIZES = 20
# The codes of a group share all but two digits, and some stay free for codes never issued.
MAX_GROUP = 64


class InterferenceConfig(Config):
    """What logs of easily confused events are made from.

    Attributes:
        store_sizes: Numbers of events that every fact is asked for among; a store is the beginning
            of the next larger one.
        collision_groups: Numbers of near-identical events that the one asked for is among, itself
            included. They all stand in the smallest store.
    """

    store_sizes: Annotated[
        tuple[Annotated[int, Field(strict=True, ge=1, le=MAX_STORE_SIZE)], ...],
        Field(min_length=1, max_length=MAX_SIZES),
    ] = DEFAULT_STORE_SIZES
    collision_groups: Annotated[
        tuple[Annotated[int, Field(strict=True, ge=1, le=MAX_GROUP)], ...], Field(min_length=1)
    ] = DEFAULT_COLLISION_GROUPS

    @field_validator("store_sizes", "collision_groups")
    @classmethod
    def _increasing(cls, sizes: tuple[int, ...]) -> tuple[int, ...]:
        if any(low >= high for low, high in pairwise(sizes)):
            raise ValueError(f"sizes must increase, got {list(sizes)} → use {sorted(set(sizes))}")
        return sizes
