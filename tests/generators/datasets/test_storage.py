from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from generators.datasets.storage import EVENTS, MANIFEST, QUESTIONS, read, write
from generators.datasets.tables import Tables, build
from generators.errors import ConfigError, DatasetError
from generators.scenario_a.config import EpisodeConfig


@pytest.fixture
def tables() -> Tables:
    return build("A", EpisodeConfig(n=25, seed=4))


def test_what_is_written_is_read_back(tables: Tables, tmp_path: Path):
    folder = write(tables, tmp_path / "data")
    assert folder == tmp_path / "data" / "heinw_A"
    assert read(folder, "A") == read(folder.parent, "A") == tables


def test_the_checksum_in_the_manifest_is_that_of_the_file(tables: Tables, tmp_path: Path):
    folder = write(tables, tmp_path)
    manifest = json.loads((folder / MANIFEST).read_text())
    for name, key in ((QUESTIONS, "rows_sha256"), (EVENTS, "events_sha256")):
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == manifest[key]


def test_an_existing_dataset_is_replaced_only_on_request(tables: Tables, tmp_path: Path):
    write(tables, tmp_path)
    other = build("A", EpisodeConfig(n=3))
    with pytest.raises(ConfigError, match="exists already → give --overwrite"):
        write(other, tmp_path)
    assert read(tmp_path, "A") == tables
    write(other, tmp_path, overwrite=True)
    assert read(tmp_path, "A") == other
    assert {path.name for path in tmp_path.iterdir()} == {"heinw_A", "README.md"}


@pytest.mark.parametrize("name", [QUESTIONS, EVENTS])
@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: content + content[: content.index(b"\n") + 1],
        lambda content: content.replace(b'"day":0', b'"day":1').replace(b"true", b"false", 1),
    ],
    ids=["no last newline", "half", "empty", "one more", "changed"],
)
def test_rows_that_are_not_the_manifests_are_refused(
    tables: Tables, tmp_path: Path, name: str, damage: Any
):
    folder = write(tables, tmp_path)
    path = folder / name
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DatasetError, match=f"{name}: .* not the .* rows of the manifest .* → "):
        read(folder, "A")


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: "{",
        lambda manifest: json.dumps({**manifest, "rows": "many"}),
        lambda manifest: json.dumps({k: v for k, v in manifest.items() if k != "config"}),
        lambda manifest: json.dumps({**manifest, "config": {"n": 0}}),
        lambda manifest: json.dumps([1]),
    ],
)
def test_a_manifest_that_cannot_be_used_is_named(tables: Tables, tmp_path: Path, change: Any):
    folder = write(tables, tmp_path)
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(change(manifest))
    with pytest.raises(
        DatasetError, match=r"manifest\.json: .* → write the dataset anew"
    ) as caught:
        read(folder, "A")
    assert "\n" not in str(caught.value)


def test_missing_files_are_named(tables: Tables, tmp_path: Path):
    with pytest.raises(DatasetError, match=r"manifest\.json: No such file .* → give a folder"):
        read(tmp_path, "A")
    folder = write(tables, tmp_path)
    (folder / EVENTS).unlink()
    with pytest.raises(DatasetError, match=r"events\.jsonl: No such file"):
        read(folder, "A")


def test_the_dataset_of_another_scenario_is_refused(tables: Tables, tmp_path: Path):
    folder = write(tables, tmp_path)
    with pytest.raises(DatasetError, match="holds scenario A, not B → use the task heinw_A"):
        read(folder, "B")


def test_rows_of_other_fields_are_refused_even_with_a_right_checksum(
    tables: Tables, tmp_path: Path
):
    folder = write(tables, tmp_path)
    for name, key, old, new in (
        (QUESTIONS, "rows_sha256", b'"answerable":true', b'"answerable":"yes!"'),
        (EVENTS, "events_sha256", b'"pinned":false', b'"pin":false'),
    ):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content.replace(old, new))
        manifest = json.loads((folder / MANIFEST).read_text())
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        (folder / MANIFEST).write_text(json.dumps({**manifest, key: digest}))
        with pytest.raises(DatasetError, match="a row has the wrong fields") as caught:
            read(folder, "A")
        assert "\n" not in str(caught.value)
        (folder / name).write_bytes(content)
        (folder / MANIFEST).write_text(json.dumps(manifest))
