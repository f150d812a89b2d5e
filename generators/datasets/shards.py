"""Makes a dataset in parts, on any number of machines, and joins them to the same bytes.

    data/heinw_A.parts/questions-2-of-4.jsonl
    data/heinw_A.parts/events-2-of-4.jsonl
    data/heinw_A.parts/part-2-of-4.json       manifest of the part; its `n` is that of the whole

Worlds do not depend on each other, so a part is a range of worlds, and parts are joined by
concatenating their files. Only one world is in memory at a time.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from generators.atomic import atomic_file, write_atomically
from generators.config import Config
from generators.datasets.storage import (
    EVENTS,
    MANIFEST,
    QUESTIONS,
    manifest_text,
    put_folder,
    read_manifest,
)
from generators.datasets.tables import RowDigest, event_row, manifest_of
from generators.errors import ConfigError, DatasetError
from generators.records import World, to_row
from generators.scenarios import scenario

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
    return out / f"{scenario(letter).name}.parts"


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
        watch: Wraps the worlds as they are made, given their number, to show progress.

    Returns:
        The manifest of the part.

    Raises:
        ConfigError: The settings cannot be met, or there are more parts than worlds.
    """
    kind = scenario(letter)
    total = kind.world_count(config)
    first, last = ((total * edge) // shard.total for edge in (shard.number - 1, shard.number))
    if shard.total > total:
        raise ConfigError(
            f"--shard {shard.number}/{shard.total}: {config.n} questions are about {total} worlds "
            f"→ ask for at most {total} parts"
        )
    folder = parts_folder(out, letter)
    folder.mkdir(parents=True, exist_ok=True)
    questions, events = RowDigest(), RowDigest()
    with (
        atomic_file(folder / shard.name("questions", "jsonl")) as question_file,
        atomic_file(folder / shard.name("events", "jsonl")) as event_file,
    ):
        for world in watch(kind.worlds(config, first, last), last - first):
            question_file.writelines(questions.add(to_row(q)) for q in world.questions)
            event_file.writelines(events.add(event_row(event)) for event in world.events)
    path = folder / shard.name("part", "json")
    write_atomically(path, manifest_text(manifest_of(letter, config, questions, events)))
    return path


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
        questions = [
            (folder / shard.name("questions", "jsonl"), manifest.rows_sha256)
            for shard, manifest in zip(parts, manifests, strict=True)
        ]
        events = [
            (folder / shard.name("events", "jsonl"), manifest.events_sha256)
            for shard, manifest in zip(parts, manifests, strict=True)
        ]
        joined = {
            "rows": sum(manifest.rows for manifest in manifests),
            "events": sum(manifest.events for manifest in manifests),
            "rows_sha256": _concatenate(questions, target / QUESTIONS),
            "events_sha256": _concatenate(events, target / EVENTS),
        }
        text = manifest_text(manifests[0].model_copy(update=joined))
        (target / MANIFEST).write_text(text, encoding="utf-8")

    made = put_folder(out / scenario(letter).name, fill, overwrite=overwrite)
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


def _concatenate(parts: list[tuple[Path, str]], target: Path) -> str:
    """Join files, given with the sha256 that each should have; returns the sha256 of the whole."""
    whole = hashlib.sha256()
    with target.open("wb") as out:
        for path, expected in parts:
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
