"""Datasets as pipelines of datatrove: a task makes a part, and the parts are joined.

    from datatrove.executor import RayPipelineExecutor
    from generators.datasets.pipeline import JoinParts, MakePart

    RayPipelineExecutor([MakePart("A", {"n": 4000}, "data/large")], tasks=8).run()
    RayPipelineExecutor([JoinParts("A", "data/large")], tasks=1).run()

`make` does this for `python -m generators --executor`. A part that is there and whole is not made
again, whoever made it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from datatrove.pipeline.base import PipelineStep

from generators import __version__
from generators.config import Config
from generators.datasets.joining import join
from generators.datasets.layout import MANIFEST
from generators.datasets.reading import read_manifest
from generators.datasets.shards import (
    Shard,
    parts_folder,
    require_own_parts,
    require_part_place,
    write_part,
)
from generators.datasets.source import config_from
from generators.engines import Engine
from generators.errors import ConfigError
from generators.scenarios import scenario
from generators.staging import one_line
from generators.world.pools import checksum


class MakePart(PipelineStep):  # type: ignore[misc]  # datatrove carries no types
    """Makes the part of a dataset that has the number of the task.

    Args:
        letter: Scenario.
        settings: Of the whole dataset, by name, as for `--metadata`.
        out: Folder of the dataset; all machines have to see it.
        overwrite: Whether to replace a part of other settings.
    """

    name, type = "make a part", "HEI-NW"

    def __init__(
        self, letter: str, settings: Mapping[str, Any], out: str | Path, overwrite: bool = False
    ) -> None:
        super().__init__()
        # Tasks on other machines may begin in another folder.
        self.letter, self.settings, self.out = letter, dict(settings), Path(out).absolute()
        self.overwrite = overwrite

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Any:
        """Make part `rank` + 1 of `world_size`, unless it is there."""
        config, shard = config_from(self.letter, self.settings), Shard(rank + 1, world_size)
        name = f"{scenario(self.letter).name} questions"
        if not is_made(self.letter, config, shard, self.out):
            with self.track_time("part"):
                write_part(self.letter, config, shard, self.out, overwrite=self.overwrite)
        self.stat_update(name, value=shard.rows(self.letter, config), unit="part")
        return data


class JoinParts(PipelineStep):  # type: ignore[misc]
    """Joins the parts of a dataset; for a single task, when all parts are made.

    Args:
        letter: Scenario.
        out: Folder of the dataset.
        overwrite: Whether to replace a dataset that is there.
    """

    name, type = "join the parts", "HEI-NW"

    def __init__(self, letter: str, out: str | Path, overwrite: bool = False) -> None:
        super().__init__()
        self.letter, self.out, self.overwrite = letter, Path(out).absolute(), overwrite

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Any:
        """Join all parts in the task of rank 0."""
        if rank == 0:
            with self.track_time("dataset"):
                join(self.out, self.letter, overwrite=self.overwrite)
        return data


def is_made(letter: str, config: Config, shard: Shard, out: Path) -> bool:
    """Whether a part is there, made by this version with these settings.

    Raises:
        DatasetError: Its manifest is damaged.
    """
    path = parts_folder(out, letter) / shard.folder / MANIFEST
    if not path.exists():
        return False
    made = read_manifest(path)
    known = (made.scenario, made.config, made.generator_version, made.pools_sha256)
    return known == (letter, config, __version__, checksum())


def make(letter: str, config: Config, out: Path, engine: Engine, *, overwrite: bool) -> Path | None:
    """Make a dataset in parts on an engine, and join them.

    Returns:
        Its folder; None on an engine that has only queued the work.

    Raises:
        FailedError: The dataset does not pass its verification.
        HeinwError: The dataset cannot be made or put in its place, or tasks failed.
    """
    folder = parts_folder(out, letter)
    with one_line(folder):
        others = [shard for shard in require_own_parts(folder) if shard.total != engine.tasks]
        if others:
            raise ConfigError(
                f"{folder}: holds {others[0].folder}, and --tasks is {engine.tasks} "
                f"→ go on with --tasks {others[0].total}, or remove the folder"
            )
        shards = [Shard(number, engine.tasks) for number in range(1, engine.tasks + 1)]
        done = {shard.number - 1 for shard in shards if is_made(letter, config, shard, out)}
        for shard in shards:
            if shard.number - 1 not in done:
                require_part_place(letter, config, shard, out, overwrite=overwrite)
        logs = out / f"{scenario(letter).name}.tasks"
        step = MakePart(letter, config.settings(), out, overwrite)
        made = engine.run([step], logs / "make", done)
        if not engine.waits:
            one = Engine(engine.name, arguments=engine.arguments)
            one.run([JoinParts(letter, out, overwrite)], logs / "join", (), after=made)
            return None
        joined = join(out, letter, overwrite=overwrite)
        shutil.rmtree(logs)
        return joined
