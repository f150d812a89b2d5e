"""Ways to forge a dataset folder, whose manifest fits the forged rows as often as not.

forged = forge(Random("forge:7"), folder)   # -> "questions.jsonl: column answers, rehashed"
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from generators.datasets.storage import EVENTS, MANIFEST, QUESTIONS
from generators.datasets.tables import canonical_line
from testing.damage import BYTES, NUMBERS, STRINGS, TEXTS, Damage

Rows = list[dict[str, Any]]
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 10**6, 10**30, 0.5, float("nan"), float("inf"), "", "unknown"),
    *("\x1b[31m", "a\nb", "\ud800", "x" * 5000, [], ["unknown"], [1], {}, {"a": 1}, [[]]),
)
_MANIFEST_KEYS = ("scenario", "generator_version", "pools_sha256", "config", "rows", "events")
_SETTINGS = (
    *("n", "seed", "style", "lag_bins", "confounders_ratio", "hard_negative", "store_size"),
    *("lag_design", "cue_overlap", "store_sizes", "collision_groups", "lengths", "depths"),
    *("tokenizer", "prompt_overhead", "x"),
)


def forge(rng: random.Random, folder: Path) -> str:
    """Forge a dataset in place; returns what was done."""
    name = rng.choice((QUESTIONS, QUESTIONS, EVENTS, MANIFEST))
    if rng.random() < 0.03:
        return f"{name}: {_other_kind(rng, folder / name)}"
    if name == MANIFEST:
        return f"{name}: {_manifest(rng, folder / MANIFEST)}"
    ways: tuple[Callable[[random.Random, Path], str], ...] = (_raw, _odd, _rows, _rows, _rows)
    done = rng.choice(ways)(rng, folder / name)
    if rng.random() < 0.85:
        rehash(folder, version="0.0.9" if rng.random() < 0.3 else None)
        done += ", rehashed"
    return f"{name}: {done}"


def rehash(folder: Path, version: str | None = None) -> None:
    """Make counts and checksums of the manifest right for the files."""
    made = json.loads((folder / MANIFEST).read_bytes())
    for name, key in ((QUESTIONS, "rows"), (EVENTS, "events")):
        content = (folder / name).read_bytes()
        made |= {key: content.count(b"\n"), f"{key}_sha256": hashlib.sha256(content).hexdigest()}
    made["config"]["n"] = made["rows"]
    made["generator_version"] = version or made["generator_version"]
    (folder / MANIFEST).write_text(json.dumps(made), encoding="utf-8")


def _damaged(rng: random.Random, path: Path, ways: Mapping[str, Damage]) -> str:
    way = rng.choice(list(ways))
    path.write_bytes(ways[way](rng, path.read_bytes()))
    return way


def _raw(rng: random.Random, path: Path) -> str:
    return _damaged(rng, path, BYTES)


def _odd(rng: random.Random, path: Path) -> str:
    # A value of a row that no JSON library would have written.
    lines = path.read_bytes().splitlines(keepends=True)
    place = rng.randrange(len(lines))
    key, _, rest = lines[place].rpartition(b":")
    odd = rng.choice((*NUMBERS, *STRINGS, b"[" * 100_000, rest[:-2] + b', "id": "x"'))
    lines[place] = key + b":" + odd + b"}\n"
    path.write_bytes(b"".join(lines))
    return "odd value"


def _rows(rng: random.Random, path: Path) -> str:
    rows: Rows = [json.loads(line) for line in path.read_bytes().splitlines()]
    row, other = rng.choice(rows), rng.choice(rows)
    column = rng.choice(list(row))
    value = row[column]
    way = rng.choice(("type", "same type", "other row", "key", "drop", "double", "new", "swap"))
    if way == "type":
        row[column] = rng.choice(_VALUES)
    elif way == "same type":
        row[column] = _same_type(rng, value)
    elif way == "other row":
        row[column] = other[column]
    elif way == "key":
        row[rng.choice(("x", column.upper()))] = row.pop(column)
    elif way == "drop":
        rows.remove(row)
    elif way == "double":
        rows.insert(rng.randrange(len(rows)), row)
    elif way == "new":
        key = "id" if "id" in row else "event_id"
        rows.insert(rows.index(row) + 1, {**row, key: "0123456789abcdef"})
    else:
        one, two = rows.index(row), rows.index(other)
        rows[one], rows[two] = rows[two], rows[one]
    path.write_bytes(b"".join(_line(one) for one in rows))
    return f"{way} {column}"


def _line(row: dict[str, Any]) -> bytes:
    try:
        return canonical_line(row)
    except UnicodeEncodeError:
        return json.dumps(row, sort_keys=True).encode() + b"\n"


def _same_type(rng: random.Random, value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return rng.choice(([*value, "unknown"], value[::-1], value[1:], []))
    if isinstance(value, str):
        return rng.choice((value + "x", value[:-1], "unknown", value.upper()))
    return value if value is None else value + rng.choice((-1, 1, 1000))


def _manifest(rng: random.Random, path: Path) -> str:
    if rng.random() < 0.4:
        return _damaged(rng, path, rng.choice((BYTES, TEXTS)))
    made = json.loads(path.read_bytes())
    if rng.random() < 0.4:
        key = rng.choice(_MANIFEST_KEYS)
        made[key] = rng.choice((*_VALUES, "A", "B", "0.0.9", made["rows"] - 1))
    else:
        key = rng.choice(_SETTINGS)
        made["config"][key] = rng.choice(
            (*_VALUES, 1, 2, 3, [0, 2], [0, 1, 10**8], [800], "within")
        )
    path.write_text(json.dumps(made), encoding="utf-8")
    return key


def _other_kind(rng: random.Random, path: Path) -> str:
    path.unlink()
    kind = rng.choice(("missing", "pipe", "folder", "loop", "device", "empty"))
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "empty":
        path.touch()
    return kind
