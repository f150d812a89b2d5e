"""How many days and events a world of scenario A spans.

>>> dimensions(EpisodeConfig()).days
54
"""

from __future__ import annotations

import math
from functools import cache
from random import Random
from typing import NamedTuple

from generators.errors import ConfigError
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.plan import plan
from generators.world.lags import ASKED_DAYS, asking_days

# Days before the oldest possible lag, so that what was superseded has a past: two steps of 1–3.
HISTORY_DAYS = 6
# The "within" design writes its targets on the first days after that.
WITHIN_START_DAYS = 3
# Unrelated episodes on a day whose questions have lag 0; without them "answer the last thing
# mentioned" would be right more often than chance.
CROWD = 3
# Unrelated episodes as old as evidence is, for each day on which questions are asked.
AROUND = 5
MIN_EVENTS = 64
# Steps from the shortest lag of a bin to the longest.
_STEPS = 60
# Worlds in which every kind of question comes.
_WORLDS = 10
# The most targets of a question of each kind, and the most decoys.
_MOST = {
    **{"single": (1, 0), "latest": (3, 0), "first": (3, 0), "list": (3, 0)},
    **{"often": (5, 12), "between": (3, 9), "unanswerable": (0, 0)},
}


class Dimensions(NamedTuple):
    """What all worlds of a dataset have in common.

    Attributes:
        within: Whether the same target is asked for at a lag of every bin.
        bins: Lag bins as (low, high) pairs of days, high excluded.
        lags: Lags of all bins, as many of each bin.
        days: Number of days.
        events: Number of events; None for as many as are needed, at least `MIN_EVENTS`.
    """

    within: bool
    bins: list[tuple[int, int]]
    lags: list[int]
    days: int
    events: int | None

    def asked(self, rng: Random) -> list[int]:
        """Days of a world on which questions of lag 0 may be asked.

        In the "between" design all questions are asked on these two.
        """
        if self.within:
            return [*range(HISTORY_DAYS, HISTORY_DAYS + WITHIN_START_DAYS)]
        return [*asking_days(rng, self.days - 1)]


@cache
def dimensions(config: EpisodeConfig) -> Dimensions:
    """The dimensions of every world.

    Raises:
        ConfigError: The setting is too small for what a world has to hold.
    """
    within = config.lag_design == "within"
    days = HISTORY_DAYS + (WITHIN_START_DAYS - 1 if within else ASKED_DAYS) + config.longest_lag + 1
    crowded = WITHIN_START_DAYS if within else 2
    plans = [plan(Random(0), config, world) for world in range(_WORLDS)]
    targets, decoys = (max(sum(_MOST[spec.kind][i] for spec in p) for p in plans) for i in (0, 1))
    needed = targets + math.ceil(targets * config.confounders_ratio) + decoys
    needed += days + (CROWD + AROUND) * crowded
    if config.store_size is not None and config.store_size < needed:
        raise ConfigError(
            f"store_size={config.store_size}: with these settings a world needs {needed} events "
            f"→ raise store_size, or lower confounders_ratio or the last of lag_bins"
        )
    return Dimensions(within, config.bins, _lags(config), days, config.store_size)


def _lags(config: EpisodeConfig) -> list[int]:
    return [
        low + step * (high - low) // _STEPS for low, high in config.bins for step in range(_STEPS)
    ]
