"""What each world of scenario D is asked, and how many questions share a world.

    >>> [(spec.asked, spec.group) for spec in plan(InterferenceConfig(), 0)[:5]]
    [('who', 1), ('where', 4), ('receipt', 16), ('who', 64), ('who', 1)]

A **spec** is a fact to be asked for, once in every store. Probes come in blocks of four that have
an answer and one that has none.

A log is as long as its largest store however many specs it has, and worlds are the units of the
statistics. So both grow with the square root of the largest store: ten specs in worlds of 1,000
events, forty at 10,000, eighty at 100,000 (as far as the smallest store holds their groups).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from random import Random

from generators.errors import ConfigError
from generators.scenario_d.config import InterferenceConfig
from generators.scenario_d.phrasing import QUESTION_TEMPLATE_COUNT
from generators.world.lags import DEFAULT_LAG_BINS
from generators.world.schedule import balanced_order

ASKED = ("who", "where", "receipt")
ANSWERABLE, BLOCK = 4, 5
# Events of the smallest store for each day, so that every day has one of them.
_EVENTS_A_DAY = 3
_MIN_BLOCKS = 2
_EVENTS_PER_SQUARED_BLOCK = 500
# Events of the smallest store that are in no collision group, and its size, which leaves twenty
# values of every kind to guess from.
_MIN_OTHERS = 4
_MIN_SIZE = 32
# Rows whose order is searched for; later ones use the same orders again.
_SEARCHED_ROWS = 960


@dataclass(frozen=True, slots=True)
class QuestionSpec:
    """One fact to be asked for.

    Attributes:
        number: Number of the spec over all worlds of the dataset.
        asked: Slot that is asked for.
        group: Number of near-identical events that the evidence is one of; for a code that was
            never issued, of those that have nearly this code.
        lag_bin: Index of the lag bin of the evidence; None if there is none.
        template: Number of the question's wording.
    """

    number: int
    asked: str
    group: int
    lag_bin: int | None
    template: int

    @property
    def cue_type(self) -> str:
        """Stratum of the cue: asked slot and size of the collision group."""
        return f"{self.asked}_among_{self.group}"


@cache
def blocks_per_world(config: InterferenceConfig) -> int:
    """Number of blocks of specs in one world.

    Raises:
        ConfigError: The smallest store cannot hold the collision groups of a single block.
    """
    smallest, largest = config.store_sizes[0], config.store_sizes[-1]
    needed = _needed(config, 1)
    if smallest < needed:
        raise ConfigError(
            f"store_sizes={list(config.store_sizes)}: the smallest store must hold the groups of "
            f"collision_groups={list(config.collision_groups)} among others, {needed} events "
            f"→ raise the smallest of store_sizes, or drop the largest of collision_groups"
        )
    blocks = _MIN_BLOCKS
    while _EVENTS_PER_SQUARED_BLOCK * blocks**2 < largest:
        blocks *= 2
    while _needed(config, blocks) > smallest:
        blocks //= 2
    return blocks


def _needed(config: InterferenceConfig, blocks: int) -> int:
    """Events that the smallest store needs for so many blocks."""
    sizes = config.collision_groups
    specs = math.ceil(ANSWERABLE * blocks / len(sizes))
    groups = sum(size * math.ceil(specs / size) for size in sizes)
    return max(groups + _MIN_OTHERS, _MIN_SIZE)


def lag_bins(config: InterferenceConfig) -> list[tuple[int, int]]:
    """The default lag bins; the last one ends with the log, whose days all have events."""
    days = min(DEFAULT_LAG_BINS[-1], config.store_sizes[0] // _EVENTS_A_DAY)
    return [*pairwise((*DEFAULT_LAG_BINS[:-1], days))]


def specs_per_world(config: InterferenceConfig) -> int:
    """Number of specs in one world."""
    return BLOCK * blocks_per_world(config)


def questions_per_world(config: InterferenceConfig) -> int:
    """Number of questions in one world: every spec is asked in every store."""
    return specs_per_world(config) * len(config.store_sizes)


def plan(config: InterferenceConfig, world: int) -> list[QuestionSpec]:
    """The specs of one world; a function of the seed and the world's number alone."""
    rng = Random(f"D:{config.seed}:{world}:plan")
    first = world * specs_per_world(config)
    return [_spec(config, first + i, rng) for i in range(specs_per_world(config))]


def _spec(config: InterferenceConfig, number: int, rng: Random) -> QuestionSpec:
    template = rng.randrange(QUESTION_TEMPLATE_COUNT)
    sizes = config.collision_groups
    block, place = divmod(number, BLOCK)
    # The code that was never issued resembles those of a group of the same block.
    rank = ANSWERABLE * block + (place if place < ANSWERABLE else block % ANSWERABLE)
    turn, size = divmod(rank, len(sizes))
    if place == ANSWERABLE:
        asked = ASKED[(block // ANSWERABLE + block) % len(ASKED)]
        return QuestionSpec(number, asked, sizes[size], None, template)
    # Three slots and four lag bins: every twelve turns a group meets every combination once.
    asked, lag_bin = ASKED[(size + turn) % len(ASKED)], (size + turn) % (len(DEFAULT_LAG_BINS) - 1)
    return QuestionSpec(number, asked, sizes[size], lag_bin, template)


def schedule(config: InterferenceConfig, world: int) -> list[tuple[int, int]]:
    """Order in which a world is asked, as (index of the spec, index of the store size)."""
    items, blocks = _items(config), blocks_per_world(config)
    searched, key = max(1, _SEARCHED_ROWS // len(items)), config.unseeded()
    asked = []
    for block in range(blocks):
        number = world * blocks + block
        order = balanced_order(_strata, key, config.seed, number, searched=searched)
        asked += [(block * BLOCK + items[item][0], items[item][1]) for item in order]
    return asked


@cache
def _items(config: InterferenceConfig) -> list[tuple[int, int]]:
    sizes = len(config.store_sizes)
    return [(spec, (turn + spec) % sizes) for turn in range(sizes) for spec in range(BLOCK)]


def _strata(config: InterferenceConfig, block: int) -> list[tuple[int, int] | None]:
    specs = [_spec(config, block * BLOCK + turn, Random(0)) for turn in range(BLOCK)]
    lags = [(specs[spec].lag_bin, size) for spec, size in _items(config)]
    return [None if lag_bin is None else (lag_bin, size) for lag_bin, size in lags]
