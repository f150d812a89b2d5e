"""Makes a dataset in parts, on as many machines as one likes, and joins them to the same bytes.

    data/heinw_A.parts/questions-2-of-4.jsonl
    data/heinw_A.parts/events-2-of-4.jsonl
    data/heinw_A.parts/part-2-of-4.json       manifest of the part; its `n` is that of the whole

Worlds do not depend on each other, so a part is a run of worlds, and joining is writing one file
after the other. Only one world is in memory at a time.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from generators import __version__
from generators.config import Config
from generators.datasets.storage import (
    EVENTS,
    QUESTIONS,
    folder_of,
    put_folder,
    put_text,
    read_manifest,
    write_manifest,
)
from generators.datasets.tables import Manifest, canonical_line, event_row
from generators.errors import ConfigError, DatasetError
from generators.records import World, to_row
from generators.scenario import worlds
from generators.scenarios import scenario
from generators.world.pools import checksum

_PART = re.compile(r"part-(\d+)-of-(\d+)\.json")
_BLOCK = 1 << 20


class Shard(NamedTuple):
    """Which part of a dataset: `number` of `total`, from 1."""

    number: int
    total: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read `2/4`.

        Raises:
            ValueError: The text is no such fraction, or not within its bounds.
        """
        number, total = (int(part) for part in text.split("/"))
        if not 1 <= number <= total:
            raise ValueError(f"{text}: not between 1/{total} and {total}/{total}")
        return cls(number, total)

    def name(self, kind: str, ending: str) -> str:
        """Name of a file of this part."""
        return f"{kind}-{self.number}-of-{self.total}.{ending}"


def parts_folder(out: Path, letter: str) -> Path:
    """Folder that the parts of a scenario are written to."""
    return out / f"{folder_of(letter)}.parts"


def write_part(
    letter: str,
    config: Config,
    shard: Shard,
    out: Path,
    watch: Callable[[Iterable[World], int], Iterable[World]] = lambda made, _: made,
) -> Path:
    """Write one part of a dataset, world by world.

    Args:
        letter: Scenario.
        config: Settings of the whole dataset.
        shard: Which part.
        out: Folder of the dataset.
        watch: Wraps the worlds as they are made, given their number; for a progress bar.

    Returns:
        The manifest of the part.

    Raises:
        ConfigError: The settings cannot be met, or there are more parts than worlds.
    """
    size = scenario(letter).questions_per_world(config)
    total = -(-config.n // size)
    first, last = ((total * edge) // shard.total for edge in (shard.number - 1, shard.number))
    if shard.total > total:
        raise ConfigError(
            f"--shard {shard.number}/{shard.total}: {config.n} questions are about {total} worlds "
            f"→ ask for at most {total} parts"
        )
    folder = parts_folder(out, letter)
    folder.mkdir(parents=True, exist_ok=True)
    questions = _Sink(folder / shard.name("questions", "jsonl"))
    events = _Sink(folder / shard.name("events", "jsonl"))
    with questions, events:
        made = worlds(scenario(letter), config, first, last)
        for world in watch(made, last - first):
            questions.add(to_row(question) for question in world.questions)
            events.add(event_row(event) for event in world.events)
    manifest = Manifest(
        scenario=letter,
        generator_version=__version__,
        pools_sha256=checksum(),
        config=config,
        rows=questions.count,
        events=events.count,
        rows_sha256=questions.sha256,
        events_sha256=events.sha256,
    )
    path = folder / shard.name("part", "json")
    put_text(path, json.dumps(manifest.model_dump(mode="json"), indent=2) + "\n")
    return path


class _Sink:
    """A file of canonical rows that appears under its name when it is complete."""

    def __init__(self, path: Path) -> None:
        self._path, self._made = path, path.with_name(f".{path.name}.tmp")
        self._digest = hashlib.sha256()
        self.count = 0

    def __enter__(self) -> _Sink:
        self._file = self._made.open("wb")
        return self

    def add(self, rows: Iterable[dict[str, object]]) -> None:
        """Append rows."""
        lines = [canonical_line(row) for row in rows]
        block = b"".join(lines)
        self._file.write(block)
        self._digest.update(block)
        self.count += len(lines)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._file.close()
        if kind is None:
            self._made.replace(self._path)
        self._made.unlink(missing_ok=True)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def join(out: Path, letter: str, *, overwrite: bool = False) -> Path:
    """Join all parts of a scenario's dataset to what one run would have written.

    Returns:
        The folder of the scenario; the parts are gone.

    Raises:
        DatasetError: A part is missing, damaged, or of another dataset.
        ConfigError: The dataset is there already and `overwrite` is not set.
    """
    folder = parts_folder(out, letter)
    parts = _parts(folder)
    manifests = [read_manifest(folder / shard.name("part", "json")) for shard in parts]
    same = {"rows": 0, "events": 0, "rows_sha256": "", "events_sha256": ""}
    if any(m.model_copy(update=same) != manifests[0].model_copy(update=same) for m in manifests):
        raise DatasetError(f"{folder}: the parts are of different datasets → make them anew")

    def fill(target: Path) -> None:
        rows = [
            (shard, manifest.rows_sha256) for shard, manifest in zip(parts, manifests, strict=True)
        ]
        events = [
            (shard, manifest.events_sha256)
            for shard, manifest in zip(parts, manifests, strict=True)
        ]
        joined = {
            "rows": sum(manifest.rows for manifest in manifests),
            "events": sum(manifest.events for manifest in manifests),
            "rows_sha256": _concatenate(folder, "questions", rows, target / QUESTIONS),
            "events_sha256": _concatenate(folder, "events", events, target / EVENTS),
        }
        write_manifest(target, manifests[0].model_copy(update=joined))

    made = put_folder(out / folder_of(letter), fill, overwrite=overwrite)
    shutil.rmtree(folder)
    return made


def _parts(folder: Path) -> list[Shard]:
    names = sorted(path.name for path in folder.glob("part-*.json"))
    found = [
        Shard(int(match[1]), int(match[2])) for name in names if (match := _PART.fullmatch(name))
    ]
    if not found:
        raise DatasetError(f"{folder}: holds no parts → make them with --shard 1/N … N/N")
    total = found[0].total
    missing = sorted(
        set(range(1, total + 1)) - {shard.number for shard in found if shard.total == total}
    )
    if missing or any(shard.total != total for shard in found):
        lacking = ", ".join(f"{number}/{total}" for number in missing) or "parts of one total"
        raise DatasetError(f"{folder}: lacks {lacking} → make them with --shard")
    return sorted(found)


def _concatenate(folder: Path, kind: str, parts: list[tuple[Shard, str]], target: Path) -> str:
    """Write the files of all parts one after the other; give the sha256 of the whole."""
    whole = hashlib.sha256()
    with target.open("wb") as out:
        for shard, expected in parts:
            path = folder / shard.name(kind, "jsonl")
            own = hashlib.sha256()
            for block in _blocks(path):
                out.write(block)
                own.update(block)
                whole.update(block)
            if own.hexdigest() != expected:
                raise DatasetError(f"{path}: is damaged → make this part anew")
    return whole.hexdigest()


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror} → make this part anew") from None
