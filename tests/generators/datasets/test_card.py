from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from datasets import load_dataset

from generators.__main__ import main
from generators.datasets.card import CANARY, render
from generators.datasets.source import config_from
from generators.datasets.storage import write
from generators.datasets.tables import Tables, build, describe
from generators.scenario_a.config import EpisodeConfig
from generators.scenarios import SCENARIOS


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    assert main(["--scenario", "all", "--n", "30", "--seed", "2", "--out", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("letter", SCENARIOS)
def test_load_dataset_reads_what_the_command_wrote(letter: str, out: Path, tmp_path: Path):
    made = build(letter, config_from(letter, {"n": 30, "seed": 2}))
    cache = str(tmp_path)
    questions = load_dataset(str(out), f"heinw_{letter}", split="test", cache_dir=cache)
    events = load_dataset(str(out), f"heinw_{letter}_events", split="test", cache_dir=cache)
    assert [{**row, "as_of": row["as_of"].isoformat()} for row in questions] == list(made.rows())
    assert [{**row, "date": row["date"].isoformat()} for row in events] == list(made.event_rows())


def test_load_dataset_never_serves_the_rows_of_another_dataset(tmp_path: Path):
    """One cache for all; the folders have the same name, and most the same path."""

    def loaded(folder: Path) -> list[list[str]]:
        configs = (("heinw_A", "id"), ("heinw_A_events", "event_id"))
        cache = str(tmp_path / "cache")
        return [
            load_dataset(str(folder), name, split="test", cache_dir=cache)[column][:]
            for name, column in configs
        ]

    def made(n: int, seed: int, folder: Path) -> list[list[str]]:
        given = ["--scenario", "A", "--n", str(n), "--seed", str(seed), "--out", str(folder)]
        assert main([*given, "--overwrite"]) == 0
        rows = (folder / "heinw_A" / name for name in ("questions.jsonl", "events.jsonl"))
        keys = ("id", "event_id")
        return [
            [json.loads(line)[key] for line in path.read_text(encoding="utf-8").splitlines()]
            for path, key in zip(rows, keys, strict=True)
        ]

    here, copied = tmp_path / "cds", tmp_path / "copied" / "cds"
    first = made(8, 0, here)
    assert loaded(here) == first
    shutil.copytree(here, copied)
    for n, seed in ((12, 0), (12, 5)):
        assert loaded(here) != (again := made(n, seed, here))
        assert loaded(here) == again
    assert loaded(copied) == first
    # Another version of the generators makes other rows of the same settings.
    tables = build("A", EpisodeConfig(n=8))
    for question in tables.worlds[0].questions:
        question.id = question.id[::-1]
    other = Tables(describe("A", tables.manifest.config, tables.worlds), tables.worlds)
    write(other, copied, overwrite=True)
    (copied / "README.md").write_text(render(copied), encoding="utf-8")
    assert loaded(copied) == [[row[::-1] for row in first[0]], first[1]]


def test_the_head_of_the_card_is_what_the_hub_asks_for(out: Path):
    head = yaml.safe_load((out / "README.md").read_text().split("---\n")[1])
    assert head["license"] == "cc-by-4.0"
    assert head["language"] == "en"
    assert head["size_categories"] == ["n<1K"]
    assert head["task_categories"] == ["question-answering"]
    assert {"synthetic", "episodic-memory"} <= set(head["tags"])
    names = [f"heinw_{letter}{kind}" for letter in SCENARIOS for kind in ("", "_events")]
    assert [config["config_name"] for config in head["configs"]] == names
    for config in head["configs"]:
        assert (out / config["data_files"][0]["path"]).is_file()


def test_the_card_says_how_it_was_made_and_what_it_is_worth(out: Path):
    card = (out / "README.md").read_text()
    for letter in SCENARIOS:
        assert (out / f"heinw_{letter}" / "certificate.txt").read_text().strip() in card
    for part in (
        CANARY,
        "seed 2",
        "load_dataset",
        "CC-BY-4.0",
        "@software",
        "`distractor_answers`",
    ):
        assert part in card
    assert "$" not in card.split("---\n", 2)[2]
