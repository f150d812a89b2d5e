from __future__ import annotations

from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from generators.datasets.source import tables_from
from generators.datasets.storage import write
from generators.datasets.tables import build
from generators.errors import ConfigError, DatasetError
from generators.scenario_a.config import EpisodeConfig


def test_settings_are_taken_from_among_other_keys():
    metadata = {"n": 7, "seed": 3, "pretrained": "x", "load_in_4bit": True, "version": 1.0}
    tables, source = tables_from("A", metadata)
    assert tables == build("A", EpisodeConfig(n=7, seed=3))
    assert source == "generated"


def test_without_settings_there_are_500_answerable_questions_and_a_quarter_more():
    tables, _ = tables_from("A", {})
    rows = list(tables.rows())
    assert sum(row["answerable"] for row in rows) == 500
    assert len(rows) == 625


def test_a_folder_is_read(tmp_path: Path):
    made = build("A", EpisodeConfig(n=12, seed=8))
    write(made, tmp_path)
    for place in (tmp_path, tmp_path / "heinw_A"):
        assert tables_from("A", {"dataset": str(place)}) == (made, str(place))


def test_settings_beside_a_dataset_must_be_its_own(tmp_path: Path):
    write(build("A", EpisodeConfig(n=12, seed=8)), tmp_path)
    same = {"dataset": str(tmp_path), "seed": 8, "lag_bins": [0, 1, 3, 7, 30]}
    assert tables_from("A", same)[0].manifest.config.seed == 8
    with pytest.raises(ConfigError, match=r"seed=9: .* was made with seed=8 → leave the key out"):
        tables_from("A", {**same, "seed": 9})


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"confounder_ratio": 0}, "unknown key 'confounder_ratio' → did you mean"),
        ({"n": -1}, "n=-1"),
        ({"dataset": 5}, "dataset=5: give a folder or a Hub id"),
    ],
)
def test_what_cannot_be_used_is_refused(metadata: dict[str, object], message: str):
    with pytest.raises(ConfigError, match=message):
        tables_from("A", metadata)


def test_an_unknown_scenario_is_refused():
    with pytest.raises(ConfigError, match="scenario 'Z' is unknown → the scenarios are A"):
        tables_from("Z", {})


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(DatasetError, match="No such file"):
        tables_from("A", {"dataset": str(tmp_path / "nowhere")})


@pytest.mark.parametrize("named", ["n" * 5000, "\0", "~nobody-here", "org/heinw\0"])
def test_a_name_that_no_folder_can_have_is_one_short_line(named: str):
    with pytest.raises(DatasetError, match=r"dataset=.* → check the name") as caught:
        tables_from("A", {"dataset": named})
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("named", "revision"), [("org/heinw", None), ("org/heinw@v2", "v2"), ("org/heinw@a/b", "a/b")]
)
def test_a_hub_id_is_downloaded(
    named: str, revision: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made = build("A", EpisodeConfig(n=12))
    write(made, tmp_path)
    asked = []

    def snapshot_download(
        repo: str,
        *,
        repo_type: str,
        revision: str | None,
        allow_patterns: str,
        ignore_patterns: str,
    ) -> str:
        asked.append((repo, repo_type, revision, allow_patterns, ignore_patterns))
        return str(tmp_path)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    assert tables_from("A", {"dataset": named}) == (made, named)
    assert asked == [("org/heinw", "dataset", revision, "heinw_A/*", "*.parquet")]


def test_a_hub_that_does_not_answer_is_one_line(monkeypatch: pytest.MonkeyPatch):
    def snapshot_download(*_: object, **__: object) -> str:
        raise LocalEntryNotFoundError("Cannot reach the Hub.\nMore about it.")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    with pytest.raises(
        DatasetError, match=r"org/heinw: is neither .*Cannot reach the Hub"
    ) as caught:
        tables_from("A", {"dataset": "org/heinw"})
    assert "\n" not in str(caught.value)
