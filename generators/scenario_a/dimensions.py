"""How many days and events a world of scenario A spans.

>>> dimensions(EpisodeConfig()).days, dimensions(EpisodeConfig()).events
(36, 64)
"""

from __future__ import annotations

import math
from functools import cache
from random import Random
from typing import NamedTuple

from generators.errors import ConfigError
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.plan import plan

# Days before the oldest possible lag, so that what was superseded has a past: two steps of 1–3.
HISTORY_DAYS = 6
# The "within" design writes its targets on the first days after that.
WITHIN_START_DAYS = 3
# Unrelated episodes on a day whose questions have lag 0; without them "answer the last thing
# mentioned" would be right more often than chance.
CROWD = 4
MIN_EVENTS = 64
_MAX_TARGETS = {"single": 1, "latest": 3, "list": 3, "unanswerable": 0}


class Dimensions(NamedTuple):
    """What all worlds of a dataset have in common.

    Attributes:
        within: Whether the same target is asked for at a lag of every bin.
        bins: Lag bins as (low, high) pairs of days, high excluded.
        days: Number of days.
        crowded: Days on which a question of lag 0 may be asked.
        events: Number of events.
    """

    within: bool
    bins: list[tuple[int, int]]
    days: int
    crowded: list[int]
    events: int


@cache
def dimensions(config: EpisodeConfig) -> Dimensions:
    """The dimensions of every world; as many events as the setting says, or as are needed.

    Raises:
        ConfigError: The setting is too small for what a world has to hold.
    """
    within = config.lag_design == "within"
    days = HISTORY_DAYS + (WITHIN_START_DAYS - 1 if within else 0) + config.lag_bins[-1]
    crowded = range(HISTORY_DAYS, HISTORY_DAYS + WITHIN_START_DAYS) if within else [days - 1]
    targets = max(
        sum(_MAX_TARGETS[spec.kind] for spec in plan(Random(0), config, world)) for world in (0, 1)
    )
    needed = targets + math.ceil(targets * config.confounders_ratio) + days + CROWD * len(crowded)
    if config.store_size is not None and config.store_size < needed:
        raise ConfigError(
            f"store_size={config.store_size}: with these settings a world needs {needed} events "
            f"→ raise store_size, or lower confounders_ratio or the last of lag_bins"
        )
    events = config.store_size or max(MIN_EVENTS, needed)
    return Dimensions(within, config.bins, days, list(crowded), events)
