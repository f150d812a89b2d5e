"""The dataset card: `README.md` of a dataset folder, for people and for `load_dataset`.

It is written from the manifests and certificates in the folder, so it always describes all the
scenarios that the folder holds.

`load_dataset` caches what it has read. Its key for a folder is made from the card and not from the
rows (for a repository on the Hub it is the commit), so the card states the sha256 of the rows.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, get_args

from generators.config import Style
from generators.console import visible
from generators.datasets.layout import CARD, CERTIFICATE, EVENTS, MANIFEST, QUESTIONS
from generators.datasets.parquet import FILES
from generators.datasets.reading import LONGEST_LINE, read_file, read_manifest
from generators.datasets.tables import DATES, EVENT_COLUMNS, QUESTION_COLUMNS, Manifest
from generators.errors import ConfigError
from generators.scenarios import SCENARIOS, scenario
from generators.staging import publish, staging

# Marks every copy of the data, so that training corpora can be searched for it.
CANARY = "heinw-canary-7f1d3c52-9c1e-4f0b-8d6a-52b1e6f0a9c4"
_SEAL = "<!-- sha256 of what stands above:"
_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"))


def require_own_card(path: Path) -> None:
    """Refuse to replace a file that is not a card as we wrote it.

    Raises:
        ConfigError: Somebody else has written the file or changed it, or it is no file.
    """
    text = None
    if path.is_file() and not path.is_symlink():
        text = path.read_text(encoding="utf-8", errors="replace")
    if text != _sealed((text or "").rpartition(_SEAL)[0]):
        raise ConfigError(
            f"{path}: is not ours or was changed, and would be replaced "
            "→ move it away or name another --out"
        )


def require_own_card_in(out: Path) -> None:
    """Refuse a folder whose card is not ours.

    Raises:
        ConfigError: See `require_own_card`.
    """
    if os.path.lexists(out / CARD):
        require_own_card(out / CARD)


def refresh(out: Path) -> None:
    """Make the card describe what the folder holds, also if others write to it meanwhile.

    Raises:
        HeinwError: The card is not ours, a manifest is damaged, or the disk is full.
    """
    while (text := render(out)) != _content(out / CARD):
        with staging(out) as new:
            (new / CARD).write_text(text, encoding="utf-8")
            publish(new, out, {CARD: require_own_card})


def held(*folders: Path) -> dict[str, tuple[Path, Manifest]]:
    """The scenarios that dataset folders hold, by letter; of two, the one in the first folder.

    Raises:
        DatasetError: A manifest is damaged.
    """
    found = {}
    for letter, entry in SCENARIOS.items():
        for path in (folder / entry.name for folder in folders):
            if letter not in found and (path / MANIFEST).exists():
                found[letter] = path, read_manifest(path / MANIFEST)
    return found


def render(*folders: Path, parquet: bool = False) -> str:
    """The card of what dataset folders hold, see `held`.

    Args:
        folders: The dataset folders.
        parquet: Whether `load_dataset` and the Hub's viewer read the Parquet files.

    Raises:
        DatasetError: A manifest is damaged.
    """
    from huggingface_hub import DatasetCardData

    found = held(*folders)
    manifests = {letter: manifest for letter, (_, manifest) in found.items()}
    rows = sum(manifest.rows for manifest in manifests.values())
    data = DatasetCardData(
        pretty_name="HEI-NW: episodic memory of language models",
        language="en",
        license="cc-by-4.0",
        task_categories=["question-answering"],
        size_categories=[next((name for size, name in _SIZES if rows < size), "n>1M")],
        tags=["synthetic", "episodic-memory"],
        configs=[config for made in manifests.values() for config in _configs(made, parquet)],
        dataset_info=[info for made in manifests.values() for info in _features(made)],
    )
    template = Template(
        files("generators.datasets").joinpath("card.md").read_text(encoding="utf-8")
    )
    return _sealed(
        template.substitute(
            data=data.to_yaml(),
            table="\n".join(_table_row(made) for made in manifests.values()),
            first=scenario(next(iter(manifests), "A")).name,
            config=next(map(config_name, manifests.values()), ""),
            fields=_fields(QUESTION_COLUMNS),
            event_fields=_fields(EVENT_COLUMNS),
            certificates="\n\n".join(
                _certificate(letter, path) for letter, (path, _) in found.items()
            ),
            canary=CANARY,
        )
    )


def _sealed(text: str) -> str:
    """A card with a last line by which it is known again."""
    text = f"{text.rstrip()}\n\n"
    return f"{text}{_SEAL} {hashlib.sha256(text.encode()).hexdigest()} -->\n"


def _content(path: Path) -> str | None:
    if not os.path.lexists(path):
        return None
    advice = "move it away or name another --out"
    return read_file(path, LONGEST_LINE, advice).decode(errors="replace")


def config_name(made: Manifest) -> str:
    """What `load_dataset` calls the questions: the scenario, and the style but for logs."""
    name, style = scenario(made.scenario).name, made.config.style
    return name if style == get_args(Style)[0] else f"{name}_{style}"


def _configs(made: Manifest, parquet: bool) -> list[dict[str, Any]]:
    name, config_of_questions = scenario(made.scenario).name, config_name(made)
    return [
        {
            "config_name": config,
            "data_files": [{"split": "test", "path": f"{name}/{FILES[file] if parquet else file}"}],
            # A field of `datasets.BuilderConfig`, and so a part of the cache key.
            "description": f"{count} rows, sha256 {sha256}",
        }
        for config, file, count, sha256 in (
            (config_of_questions, QUESTIONS, made.rows, made.rows_sha256),
            (f"{config_of_questions}_events", EVENTS, made.events, made.events_sha256),
        )
    ]


def _features(made: Manifest) -> list[dict[str, Any]]:
    # Stated, because the type of a column that is all null cannot be inferred.
    name = config_name(made)
    return [
        {"config_name": config, "features": [_feature(*column) for column in columns.items()]}
        for config, columns in ((name, QUESTION_COLUMNS), (f"{name}_events", EVENT_COLUMNS))
    ]


def _feature(name: str, kind: str | list[str]) -> dict[str, str]:
    if name in DATES:
        # `load_dataset` reads such strings as dates in any case, and would add a time.
        return {"name": name, "dtype": "date32"}
    if isinstance(kind, list):
        return {"name": name, "sequence": kind[0]}
    return {"name": name, "dtype": kind}


def _spell(name: str, kind: str | list[str]) -> str:
    if name in DATES:
        return "date"
    return f"list of {kind[0]}" if isinstance(kind, list) else kind


def _fields(columns: Mapping[str, str | list[str]]) -> str:
    return "\n".join(f"| `{name}` | {_spell(name, kind)} |" for name, kind in columns.items())


def _table_row(made: Manifest) -> str:
    settings = ", ".join(f"{name} {value}" for name, value in made.config.settings().items())
    return f"| `{config_name(made)}` | {made.rows} | {made.events} | {settings} |"


def _certificate(letter: str, folder: Path) -> str:
    text = _content(folder / CERTIFICATE)
    if text is None:
        return f"`{scenario(letter).name}`: not certified yet; run `python -m generators verify`."
    lines = map(visible, text.rstrip().splitlines())
    return "\n".join(("```", *lines, "```"))
