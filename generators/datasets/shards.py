"""Makes a dataset in parts, on any number of machines.

    data/heinw_A.parts/2-of-4/    rows, events, manifest and proof of a part; `n` is of the whole

Worlds do not depend on each other, so a part is a range of worlds. It is proven where it is made,
and `generators.datasets.joining` joins parts to the bytes of a single run. Only one world is in
memory at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from generators.config import Config
from generators.datasets.layout import (
    EVENTS,
    PROOF,
    QUESTIONS,
    require_ours,
    require_room,
)
from generators.datasets.storage import write_manifest
from generators.datasets.tables import Manifest, RowDigest, event_row, manifest_of
from generators.errors import ConfigError
from generators.records import World, to_row
from generators.scenarios import scenario
from generators.staging import is_hidden, one_line, publish, staging
from generators.verify.accumulating import Proof
from generators.verify.remaking import doubt_of_part, fingerprint

_PART = re.compile(r"([1-9]\d*)-of-([1-9]\d*)")


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
            f"part {shard.number}/{shard.total}: {config.n} questions are about {total} worlds "
            f"→ ask for at most {total} parts"
        )
    folder = parts_folder(out, letter)
    with one_line(folder):
        require_own_parts(folder)
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
    """Write one part of a dataset, world by world, with what a verification finds in it.

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
    folder, kind = parts_folder(out, letter), scenario(letter)
    first, last = shard.worlds(letter, config)
    proof, fingerprints = Proof(), list[str]()

    def proven() -> Iterator[World]:
        for world in watch(kind.worlds(config, first, last), last - first):
            proof.add(kind, config, world)
            fingerprints.append(fingerprint(world))
            yield world

    with staging(folder) as new:
        made = new / shard.folder
        made.mkdir()
        manifest = write_worlds(letter, config, proven(), made)
        proof.rows_sha256, proof.events_sha256 = manifest.rows_sha256, manifest.events_sha256
        proof.doubt = doubt_of_part(letter, config, first, fingerprints)
        (made / PROOF).write_text(proof.model_dump_json() + "\n", encoding="utf-8")
        publish(new, folder, {shard.folder: require_ours if overwrite else None})
    return folder / shard.folder


def write_worlds(letter: str, config: Config, worlds: Iterable[World], folder: Path) -> Manifest:
    """Write worlds of a dataset one by one, and their manifest."""
    questions, events = RowDigest(), RowDigest()
    with (
        (folder / QUESTIONS).open("wb") as question_file,
        (folder / EVENTS).open("wb") as events_file,
    ):
        for world in worlds:
            question_file.writelines(questions.add(to_row(q)) for q in world.questions)
            events_file.writelines(events.add(event_row(event)) for event in world.events)
    manifest = manifest_of(letter, config, questions, events)
    write_manifest(folder, manifest)
    return manifest


def require_own_parts(folder: Path) -> list[Shard]:
    """The parts that are there, in order.

    Raises:
        ConfigError: The folder holds anything else.
    """
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
