"""Stores that are written before an evaluation are those that it finds."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from generators.errors import ConfigError
from hei_nw_tasks.memory.__main__ import main
from hei_nw_tasks.memory.protocol import Episode, Item
from hei_nw_tasks.memory.recalling import Recall
from hei_nw_tasks.memory.stores import registered
from hei_nw_tasks.memory.writing import Work
from hei_nw_tasks.model.settings import split
from hei_nw_tasks.task import load_dataset

N = 57  # of A: six worlds
Captured = pytest.CaptureFixture[str]


class Scribe:
    """Recalls what it was told last, and writes down how often it was told anything."""

    def open(self, scope: str, folder: Path) -> None:
        self.items: list[Item] = []

    def write(self, event: Episode) -> None:
        with Path(os.environ["SCRIBE"]).open("a") as told:
            told.write(f"{event.scope}\n")
        self.items.append(Item(event.text, event.id))

    def recall(self, query: str, as_of: datetime, k: int) -> list[Item]:
        return self.items[-k:]


@pytest.fixture(autouse=True)
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "told"
    path.touch()
    monkeypatch.setenv("SCRIBE", str(path))
    with registered([]):
        yield path


def work(folder: Path, **others: Any) -> Work:
    name = f"{__name__}:Scribe"
    return Work("A", {"n": N}, {"memory": name, "memory_folder": str(folder), "k": 3} | others)


def evaluated(work: Work) -> dict[str, list[str]]:
    """What the model's own arm shows for each question."""
    settings, _ = split({"mode": "B1", "pretrained": "heinw-reader", **work.arguments})
    arm = settings.recaller(len, None, "a model")
    docs: list[Mapping[str, Any]] = list(load_dataset("A", **work.settings)["test"])
    found: dict[int, Recall] = dict(arm.recalls(docs, quiet=True))
    return {docs[position]["id"]: recall.texts for position, recall in found.items()}


def test_the_evaluation_finds_what_was_written_and_writes_nothing(tmp_path: Path, told: Path):
    mine = work(tmp_path / "stores")
    assert mine.write() == 6
    before = told.read_text()
    assert before
    found = evaluated(mine)
    assert told.read_text() == before
    assert found == evaluated(work(tmp_path / "others"))
    assert told.read_text() == before * 2
    # More in the prompt, another model: the same stores.
    assert len(evaluated(work(tmp_path / "stores", k=7))) == N
    assert told.read_text() == before * 2


@pytest.mark.parametrize("scopes", [1, 4])
def test_parts_write_every_store_once(tmp_path: Path, told: Path, scopes: int):
    mine = work(tmp_path / "parts", scopes=scopes)
    assert mine.kept(3) == ({2} if scopes == 4 else set())  # two folders are two parts at most
    counts = [mine.write(1, 3)]
    assert mine.kept(3) == ({1, 2} if scopes == 4 else {1})
    counts += [mine.write(rank, 3) for rank in (0, 2)]
    assert sum(counts) == 6
    assert mine.kept(3) == {0, 1, 2}
    apart = sorted(told.read_text().split())
    assert evaluated(mine) == evaluated(work(tmp_path / "whole", scopes=scopes))
    assert sorted(told.read_text().split()) == sorted(apart * 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"memory_folder": None}, "add memory_folder=DIR to --model_args"),
        ({"mode": "B2", "memory": "episodic"}, "only stores of B1 are written before a run"),
        ({"memory": "episodic", "memory_args": "alpha=0.5"}, "needs the model that answers"),
        ({"memory": "model"}, "needs the model that answers"),
        ({"memory": "episodicc"}, "did you mean 'episodic'?"),
        ({"memory_foldr": "x"}, "did you mean 'memory_folder'?"),
    ],
)
def test_what_cannot_be_written_before_a_run_is_refused(
    tmp_path: Path, arguments: dict[str, Any], message: str
):
    folder = tmp_path / "stores"
    mine = work(folder, **arguments)
    left = {name: value for name, value in mine.arguments.items() if value is not None}
    with pytest.raises(ConfigError) as caught:
        replace(mine, arguments=left).write()
    assert message in str(caught.value)
    assert not folder.exists()


def test_the_command_says_where_stores_are(tmp_path: Path, capsys: Captured):
    folder = tmp_path / "stores"
    run = ["write", "--scenario", "A", "--n", "20", "--model_args"]
    assert main([*run, f"memory=episodic,memory_folder={folder}"]) == 0
    assert capsys.readouterr().out == f"heinw_A: 2 stores are in {folder}\n"
    assert main([*run, "memory=episodic"]) == 2
    assert main([*run, "memory=episodic", "--tasks", "2"]) == 2


@pytest.mark.slow
def test_tasks_on_several_processes_write_each_store_once(tmp_path: Path, told: Path):
    folder = tmp_path / "stores"
    arguments = f"memory={__name__}:Scribe,memory_folder={folder},k=3"
    run = ["write", "--scenario", "A", "--n", str(N), "--model_args", arguments]
    work(folder).write(0, 3)
    before = told.read_text()
    assert main([*run, "--executor", "local", "--tasks", "3", "--workers", "2"]) == 0
    everything = told.read_text()
    assert everything.startswith(before)
    assert {path.name for path in folder.iterdir()} == {"replays.sqlite", "stores"}
    assert evaluated(work(folder)) == evaluated(work(tmp_path / "whole"))
    assert sorted(told.read_text().split()) == sorted(everything.split() * 2)
