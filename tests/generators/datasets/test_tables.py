from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

from datasets import Dataset

from generators import __version__
from generators.datasets.tables import (
    EVENT_COLUMNS,
    QUESTION_COLUMNS,
    RowDigest,
    build,
    to_datasets,
)
from generators.records import Question
from generators.scenario_a.config import EpisodeConfig

ROOT = Path(__file__).resolve().parents[3]


def test_columns_are_the_fields_of_the_record():
    assert list(QUESTION_COLUMNS) == [field.name for field in fields(Question)]


def test_datasets_have_questions_and_events():
    tables = build("A", EpisodeConfig(n=50, seed=3))
    made = to_datasets(tables)
    assert set(made) == {"test", "events"}
    assert made["test"].to_list() == list(tables.rows())
    assert made["events"].to_list() == list(tables.event_rows())
    assert set(made["events"].column_names) == set(EVENT_COLUMNS)
    assert {row["world_id"] for row in made["test"]} <= set(made["events"]["world_id"])


def test_columns_that_are_null_throughout_keep_their_type():
    unanswerable = [row for row in build("A", EpisodeConfig(n=20)).rows() if not row["answerable"]]
    made = to_datasets(build("A", EpisodeConfig(n=1)))["test"]
    assert str(made.features["depth"].dtype) == "float64"
    assert isinstance(made, Dataset)
    assert unanswerable[0]["lag"] is None


def test_a_store_is_kept_once_and_no_row_has_a_copy():
    tables = build("A", EpisodeConfig(n=200))
    log = sum(len(event.text) for event in tables.worlds[0].events)
    largest = max(len(json.dumps(row)) for row in tables.rows())
    assert largest < log
    assert tables.manifest.events == sum(len(world.events) for world in tables.worlds)


def test_the_manifest_identifies_the_rows():
    tables = build("A", EpisodeConfig(n=20, seed=9))
    manifest = tables.manifest
    lines = [
        json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"
        for row in tables.rows()
    ]
    assert manifest.rows_sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert (manifest.rows, manifest.generator_version) == (20, __version__)
    other = build("A", EpisodeConfig(n=20, seed=10)).manifest
    assert other.rows_sha256 != manifest.rows_sha256
    assert other.events_sha256 != manifest.events_sha256


def test_a_fresh_process_with_another_hash_seed_makes_the_same_bytes():
    program = (
        "from generators.datasets.source import config_from;"
        "from generators.datasets.tables import build;"
        "m = build('A', config_from('A', {'n': 64, 'seed': 5})).manifest;"
        "print(m.rows_sha256, m.events_sha256)"
    )
    here = build("A", EpisodeConfig(n=64, seed=5)).manifest
    for hash_seed in ("1", "2"):
        printed = subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        ).stdout.split()
        assert printed == [here.rows_sha256, here.events_sha256]


def test_order_matters_to_the_checksum():
    rows = list(build("A", EpisodeConfig(n=5)).rows())
    in_order, reversed_order = RowDigest(), RowDigest()
    assert b"".join(map(in_order.add, rows)).count(b"\n") == in_order.count == len(rows)
    for row in reversed(rows):
        reversed_order.add(row)
    assert in_order.sha256 != reversed_order.sha256
