"""Where the dataset of a run comes from: generated, read from a folder, or from the Hub.

{"n": 512, "seed": 42}        generated in memory with these settings
{"dataset": "data/heinw"}     read from the folder that `python -m generators --out` wrote
{"dataset": "org/heinw"}      the same folder, downloaded from the Hub
{"dataset": "org/heinw@v2"}   the same, as of a branch, tag or commit
"""

from __future__ import annotations

import json
import re
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from generators.config import Config, make_config, reject_near_misses
from generators.console import shortened
from generators.datasets.storage import read
from generators.datasets.tables import Tables, build
from generators.errors import ConfigError, DatasetError
from generators.scenarios import SCENARIOS, scenario
from generators.tokens import TokenCounter
from generators.verify.remaking import doubt

_HUB_ID = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)(@(?P<revision>.+))?")
DATASET = "dataset"


def json_object(text: str) -> dict[str, Any]:
    """Parse the value of a `--metadata` option.

    Raises:
        ArgumentTypeError: The text is not a JSON object.
    """
    try:
        value = json.loads(text)
    except (RecursionError, ValueError) as error:
        raise ArgumentTypeError(f"{shortened(text)!r} is not JSON ({error})") from None
    if not isinstance(value, dict):
        raise ArgumentTypeError(f"{shortened(text)!r} is not a JSON object")
    return value


def config_from(letter: str, metadata: Mapping[str, Any]) -> Config:
    """Pick the settings of a scenario from among other keys; missing ones have their defaults.

    Raises:
        ConfigError: A key looks like a misspelt setting, or a value cannot be used.
    """
    kind: type[Config] = scenario(letter).config
    reject_near_misses(metadata, _known_keys())
    given = {name: metadata[name] for name in kind.model_fields if name in metadata}
    return make_config(kind, given)


def foreign_settings(letter: str, metadata: Mapping[str, Any]) -> list[str]:
    """Settings in the metadata that only other scenarios have.

    They are no error: a run of the whole group passes every key to every task.
    """
    return sorted((_known_keys() - {DATASET, *scenario(letter).config.model_fields}) & {*metadata})


def tables_from(
    letter: str,
    metadata: Mapping[str, Any],
    load_counter: Callable[[str], TokenCounter] | None = None,
) -> tuple[Tables, str]:
    """Get the dataset that a run's metadata asks for.

    Args:
        letter: Scenario.
        metadata: Our settings, among other people's keys.
        load_counter: Loads the token counter of a tokenizer by its name; None if it cannot be
            loaded here.

    Returns:
        The dataset, and "generated" or the folder or Hub id it was read from.

    Raises:
        ConfigError: A key looks like a misspelt setting, or a value cannot be used.
        DatasetError: The dataset that is named is missing or damaged.
    """
    config = config_from(letter, metadata)
    named = metadata.get(DATASET)
    if named is None:
        if load_counter is not None:
            config = config.for_run(metadata, load_counter)
        return build(letter, config), "generated"
    if not isinstance(named, str):
        raise ConfigError(f"{DATASET}={named!r}: give a folder or a Hub id as a string")
    tables = read(_folder(named, letter), letter)
    made_with = tables.manifest.config.settings()
    for name, value in config.settings().items():
        if name in metadata and value != made_with.get(name):
            raise ConfigError(
                f"{name}={value!r}: {named} was made with {name}={made_with.get(name)!r} "
                f"→ leave the key out, or generate without {DATASET!r}"
            )
    return tables, named


def doubt_about(
    tables: Tables, metadata: Mapping[str, Any], load_counter: Callable[[str], TokenCounter]
) -> str | None:
    """Why the dataset of a run is not proven to be what its manifest says; None if it is.

    Args:
        tables: The dataset.
        metadata: Metadata of the run; its tokenizer is at hand.
        load_counter: Loads the token counter of a tokenizer by its name.
    """
    manifest = tables.manifest
    if manifest.config.obstacle():
        # A name in a manifest is not to be trusted: only the tokenizer of the run is loaded.
        with suppress(ConfigError):
            config = manifest.config.for_run(metadata, load_counter)
            if config.settings() == manifest.config.settings():
                tables = replace(tables, manifest=manifest.model_copy(update={"config": config}))
    return doubt(tables)


def _known_keys() -> set[str]:
    """Keys of all scenarios."""
    return {DATASET}.union(*(kind.config.model_fields for kind in SCENARIOS.values()))


def _folder(named: str, letter: str) -> Path:
    folder, here = Path(named), True
    try:
        folder = folder.expanduser()
        folder.stat()
    except (FileNotFoundError, NotADirectoryError):
        here = False
    except (OSError, RuntimeError, ValueError) as error:
        # A name that is too long, `~` of nobody, a null character.
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(f"{DATASET}={shortened(named)!r}: {reason} → check the name") from None
    hub_id = _HUB_ID.fullmatch(named)
    if here or not hub_id:
        return folder
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        files = f"{scenario(letter).name}/*"
        return Path(
            snapshot_download(
                hub_id["repo"],
                repo_type="dataset",
                revision=hub_id["revision"],
                allow_patterns=files,
                ignore_patterns="*.parquet",  # for the viewer: the same rows again
            )
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise DatasetError(
            f"{named}: is neither a folder here nor a dataset that the Hub gives out ({reason}) "
            f"→ check the name, or log in with `hf auth login`"
        ) from None
