"""Mode B1 with nothing remembered is B0, byte for byte (probe E0 of the HEI-NW plan)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hei_nw_tasks import register
from hei_nw_tasks.memory.protocol import Episode
from tests.hei_nw_tasks.model.running import NOMINAL, answers, evaluate, prompt


class Deaf:
    """Is opened, and keeps nothing of what it is told."""

    def open(self, scope: str, folder: Path, seed: int) -> None:
        assert folder.is_dir()

    def write(self, event: Episode) -> bool:
        return False

    def recall(self, query: str) -> list[str]:
        return []


@pytest.fixture(scope="module")
def alone(checkpoint: Path) -> dict[str, Any]:
    register()
    return evaluated(checkpoint, {"baseline": "none"})


def evaluated(checkpoint: Path, arm: dict[str, Any]) -> dict[str, Any]:
    arguments = {"pretrained": str(checkpoint), **arm}
    return evaluate("heinw", arguments, ["heinw_A", "heinw_B"], {"n": 6}, batch_size=4)


@pytest.mark.parametrize("memory", ["none", f"{__name__}:Deaf"])
def test_nothing_remembered_is_no_memory(checkpoint: Path, alone: dict[str, Any], memory: str):
    results = evaluated(checkpoint, {"mode": "B1", "memory": memory})
    for task in ("heinw_A", "heinw_B"):
        ours, theirs = answers(results, task), answers(alone, task)
        assert ours.keys() == theirs.keys()
        for id_, row in ours.items():
            assert prompt(row) == prompt(theirs[id_])
            assert row["resps"] == theirs[id_]["resps"]
            for name in ("correct", "f1", "abstained", *NOMINAL):
                assert row.get(name) == theirs[id_].get(name)
