"""Makes a dataset in parts, on any number of machines, and joins them to the same bytes.

    data/heinw_A.parts/2-of-4/    rows, events and manifest of a part; its `n` is that of the whole

Worlds do not depend on each other, so a part is a range of worlds, and parts are joined by
concatenating their files. Only one world is in memory at a time.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from generators import __version__
from generators.config import Config
from generators.datasets.layout import EVENTS, MANIFEST, QUESTIONS, require_ours, require_room
from generators.datasets.reading import read_manifest
from generators.datasets.storage import put_dataset, require_place, write_manifest
from generators.datasets.tables import (
    Manifest,
    RowDigest,
    canonical_line,
    event_row,
    manifest_of,
)
from generators.errors import ConfigError, DatasetError
from generators.records import World, to_row
from generators.scenarios import scenario
from generators.staging import is_hidden, one_line, publish, staging

_PART = re.compile(r"([1-9]\d*)-of-([1-9]\d*)")
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

    def worlds(self, letter: str, config: Config) -> tuple[int, int]:
        """Number of the first world of this part, and that after its last one."""
        total = scenario(letter).world_count(config)
        return (total * (self.number - 1)) // self.total, (total * self.number) // self.total

    def rows(self, letter: str, config: Config) -> int:
        """Number of questions of this part."""
        size = scenario(letter).questions_per_world(config)
        first, last = self.worlds(letter, config)
        return min(last * size, config.n) - first * size

    @property
    def folder(self) -> str:
        """Name of its folder."""
        return f"{self.number}-of-{self.total}"


def parts_folder(out: Path, letter: str) -> Path:
    """Folder that the parts of a scenario are written to."""
    return out / f"{scenario(letter).name}.parts"


def require_part_place(
    letter: str, config: Config, shard: Shard, out: Path, *, overwrite: bool
) -> None:
    """Refuse a part that cannot be made or put in its place, before any work is done.

    Raises:
        ConfigError: There are more parts than worlds, the part is there already and `overwrite` is
            not set, or something is there that is not ours.
    """
    total = scenario(letter).world_count(config)
    if shard.total > total:
        raise ConfigError(
            f"--shard {shard.number}/{shard.total}: {config.n} questions are about {total} worlds "
            f"→ ask for at most {total} parts"
        )
    folder = parts_folder(out, letter)
    with one_line(folder):
        _require_own_parts(folder)
        require_room(folder / shard.folder, overwrite=overwrite)


def write_part(
    letter: str,
    config: Config,
    shard: Shard,
    out: Path,
    watch: Callable[[Iterable[World], int], Iterable[World]] = lambda made, _: made,
    *,
    overwrite: bool = False,
) -> Path:
    """Write one part of a dataset, world by world.

    Args:
        letter: Scenario.
        config: Settings of the whole dataset.
        shard: Which part.
        out: Folder of the dataset.
        watch: Wraps the worlds as they are made, given their number, to show progress.
        overwrite: Whether to replace the part if it is there already.

    Returns:
        The folder of the part.

    Raises:
        ConfigError: The settings cannot be met, or see `require_part_place`.
    """
    require_part_place(letter, config, shard, out, overwrite=overwrite)
    folder = parts_folder(out, letter)
    first, last = shard.worlds(letter, config)
    with staging(folder) as new:
        made = new / shard.folder
        made.mkdir()
        questions, events = RowDigest(), RowDigest()
        with (
            (made / QUESTIONS).open("wb") as question_file,
            (made / EVENTS).open("wb") as events_file,
        ):
            for world in watch(scenario(letter).worlds(config, first, last), last - first):
                question_file.writelines(questions.add(to_row(q)) for q in world.questions)
                events_file.writelines(events.add(event_row(event)) for event in world.events)
        write_manifest(made, manifest_of(letter, config, questions, events))
        publish(new, folder, {shard.folder: require_ours if overwrite else None})
    return folder / shard.folder


def join(out: Path, letter: str, *, overwrite: bool = False) -> Path:
    """Join all parts of a scenario's dataset to what one run would have written.

    Returns:
        The folder of the scenario; the parts are gone.

    Raises:
        DatasetError: A part is missing, damaged, of another dataset, or another part.
        ConfigError: The dataset is there already and `overwrite` is not set, or something among
            the parts or in the place of the dataset is not ours.
    """
    require_place(letter, out, overwrite=overwrite)
    folder = parts_folder(out, letter)
    with one_line(folder):
        parts = _require_all(folder, _require_own_parts(folder))
    manifests = {shard: read_manifest(folder / shard.folder / MANIFEST) for shard in parts}
    same = {"rows": 0, "events": 0, "rows_sha256": "", "events_sha256": ""}
    first, *others = (made.model_copy(update=same) for made in manifests.values())
    if first.scenario != letter or any(other != first for other in others):
        raise DatasetError(f"{folder}: the parts are of different datasets → make them anew")
    for shard, manifest in manifests.items():
        _require_part(folder / shard.folder, shard, manifest)

    def fill(target: Path) -> None:
        sums = {
            key: _concatenate(
                [(folder / s.folder / name, getattr(m, key)) for s, m in manifests.items()],
                target / name,
            )
            for name, key in ((QUESTIONS, "rows_sha256"), (EVENTS, "events_sha256"))
        }
        counts = {
            key: sum(getattr(manifest, key) for manifest in manifests.values())
            for key in ("rows", "events")
        }
        write_manifest(target, first.model_copy(update=counts | sums))

    made = put_dataset(letter, out, fill, overwrite=overwrite)
    with one_line(folder):
        for shard in parts:
            shutil.rmtree(folder / shard.folder)
    with suppress(OSError):  # somebody is making parts of another total
        folder.rmdir()
    return made


def _require_own_parts(folder: Path) -> list[Shard]:
    """The parts that are there; refuses a folder that holds anything else."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ConfigError(f"{folder}: is no folder of ours → move it away or name another --out")
    found = []
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        if match := _PART.fullmatch(path.name):
            require_ours(path)
            found.append(Shard(int(match[1]), int(match[2])))
        elif not is_hidden(path):
            raise ConfigError(f"{path}: is no part of ours → move it away or name another --out")
    return sorted(found)


