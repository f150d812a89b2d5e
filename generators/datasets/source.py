"""Where the dataset of a run comes from: generated, read from a folder, or from the Hub.

{"n": 512, "seed": 42}        generated in memory with these settings
{"dataset": "data/heinw"}     read from the folder that `python -m generators --out` wrote
{"dataset": "org/heinw"}      the same folder, downloaded from the Hub
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from generators.config import Config, make_config, reject_near_misses
from generators.datasets.storage import folder_of, read
from generators.datasets.tables import Tables, build
from generators.errors import ConfigError, DatasetError
from generators.scenarios import SCENARIOS, scenario
from generators.tokens import TokenCounter

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
DATASET = "dataset"


def json_object(text: str) -> dict[str, Any]:
    """Parse the value of a `--metadata` option.

    Raises:
        ValueError: The text is not a JSON object.
    """
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError(f"not a JSON object: {text}")
    return value


def config_from(letter: str, metadata: Mapping[str, Any]) -> Config:
    """The settings of a scenario from among other keys; what is not given has its default.

    Raises:
        ConfigError: A key looks like a misspelt setting, or a value cannot be used.
    """
    kind: type[Config] = scenario(letter).config
    reject_near_misses(metadata, _known_keys())
    given = {name: metadata[name] for name in kind.model_fields if name in metadata}
    return make_config(kind, given)


def foreign_settings(letter: str, metadata: Mapping[str, Any]) -> list[str]:
    """Settings in the metadata that other scenarios have, and this one has not.

    Not an error: a run of the whole group hands every key to every task.
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
        load_counter: Makes the counter of a tokenizer from its name; None if there are none here.

    Returns:
        The dataset, and "generated" or the folder or Hub id it was read from.

    Raises:
        ConfigError: A key looks like a misspelt setting, or a value cannot be used.
        DatasetError: The dataset that is named is missing or damaged.
    """
    config = config_from(letter, metadata)
    place = metadata.get(DATASET)
    if place is None:
        if load_counter is not None:
            config = config.equipped(metadata, load_counter)
        return build(letter, config), "generated"
    if not isinstance(place, str):
        raise ConfigError(f"{DATASET}={place!r}: give a folder or a Hub id as a string")
    tables = read(_folder(place, letter), letter)
    made_with = tables.manifest.config.settings()
    for name, value in config.settings().items():
        if name in metadata and value != made_with[name]:
            raise ConfigError(
                f"{name}={value!r}: {place} was made with {name}={made_with[name]!r} "
                f"→ leave the key out, or generate without {DATASET!r}"
            )
    return tables, place


def _known_keys() -> set[str]:
    """Keys of all scenarios: a run of the whole group hands every key to every task."""
    return {DATASET}.union(*(kind.config.model_fields for kind in SCENARIOS.values()))


def _folder(place: str, letter: str) -> Path:
    folder = Path(place).expanduser()
    if folder.exists() or not _HUB_ID.fullmatch(place):
        return folder
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(
            snapshot_download(place, repo_type="dataset", allow_patterns=f"{folder_of(letter)}/*")
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        reason = str(error).strip().splitlines()[0]
        raise DatasetError(
            f"{place}: is neither a folder here nor a dataset that the Hub gives out ({reason}) "
            f"→ check the name, or log in with `hf auth login`"
        ) from None
