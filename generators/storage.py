"""Datasets on disk: one folder a scenario, checked against its manifest when it is read.

data/heinw_A/questions.jsonl    one canonical row a line; its sha256 is the manifest's
data/heinw_A/events.jsonl       the logs of all worlds, each in time order
data/heinw_A/manifest.json      settings, version, counts and checksums
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from generators.dataset import EVENT_COLUMNS, Manifest, Tables, canonical_line
from generators.errors import ConfigError, DatasetError
from generators.records import Event, Question, World

QUESTIONS, EVENTS, MANIFEST = "questions.jsonl", "events.jsonl", "manifest.json"


def folder_of(letter: str) -> str:
    """Name of a scenario's folder in a dataset, and of its config on the Hub."""
    return f"heinw_{letter}"


def write(tables: Tables, out: Path, *, overwrite: bool = False) -> Path:
    """Write a dataset to its folder under `out`, whole or not at all.

    Returns:
        The folder of the scenario.

    Raises:
        ConfigError: The folder is there already and `overwrite` is not set, or `out` is no folder.
    """
    target = out / folder_of(tables.manifest.scenario)
    if target.exists() and not overwrite:
        raise ConfigError(f"{target}: exists already → give --overwrite or another --out")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{out}: {error.strerror} → give a folder as --out") from None
    # A folder beside the target, so that moving it into place is a rename.
    with tempfile.TemporaryDirectory(prefix=".heinw-", dir=out) as scratch:
        made = Path(scratch) / target.name
        made.mkdir()
        _write_lines(made / QUESTIONS, tables.rows())
        _write_lines(made / EVENTS, tables.event_rows())
        manifest = tables.manifest.model_dump(mode="json")
        (made / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        if target.exists():
            target.rename(Path(scratch) / "replaced")
        made.rename(target)
    return target


def _write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("wb") as file:
        file.writelines(canonical_line(row) for row in rows)


def read(folder: Path, letter: str) -> Tables:
    """Read a scenario's dataset and check it against its manifest.

    Args:
        folder: The scenario's folder, or the one above it that `write` was given.
        letter: Letter of the scenario that is expected.

    Raises:
        DatasetError: A file is missing or damaged, or does not match the manifest.
    """
    if (folder / folder_of(letter)).is_dir():
        folder = folder / folder_of(letter)
    path = folder / MANIFEST
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DatasetError(
            f"{path}: {error.strerror} → give a folder written by `python -m generators --out`"
        ) from None
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in problem["loc"]) or "manifest"
        raise DatasetError(f"{path}: {where}: {problem['msg']} → write the dataset anew") from None
    if manifest.scenario != letter:
        raise DatasetError(
            f"{path}: holds scenario {manifest.scenario}, not {letter} "
            f"→ use the task {folder_of(manifest.scenario)}"
        )
    rows = _read_lines(folder / QUESTIONS, manifest.rows, manifest.rows_sha256)
    events = _read_lines(folder / EVENTS, manifest.events, manifest.events_sha256)
    try:
        return Tables(manifest, _worlds(rows, events))
    except (ValidationError, KeyError, TypeError, ValueError) as error:
        raise DatasetError(f"{folder}: a row has the wrong fields ({_short(error)})") from None


def _read_lines(path: Path, count: int, sha256: str) -> list[dict[str, Any]]:
    """Rows of a file whose checksum was right; nothing of another file is ever parsed."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror} → write the dataset anew") from None
    lines = content.split(b"\n")[:-1]
    if len(lines) != count or hashlib.sha256(content).hexdigest() != sha256:
        raise DatasetError(
            f"{path}: {len(lines)} rows that are not the {count} rows of the manifest "
            f"(sha256 {sha256[:12]}…) → write the dataset anew"
        )
    return [json.loads(line) for line in lines]


def _worlds(rows: list[dict[str, Any]], events: list[dict[str, Any]]) -> list[World]:
    made: dict[str, World] = {}
    for row in events:
        world = made.setdefault(row["world_id"], World(row["world_id"]))
        world.events.append(_event(row))
    for question in TypeAdapter(list[Question]).validate_python(rows):
        made[question.world_id].questions.append(question)
    return list(made.values())


def _event(row: dict[str, Any]) -> Event:
    if set(row) != set(EVENT_COLUMNS):
        raise KeyError("event columns")
    slots = dict(zip(row.pop("slot_names"), row.pop("slot_values"), strict=True))
    return Event(**{**row, "date": date.fromisoformat(row["date"]), "slots": slots})


def _short(error: Exception) -> str:
    return str(error).splitlines()[0]
