"""What the dataset command does: generate, verify, join."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generators.config import Config
from generators.datasets import hub, joining, shards
from generators.datasets.source import config_from
from generators.datasets.storage import read, require_place, write
from generators.datasets.tables import Tables, describe
from generators.engines import Engine
from generators.errors import ConfigError, DatasetError
from generators.records import World
from generators.scenarios import SCENARIOS, scenario
from generators.staging import one_line
from generators.verify.certificate import Certificate, FailedError, certify


@dataclass(frozen=True, slots=True)
class Request:
    """What `generate` is to make.

    Attributes:
        letters: Scenarios, each once.
        settings: Settings by name; each must belong to at least one of the scenarios.
        out: Folder of the dataset.
        overwrite: Whether to replace what is there.
        shard: Part to make; None for the whole.
        engine: Where parts are made side by side; None for this process.
        push: Where to push; None for nowhere.
        dry_run: Whether to list what would be pushed instead of pushing it.
    """

    letters: list[str]
    settings: Mapping[str, Any]
    out: Path
    overwrite: bool = False
    shard: shards.Shard | None = None
    engine: Engine | None = None
    push: hub.Push | None = None
    dry_run: bool = False


def generate(request: Request) -> int:
    """Make datasets, write them with their card, and push them if asked to.

    Returns:
        0; 1 if a dataset fails its verification, in which case it is not written.

    Raises:
        HeinwError: The request cannot be met. Checked before any work is done.
    """
    configs = configs_of(request.letters, request.settings)
    if request.shard is not None:
        return _make_parts(request, request.shard, configs)
    for letter in configs:
        require_place(letter, request.out, overwrite=request.overwrite)
    if request.push is not None and not request.dry_run:
        hub.check(request.push)
    make = _make if request.engine is None else _make_on
    failed = make(request, configs)
    if failed:
        return _show(failed)
    if request.push is not None:
        _push(request.push, request.out, request.letters, request.dry_run)
    return 0


def _make(request: Request, configs: Mapping[str, Config]) -> list[Certificate]:
    """Make and write datasets in this process; the certificate of the first that fails."""
    for letter, config in configs.items():
        kind = scenario(letter)
        worlds = list(_watch(kind.worlds(config), kind.world_count(config)))
        tables = Tables(describe(letter, config, worlds), worlds)
        certificate = certify(tables)
        if not certificate.passed:
            return [certificate]
        folder = write(
            tables, request.out, certificate=str(certificate), overwrite=request.overwrite
        )
        print(f"{folder}: {tables.manifest.rows} questions about {tables.manifest.events} events")
    return []


def _make_on(request: Request, configs: Mapping[str, Config]) -> list[Certificate]:
    """The same in parts, on an engine."""
    engine = request.engine
    if engine is None:
        raise ValueError("no engine is named")
    engine.check()
    from generators.datasets.pipeline import make

    try:
        for letter, config in configs.items():
            folder = make(letter, config, request.out, engine, overwrite=request.overwrite)
            print(folder or f"{scenario(letter).name}: queued; {request.out} will hold it")
    except FailedError as error:
        return [error.certificate]
    return []


def verify(folder: Path) -> int:
    """Check every dataset in a folder by brute force and print the certificates.

    Returns:
        0 if all pass, else 1.

    Raises:
        DatasetError: There is no dataset, or one is damaged.
    """
    with one_line(folder):
        letters = [
            letter
            for letter, entry in SCENARIOS.items()
            if (folder / entry.name).is_dir() or folder.name == entry.name
        ]
    if not letters:
        raise DatasetError(f"{folder}: holds no dataset → give a folder that --out wrote to")
    return _show([certify(read(folder, letter)) for letter in letters])


def join_parts(out: Path, *, overwrite: bool) -> int:
    """Join the parts of all datasets in a folder.

    Returns:
        0; 1 if a dataset fails its verification, in which case its parts are left.

    Raises:
        HeinwError: There are no parts, one is missing or damaged, or the dataset is there already.
    """
    with one_line(out):
        letters = [letter for letter in SCENARIOS if shards.parts_folder(out, letter).exists()]
    if not letters:
        raise DatasetError(f"{out}: holds no parts → make them with --shard 1/N … N/N")
    try:
        for letter in letters:
            print(joining.join(out, letter, overwrite=overwrite))
    except FailedError as error:
        return _show([error.certificate])
    return 0


def _make_parts(request: Request, shard: shards.Shard, configs: Mapping[str, Config]) -> int:
    out, overwrite = request.out, request.overwrite
    for letter, config in configs.items():
        shards.require_part_place(letter, config, shard, out, overwrite=overwrite)
    for letter, config in configs.items():
        print(shards.write_part(letter, config, shard, out, _watch, overwrite=overwrite))
    return 0


def configs_of(letters: Iterable[str], settings: Mapping[str, Any]) -> dict[str, Config]:
    """The settings of each scenario.

    Raises:
        ConfigError: A setting belongs to none of the scenarios, or a value cannot be used.
    """
    configs = {letter: config_from(letter, settings) for letter in letters}
    names = {name for config in configs.values() for name in config.settings()}
    for name in settings:
        if name not in names:
            raise ConfigError(
                f"{name!r} is no setting of scenario {', '.join(configs)} "
                f"→ there are {', '.join(sorted(names))}"
            )
    return configs


def _watch(made: Iterable[World], total: int) -> Iterable[World]:
    """Show progress on a terminal, and nothing elsewhere."""
    from tqdm import tqdm

    # `disable=None` asks whether the stream is a terminal.
    watched: Iterable[World] = tqdm(
        made, total=total, unit=" worlds", disable=None, leave=False, file=sys.stderr
    )
    return watched


def _push(push: hub.Push, out: Path, letters: list[str], dry_run: bool) -> None:
    with hub.as_pushed(out) as folder:
        if not dry_run:
            print(hub.upload(push, folder, letters))
            return
        print(f"Would push to {push.repo} ({'private' if push.private else 'public'}):")
        for name in hub.uploads(folder):
            print(f"{(folder / name).stat().st_size:>12} {name}")


def _show(certificates: list[Certificate]) -> int:
    print("\n\n".join(map(str, certificates)))
    return 0 if all(certificate.passed for certificate in certificates) else 1
