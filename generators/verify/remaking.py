"""Proves a dataset by making it again from its manifest: every row, every column, in order.

>>> from generators.datasets.source import config_from
>>> from generators.datasets.tables import build
>>> tables = build("A", config_from("A", {"n": 20}))
>>> doubt(tables) is None
True
>>> tables.worlds[1].questions[0].answers.append("unknown")
>>> print(doubt(tables))
question d8932493f526693e differs from what its settings make in answers

A checksum only shows that the rows are those of the manifest, and whoever changes rows can compute
it again. What cannot be made again is not proven: the dataset of another version, or of a tokenizer
that is not at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from generators import __version__
from generators.config import Config
from generators.datasets.tables import Tables, canonical_line, digests, event_row
from generators.errors import ConfigError
from generators.records import World, to_row
from generators.scenarios import scenario

_Row = Mapping[str, Any]


def doubt(tables: Tables) -> str | None:
    """Why a dataset is not proven to be what its manifest says; None if it is.

    The worlds are made one by one and the last one first (invariant I3), and compared in their
    canonical form with those of the dataset (I8).
    """
    manifest = tables.manifest
    if obstacle := manifest.config.obstacle():
        return obstacle
    found = _difference(tables)
    if found and manifest.generator_version != __version__:
        return f"made by version {manifest.generator_version}, and {__version__} makes other rows"
    return found


def fingerprint(world: World) -> str:
    """Stands for all rows of a world."""
    return " ".join(digest.sha256 for digest in digests([world]))


def doubt_of_part(letter: str, config: Config, first: int, made: Sequence[str]) -> str | None:
    """Why a part that was just made is not proven to be what its settings make; None if it is.

    Args:
        letter: Scenario.
        config: Settings of the whole dataset.
        first: Number of its first world.
        made: Fingerprints of its worlds, which were made in their order.
    """
    if obstacle := config.obstacle():
        return obstacle
    for number in reversed(range(first, first + len(made))):
        (again,) = scenario(letter).worlds(config, number, number + 1)
        if fingerprint(again) != made[number - first]:
            return f"log {again.world_id} differs when it is made again"
    return None


def _difference(tables: Tables) -> str | None:
    kind, config = scenario(tables.manifest.scenario), tables.manifest.config
    count = len(tables.worlds)
    try:
        if kind.world_count(config) != count:
            return f"it has {count} logs, and its settings make {kind.world_count(config)}"
        for number in reversed(range(count)):
            (made,) = kind.worlds(config, number, number + 1)
            if found := _first_difference(made, tables.worlds[number]):
                return found
    except ConfigError as error:
        return f"its settings cannot be met ({error})"
    return None


def _first_difference(made: World, held: World) -> str | None:
    return _differing(
        "question", "id", map(to_row, made.questions), map(to_row, held.questions)
    ) or _differing("event", "event_id", map(event_row, made.events), map(event_row, held.events))


def _differing(what: str, key: str, made: Iterable[_Row], held: Iterable[_Row]) -> str | None:
    for right, row in zip_longest(made, held):
        if right is None:
            return f"{what} {row[key]} is none that its settings make"
        if row is None:
            return f"{what} {right[key]}, which its settings make, is missing"
        if canonical_line(right) != canonical_line(row):
            columns = [name for name in {**right, **row} if _line(right, name) != _line(row, name)]
            return f"{what} {row[key]} differs from what its settings make in {', '.join(columns)}"
    return None


def _line(row: _Row, column: str) -> bytes:
    return canonical_line({column: row.get(column)})
