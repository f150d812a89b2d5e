"""The dataset card: `README.md` of a dataset folder, for people and for `load_dataset`.

It is written from the manifests and certificates in the folder, so it always describes all the
scenarios that the folder holds.

`load_dataset` caches what it has read. Its key for a folder is made from the card and not from the
rows (for a repository on the Hub it is the commit), so the card states the sha256 of the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from generators.datasets.storage import CERTIFICATE, EVENTS, MANIFEST, QUESTIONS
from generators.datasets.tables import EVENT_COLUMNS, QUESTION_COLUMNS, Manifest
from generators.scenarios import SCENARIOS, scenario

CARD = "README.md"
# Marks every copy of the data, so that training corpora can be searched for it.
CANARY = "heinw-canary-7f1d3c52-9c1e-4f0b-8d6a-52b1e6f0a9c4"
_DATES = ("as_of", "date")
_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"))


def held(out: Path) -> dict[str, Manifest]:
    """The manifests of the scenarios that a dataset folder holds, by letter."""
    paths = {letter: out / entry.name / MANIFEST for letter, entry in SCENARIOS.items()}
    return {
        letter: Manifest.model_validate_json(path.read_bytes())
        for letter, path in paths.items()
        if path.exists()
    }


def render(out: Path) -> str:
    """The card of a dataset folder."""
    from huggingface_hub import DatasetCardData

    manifests = held(out)
    rows = sum(manifest.rows for manifest in manifests.values())
    data = DatasetCardData(
        pretty_name="HEI-NW: episodic memory of language models",
        language="en",
        license="cc-by-4.0",
        task_categories=["question-answering"],
        size_categories=[next((name for size, name in _SIZES if rows < size), "n>1M")],
        tags=["synthetic", "episodic-memory"],
        configs=[config for made in manifests.values() for config in _configs(made)],
        dataset_info=[info for letter in manifests for info in _features(letter)],
    )
    template = Template(
        files("generators.datasets").joinpath("card.md").read_text(encoding="utf-8")
    )
    return template.substitute(
        data=data.to_yaml(),
        table="\n".join(_table_row(letter, manifest) for letter, manifest in manifests.items()),
        first=scenario(next(iter(manifests))).name,
        fields=_fields(QUESTION_COLUMNS),
        event_fields=_fields(EVENT_COLUMNS),
        certificates="\n\n".join(_certificate(out, letter) for letter in manifests),
        canary=CANARY,
    )


def _configs(made: Manifest) -> list[dict[str, Any]]:
    name = scenario(made.scenario).name
    return [
        {
            "config_name": config,
            "data_files": [{"split": "test", "path": f"{name}/{file}"}],
            # A field of `datasets.BuilderConfig`, and so a part of the cache key.
            "description": f"{count} rows, sha256 {sha256}",
        }
        for config, file, count, sha256 in (
            (name, QUESTIONS, made.rows, made.rows_sha256),
            (f"{name}_events", EVENTS, made.events, made.events_sha256),
        )
    ]


def _features(letter: str) -> list[dict[str, Any]]:
    # Stated, because the type of a column that is all null cannot be inferred.
    name = scenario(letter).name
    return [
        {"config_name": config, "features": [_feature(*column) for column in columns.items()]}
        for config, columns in ((name, QUESTION_COLUMNS), (f"{name}_events", EVENT_COLUMNS))
    ]


def _feature(name: str, kind: str | list[str]) -> dict[str, str]:
    if name in _DATES:
        # `load_dataset` reads such strings as dates in any case, and would add a time.
        return {"name": name, "dtype": "date32"}
    if isinstance(kind, list):
        return {"name": name, "sequence": kind[0]}
    return {"name": name, "dtype": kind}


def _spell(name: str, kind: str | list[str]) -> str:
    if name in _DATES:
        return "date"
    return f"list of {kind[0]}" if isinstance(kind, list) else kind


def _fields(columns: Mapping[str, str | list[str]]) -> str:
    return "\n".join(f"| `{name}` | {_spell(name, kind)} |" for name, kind in columns.items())


def _table_row(letter: str, made: Manifest) -> str:
    settings = ", ".join(f"{name} {value}" for name, value in made.config.settings().items())
    return f"| `{scenario(letter).name}` | {made.rows} | {made.events} | {settings} |"


def _certificate(out: Path, letter: str) -> str:
    path = out / scenario(letter).name / CERTIFICATE
    if not path.exists():
        return f"`{scenario(letter).name}`: not certified yet; run `python -m generators verify`."
    return f"```\n{path.read_text(encoding='utf-8').rstrip()}\n```"