def _require_all(folder: Path, found: list[Shard]) -> list[Shard]:
    if not found:
        raise DatasetError(f"{folder}: holds no parts → make them with --shard 1/N … N/N")
    total = found[0].total
    if any(shard.total != total for shard in found):
        raise DatasetError(f"{folder}: lacks parts of one total → make them with --shard")
    # Not a set of all numbers: a name may claim a total of any size.
    missing = next((n for n, shard in enumerate(found, 1) if shard.number != n), None)
    if missing is None and len(found) < total:
        missing = len(found) + 1
    if missing is not None:
        raise DatasetError(f"{folder}: lacks {missing}/{total} → make them with --shard")
    return found


def _require_part(folder: Path, shard: Shard, manifest: Manifest) -> None:
    """Refuse a part that is another one by its number of questions or its first log: a copy, say.

    The rest is proven by `generators.verify`, once the parts are joined.
    """
    if manifest.generator_version != __version__:
        raise DatasetError(
            f"{folder}: made by version {manifest.generator_version}, not {__version__} "
            "→ join with that version, or make the parts anew"
        )
    letter, config = manifest.scenario, manifest.config
    number, _ = shard.worlds(letter, config)
    (world,) = scenario(letter).worlds(config, number, number + 1)
    begin = b"".join(canonical_line(event_row(event)) for event in world.events)
    held = next(_blocks(folder / EVENTS, len(begin)), b"")
    if manifest.rows != shard.rows(letter, config) or held != begin:
        raise DatasetError(
            f"{folder}: is not part {shard.number}/{shard.total} → make this part anew"
        )


def _concatenate(parts: list[tuple[Path, str]], target: Path) -> str:
    """Join files, given with the sha256 that each should have; returns the sha256 of the whole."""
    whole = hashlib.sha256()
    with target.open("wb") as out:
        for path, expected in parts:
            own = hashlib.sha256()
            for block in _blocks(path, _BLOCK):
                out.write(block)
                own.update(block)
                whole.update(block)
            if own.hexdigest() != expected:
                raise DatasetError(f"{path}: is damaged → make this part anew")
    return whole.hexdigest()


def _blocks(path: Path, size: int) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while block := file.read(size):
                yield block
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror} → make this part anew") from None
