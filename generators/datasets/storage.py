"""Datasets on disk: `write` puts one in place with its card, `read` checks it when it is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from generators.datasets import card
from generators.datasets.layout import (
    CARD,
    CERTIFICATE,
    EVENTS,
    MANIFEST,
    QUESTIONS,
    require_ours,
    require_room,
)
from generators.datasets.reading import read, read_manifest
from generators.datasets.tables import Manifest, Tables, canonical_line
from generators.scenarios import scenario
from generators.staging import one_line, publish, staging

__all__ = ["EVENTS", "MANIFEST", "QUESTIONS", "put_dataset", "read", "read_manifest", "write"]


def write(
    tables: Tables, out: Path, *, certificate: str | None = None, overwrite: bool = False
) -> Path:
    """Write a dataset to its folder under `out`, and the card of `out`.

    Returns:
        The folder of the scenario.

    Raises:
        HeinwError: See `put_dataset`.
    """

    def fill(folder: Path) -> None:
        write_lines(folder / QUESTIONS, tables.rows())
        write_lines(folder / EVENTS, tables.event_rows())
        write_manifest(folder, tables.manifest)
        if certificate is not None:
            write_certificate(folder, certificate)

    return put_dataset(tables.manifest.scenario, out, fill, overwrite=overwrite)


def require_place(letter: str, out: Path, *, overwrite: bool) -> None:
    """Refuse a place where a dataset cannot be put, before any work is done.

    Raises:
        HeinwError: See `put_dataset`.
    """
    with one_line(out):
        require_room(out / scenario(letter).name, overwrite=overwrite)
        card.require_own_card_in(out)
        card.held(out)


def put_dataset(
    letter: str, out: Path, fill: Callable[[Path], None], *, overwrite: bool = False
) -> Path:
    """Put the folder of a scenario and the card of all scenarios in place, or neither.

    Args:
        letter: Scenario.
        out: Folder of the dataset; made if it is not there.
        fill: Writes the files into the folder that it gets.
        overwrite: Whether to replace a dataset that is there already.

    Returns:
        The folder of the scenario.

    Raises:
        ConfigError: The dataset is there already and `overwrite` is not set, something is there
            that is not ours, or `out` cannot be written.
        DatasetError: The card cannot be written, as the manifest of another scenario is damaged.
    """
    require_place(letter, out, overwrite=overwrite)
    name = scenario(letter).name
    with staging(out) as new:
        (new / name).mkdir()
        fill(new / name)
        (new / CARD).write_text(card.render(new, out), encoding="utf-8")
        checks = {name: require_ours if overwrite else None, CARD: card.require_own_card}
        publish(new, out, checks)
    card.refresh(out)
    return out / name


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows in their canonical form, one a line."""
    with path.open("wb") as file:
        file.writelines(canonical_line(row) for row in rows)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a dataset, or of a part of one, into its folder."""
    text = json.dumps(manifest.model_dump(mode="json"), indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def write_certificate(folder: Path, certificate: str) -> None:
    """Write what a verification found into the folder of a dataset."""
    (folder / CERTIFICATE).write_text(certificate + "\n", encoding="utf-8")
