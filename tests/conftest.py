"""Shared by the tests of all packages."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from testing.checkpoint import make_checkpoint
from tests.few_tasks import link_lm_eval

# Several processes with a thread per core would mostly wait for each other. Set before torch is
# imported, and for the processes that tests start.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# The time of one example says more about the machine than about the code.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


# Made in most of a minute, by whichever process needs it first.
COSTLY = ("arms_report", "memories_report")
TRACED_S = 0.3  # of computing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort files for two processes, and leave slow tests out of the tracing for coverage.

    Files with slow tests come first: both processes then end at about the same time. But one is
    still at the first of them, which takes minutes, when the other makes what is costly, and so
    does not wait for it.

    Slow tests are not traced: what they try beyond the fast ones is mostly in processes of
    their own.
    """
    slow = [item for item in items if item.get_closest_marker("slow")]
    makers = [
        next((item.path for item in items if name in getattr(item, "fixturenames", ())), None)
        for name in COSTLY
    ]
    slow_paths = [item.path for item in slow]
    order = dict.fromkeys([*slow_paths[:1], *makers, *slow_paths])
    places = {path: place for place, path in enumerate(order)}
    items.sort(key=lambda item: places.get(item.path, len(order)))
    for item in slow:
        item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Trace no more than the beginning of a test for coverage, or it takes three times as long.

    What goes on for longer does the same again and again.
    """
    plugin = item.config.pluginmanager.getplugin("_cov")
    controller = plugin and plugin.cov_controller
    if not controller or not controller.started or item.get_closest_marker("no_cover"):
        return (yield)
    stopped: list[None] = []
    before = signal.signal(signal.SIGVTALRM, lambda *_: stopped.append(controller.cov.stop()))
    signal.setitimer(signal.ITIMER_VIRTUAL, TRACED_S)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        if stopped:
            controller.cov.start()


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
                with without_pip_list():
                    make(folder)
                made.touch()
        return folder

    return folder_of


@pytest.fixture(scope="session")
def checkpoint(once: Once) -> Path:
    """Folder of a small Qwen2 model with random weights. Not to be written to."""
    return once("checkpoint", make_checkpoint)


@pytest.fixture(scope="session")
def few_tasks(once: Once) -> Path:
    """Folder for PYTHONPATH of an lm_eval that starts in a third of the time."""
    return once("few_tasks", link_lm_eval)


@contextmanager
def without_pip_list() -> Iterator[None]:
    """lm_eval records `pip list` with every run, which takes longer than a small run itself."""
    with pytest.MonkeyPatch.context() as patch:
        if "torch" in sys.modules:  # importing it takes as long
            from torch.utils import collect_env

            patch.setattr(collect_env, "get_pip_packages", lambda *_: ("pip", ""))
        yield


@pytest.fixture(autouse=True)
def _without_pip_list() -> Iterator[None]:
    """For each test; folders that many share are made before it."""
    with without_pip_list():
        yield
