"""How many days and events a world of scenario A spans.

>>> last_day(EpisodeConfig()), store_size(EpisodeConfig())
(35, 64)
"""

from __future__ import annotations

import math
from functools import cache

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


def last_day(config: EpisodeConfig) -> int:
    """Index of the last day of a world's log."""
    start = WITHIN_START_DAYS - 1 if config.lag_design == "within" else 0
    return HISTORY_DAYS + start + config.lag_bins[-1] - 1


def crowded_days(config: EpisodeConfig) -> list[int]:
    """Days on which a question of lag 0 may be asked."""
    if config.lag_design == "within":
        return [HISTORY_DAYS + day for day in range(WITHIN_START_DAYS)]
    return [last_day(config)]


@cache
def store_size(config: EpisodeConfig) -> int:
    """Number of events in every world: the setting, or as many as are needed, at least 64.

    Raises:
        ConfigError: The setting is too small for what a world has to hold.
    """
    targets = max(
        sum(_MAX_TARGETS[probe.kind] for probe in plan(config, world)) for world in (0, 1)
    )
    needed = targets + math.ceil(targets * config.confounders_ratio)
    needed += last_day(config) + 1 + CROWD * len(crowded_days(config))
    if config.store_size is None:
        return max(MIN_EVENTS, needed)
    if config.store_size < needed:
        raise ConfigError(
            f"store_size={config.store_size}: with these settings a world needs {needed} events "
            f"→ raise store_size, or lower confounders_ratio or the last of lag_bins"
        )
    return config.store_size
