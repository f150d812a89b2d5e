"""What a seed gives: these bytes may change with the generator's version, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from generators import __version__
from generators.datasets.reading import read
from generators.datasets.source import config_from
from generators.datasets.tables import build
from generators.records import to_row
from generators.verify.remaking import doubt
from hei_nw_tasks.memory.stores import register, store_of

# First digits of the sha256 of the question rows and of the event rows.
PINNED = {
    "A": ("f1f4b43dffe45462", "89343ac173267c56"),
    "B": ("23d855ab3ddbaac6", "634562061372b3c9"),
    "C": ("df3b7372e50fa7e7", "ea5ff0852c80eb8f"),
    "D": ("bce9d34586123ecf", "a92ff4e8a4362fff"),
    "E": ("ff4eace5f42eeca9", "4bcd8e56cff08744"),
}


@pytest.mark.parametrize("letter", PINNED)
def test_a_seed_gives_the_bytes_it_has_always_given(letter: str):
    made = build(letter, config_from(letter, {"n": 100, "seed": 3})).manifest
    assert (made.rows_sha256[:16], made.events_sha256[:16]) == PINNED[letter]


@pytest.mark.parametrize("letter", ["A", "D"])
def test_a_dataset_of_the_first_version_is_read_and_said_to_be_of_it(letter: str):
    """Its stores were the beginnings of a log; version 0.2.0 makes other questions."""
    tables = read(Path(__file__).with_name("version_0_1_0"), letter)
    assert tables.manifest.generator_version == "0.1.0"
    assert getattr(tables.manifest.config, "cue_overlap", "lexical") == "lexical"
    assert {row["cue_overlap"] for row in tables.rows()} == {"lexical"}
    assert doubt(tables) == f"made by version 0.1.0, and {__version__} makes other rows"
    register(tables)
    for world in tables.worlds:
        for question in world.questions:
            store = store_of(to_row(question))
            seen = world.store(question.store_size)
            assert store.events[: question.store_size] == seen
