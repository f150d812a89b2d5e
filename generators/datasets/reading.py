"""Reads datasets from the disk, checked against their manifests; the files may be anybody's."""

from __future__ import annotations

import hashlib
import stat
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from generators.datasets.layout import EVENTS, MANIFEST, QUESTIONS
from generators.datasets.tables import (
    EVENT_COLUMNS,
    LATER_COLUMNS,
    EventRow,
    Manifest,
    Tables,
    digests,
)
from generators.errors import DatasetError
from generators.records import Event, Question, World
from generators.scenarios import scenario
from generators.staging import one_line

# Bytes; far more than any row or manifest of ours has.
LONGEST_LINE = 1 << 20
_QUESTION_ROWS, _EVENT_ROWS = TypeAdapter(list[Question]), TypeAdapter(list[EventRow])


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        DatasetError: The file is missing or is no manifest.
    """
    content = read_file(path, LONGEST_LINE, "give a folder written by `python -m generators --out`")
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        raise DatasetError(f"{path}: {_reason(error)} → write the dataset anew") from None


def read(folder: Path, letter: str) -> Tables:
    """Read a scenario's dataset and check it against its manifest.

    What comes back has exactly the bytes of the files. Whether those are the rows that the settings
    make is another question: `generators.verify.remaking` answers it.

    Args:
        folder: The scenario's folder, or the one above it that `write` was given.
        letter: Letter of the scenario that is expected.

    Raises:
        DatasetError: A file is missing or damaged, or does not match the manifest.
    """
    with one_line(folder):
        if (folder / scenario(letter).name).is_dir():
            folder = folder / scenario(letter).name
    manifest = read_manifest(folder / MANIFEST)
    if manifest.scenario != letter:
        raise DatasetError(
            f"{folder / MANIFEST}: holds scenario {manifest.scenario}, not {letter} "
            f"→ use the task {scenario(manifest.scenario).name}"
        )
    if manifest.rows != manifest.config.n:
        raise DatasetError(
            f"{folder / MANIFEST}: n={manifest.config.n} does not go with {manifest.rows} rows "
            "→ write the dataset anew"
        )
    rows = _read_rows(folder / QUESTIONS, manifest.rows, manifest.rows_sha256)
    events = _read_rows(folder / EVENTS, manifest.events, manifest.events_sha256)
    try:
        worlds = _worlds(
            _QUESTION_ROWS.validate_json(rows, strict=True),
            _EVENT_ROWS.validate_json(events, strict=True),
        )
    except (ValidationError, KeyError, TypeError, ValueError) as error:
        raise DatasetError(
            f"{folder}: a row has the wrong fields ({_reason(error)}) → write the dataset anew"
        ) from None
    missing = [column for column in LATER_COLUMNS if f'"{column}":'.encode() not in events]
    if [(d.count, d.sha256) for d in digests(worlds, without=missing)] != [
        (manifest.rows, manifest.rows_sha256),
        (manifest.events, manifest.events_sha256),
    ]:
        raise DatasetError(
            f"{folder}: the rows are not in the form and order that they are written in "
            "→ write the dataset anew"
        )
    return Tables(manifest, worlds)


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)


def _read_rows(path: Path, count: int, sha256: str) -> bytes:
    """Rows of a file with the right checksum, as a JSON list; no other content is ever parsed."""
    content = read_file(path, count * LONGEST_LINE, "write the dataset anew")
    lines = content.split(b"\n")[:-1]
    if len(lines) != count or hashlib.sha256(content).hexdigest() != sha256:
        raise DatasetError(
            f"{path}: {len(lines)} rows that are not the {count} rows of the manifest "
            f"(sha256 {sha256[:12]}…) → write the dataset anew"
        )
    return b"[%s]" % b",".join(lines)


def read_file(path: Path, most: int, advice: str) -> bytes:
    """The content of a regular file: a pipe or a device would never end.

    Args:
        path: The file.
        most: Bytes that it may have.
        advice: What to do if it cannot be read.

    Raises:
        DatasetError: It is not there, no regular file, or too long.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise DatasetError(f"{path}: is no regular file → {advice}")
        if found.st_size > most:
            raise DatasetError(f"{path}: {found.st_size} bytes are too many → {advice}")
        return path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror} → {advice}") from None


def _worlds(questions: list[Question], events: list[EventRow]) -> list[World]:
    made: dict[str, World] = {}
    for row in events:
        made.setdefault(row.world_id, World(row.world_id)).events.append(_event(row))
    for question in questions:
        made[question.world_id].questions.append(question)
    for what, ids in (
        ("question", [question.id for question in questions]),
        ("event", [row.event_id for row in events]),
    ):
        if len(set(ids)) < len(ids):
            raise ValueError(f"{what} {Counter(ids).most_common(1)[0][0]} is there twice")
    return list(made.values())


def _event(row: EventRow) -> Event:
    columns: dict[str, Any] = {name: getattr(row, name) for name in EVENT_COLUMNS}
    slots = dict(zip(columns.pop("slot_names"), columns.pop("slot_values"), strict=True))
    columns |= {"date": date.fromisoformat(row.date), "slots": slots, "forgets": (*row.forgets,)}
    return Event(**columns)
