"""Shared by the tests of all packages."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from testing.checkpoint import make_checkpoint

# Several processes with a thread per core would mostly wait for each other. Set before torch is
# imported, and for the processes that tests start.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# The time of one example says more about the machine than about the code.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that have slow tests first: two processes then end at about the same time."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes a folder that all of pytest's processes read: the first makes it, the others wait."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def folder_of(name: str, make: Callable[[Path], object]) -> Path:
        folder, made = root / name, root / f"{name}.made"
        with FileLock(root / f"{name}.lock"):
            if not made.exists():
                folder.mkdir()
                make(folder)
                made.touch()
        return folder

    return folder_of


@pytest.fixture(scope="session")
def checkpoint(once: Once) -> Path:
    """Folder of a small Qwen2 model with random weights. Not to be written to."""
    return once("checkpoint", make_checkpoint)


@pytest.fixture(autouse=True)
def _without_pip_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """lm_eval records `pip list` with every run, which takes longer than a small run itself."""
    if "torch" in sys.modules:  # importing it takes as long
        from torch.utils import collect_env

        monkeypatch.setattr(collect_env, "get_pip_packages", lambda *_: ("pip", ""))
