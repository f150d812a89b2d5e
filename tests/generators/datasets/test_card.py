from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from datasets import load_dataset

from generators.__main__ import main
from generators.datasets.card import CANARY
from generators.datasets.source import config_from
from generators.datasets.tables import build
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
