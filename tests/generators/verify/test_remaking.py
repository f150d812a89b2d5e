"""Whoever forges a dataset can compute every checksum anew; what the settings make, he cannot."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generators import __version__
from generators.__main__ import main
from generators.datasets.source import config_from
from generators.datasets.storage import EVENTS, MANIFEST, QUESTIONS, read, write
from generators.datasets.tables import (
    EVENT_COLUMNS,
    QUESTION_COLUMNS,
    Tables,
    build,
    canonical_line,
    describe,
)
from generators.errors import DatasetError
from generators.scenario_a.config import EpisodeConfig
from generators.scenarios import SCENARIOS
from generators.verify.certificate import certify
from generators.verify.remaking import doubt

Captured = pytest.CaptureFixture[str]
Rows = list[dict[str, Any]]


def forge(folder: Path, name: str, change: Callable[[Rows], object], **manifest: Any) -> None:
    """Change rows in place, with all checksums and counts right again."""
    path, made = folder / name, folder / MANIFEST
    rows = [json.loads(line) for line in path.read_bytes().splitlines()]
    change(rows)
    content = b"".join(map(canonical_line, rows))
    path.write_bytes(content)
    known = "rows" if name == QUESTIONS else "events"
    sums = {known: len(rows), f"{known}_sha256": hashlib.sha256(content).hexdigest()}
    made.write_text(json.dumps(json.loads(made.read_text()) | sums | manifest))


def verdict(folder: Path, letter: str) -> str:
    """ "refused", or what the certificate says; the exit code always goes with it."""
    code = main(["verify", str(folder)])
    try:
        certificate = certify(read(folder, letter))
    except DatasetError:
        assert code == 2
        return "refused"
    assert code == (0 if certificate.passed else 1)
    return str(certificate).splitlines()[0].partition(": ")[2]


def other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return [*value, "unknown"]
    return value + (1 if isinstance(value, int) else 0.5 if isinstance(value, float) else "x")


@pytest.mark.parametrize("version", [{}, {"generator_version": "0.0.9"}])
@pytest.mark.parametrize("letter", SCENARIOS)
def test_no_column_can_be_changed_unnoticed(letter: str, version: dict[str, str], tmp_path: Path):
    small = {"n": 8, "store_sizes": [100], "collision_groups": [4], "lengths": [800]}
    folder = write(build(letter, config_from(letter, small)), tmp_path)
    whole = {name: (folder / name).read_bytes() for name in (QUESTIONS, EVENTS, MANIFEST)}
    assert doubt(read(folder, letter)) is None
    for name, columns in ((QUESTIONS, QUESTION_COLUMNS), (EVENTS, EVENT_COLUMNS)):
        for column in columns:

            def change(rows: Rows, column: str = column) -> None:
                row = next((row for row in rows if row.get(column) is not None), None)
                if row:
                    row[column] = other(row[column])

            forge(folder, name, change, **version)
            if (folder / name).read_bytes() != whole[name]:
                with suppress(DatasetError):
                    assert doubt(read(folder, letter)) is not None, column
            for file, content in whole.items():
                (folder / file).write_bytes(content)


@pytest.mark.parametrize(
    ("change", "manifest", "expected"),
    [
        (lambda rows: [row["answers"].append("unknown") for row in rows], {}, "NOT PROVEN"),
        (lambda rows: rows.pop(), {}, "refused"),
        (lambda rows: rows.pop(0), {"config": {"n": 11}}, "NOT PROVEN"),
        (lambda rows: rows.append(rows[0]), {"config": {"n": 13}}, "refused"),
        (lambda rows: rows.append({**rows[-1], "id": "0"}), {"config": {"n": 13}}, "NOT PROVEN"),
        (lambda rows: rows.reverse(), {}, "refused"),
        (lambda rows: rows.insert(0, rows.pop(1)), {}, "NOT PROVEN"),
        (lambda rows: rows[0].update(extra=1), {}, "refused"),
        (lambda rows: rows[0].pop("depth"), {}, "refused"),
        (lambda rows: rows[0].update(answers="unknown"), {}, "refused"),
        (lambda rows: rows[0].update(lag_events=True), {}, "refused"),
        (lambda rows: rows[0].update(world_id="0"), {}, "refused"),
        (lambda rows: None, {"config": {"n": 12, "seed": 1}}, "NOT PROVEN"),
        (lambda rows: None, {"config": {"n": 10**9}}, "refused"),
        (lambda rows: None, {"config": {"n": 12, "store_size": 5}}, "NOT PROVEN"),
        (lambda rows: None, {"rows": 11}, "refused"),
        (lambda rows: None, {"scenario": "B"}, "refused"),
        (lambda rows: None, {"generator_version": "\x1b[31m\nforged"}, "refused"),
        (lambda rows: None, {"rows_sha256": "\x1b[31m"}, "refused"),
    ],
)
def test_forged_rows_and_manifests_are_never_proven(
    change: Callable[[Rows], object],
    manifest: dict[str, Any],
    expected: str,
    tmp_path: Path,
    capsys: Captured,
):
    folder = write(build("A", EpisodeConfig(n=12)), tmp_path)
    forge(folder, QUESTIONS, change, **manifest)
    assert verdict(folder, "A") == expected
    printed = capsys.readouterr()
    assert "\x1b" not in printed.out + printed.err
    assert printed.err.count("\n") == (expected == "refused")


def test_a_file_that_is_no_regular_file_is_refused(tmp_path: Path):
    folder = write(build("A", EpisodeConfig(n=12)), tmp_path)
    for name in (EVENTS, MANIFEST):
        (folder / name).unlink()
        os.mkfifo(folder / name)
        with pytest.raises(DatasetError, match=f"{name}: is no regular file"):
            read(folder, "A")


def test_what_another_version_made_is_proven_if_this_one_makes_the_same():
    tables = build("A", EpisodeConfig(n=20))
    old = Tables(tables.manifest.model_copy(update={"generator_version": "0.0.1"}), tables.worlds)
    assert certify(old).passed
    old.worlds[0].questions[3].lag_events = 0
    assert doubt(old) == f"made by version 0.0.1, and {__version__} makes other rows"


def test_the_doubt_names_the_row_and_the_columns():
    tables = build("A", EpisodeConfig(n=20))
    world = tables.worlds[0]
    first = world.questions[0]

    def of(*questions: Any) -> str | None:
        worlds = [replace(world, questions=list(questions)), *tables.worlds[1:]]
        return doubt(Tables(describe("A", tables.manifest.config, worlds), worlds))

    assert of(*world.questions) is None
    assert of(replace(first, lag=99, depth=0.5), *world.questions[1:]) == (
        f"question {first.id} differs from what its settings make in lag, depth"
    )
    assert of(*world.questions[:-1]) == (
        f"question {world.questions[-1].id}, which its settings make, is missing"
    )
    assert of(*world.questions, replace(first, id="0")) == (
        "question 0 is none that its settings make"
    )


def test_a_rank_that_its_log_does_not_have_is_found():
    tables = build("A", config_from("A", {"n": 3}))
    events = tables.worlds[0].events
    events[4] = events[4]._replace(rank=4)
    assert str(doubt(tables)).endswith("differs from what its settings make in rank")
