"""Memories by name: built in, installed, or module:Class; their options and their versions."""

from __future__ import annotations

import importlib
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from generators.errors import ConfigError
from hei_nw_tasks.memory.baselines import NoMemory
from hei_nw_tasks.memory.systems import (
    BUILT_IN,
    GROUP,
    asks_for_model,
    installed,
    made_with,
    memory_class,
    memory_version,
)

MODULE = """
class Notebook:
    {body}
    def __init__(self, size=3, *, path=None):
        self.given = size, path
    def write(self, event): ...
    def recall(self, query): return []
"""


class Options:
    def __init__(self, size: int = 3, *, path: str | None = None) -> None:
        self.given = size, path


MINE = f"{__name__}:Options"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed distribution `paper-tools` 1.2 with a memory; its folder is on the path."""
    (tmp_path / "notebooks.py").write_text(MODULE.format(body="pass"))
    about = tmp_path / "paper_tools-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: paper-tools\nVersion: 1.2\n")
    (about / "RECORD").write_text("notebooks.py,,\n")
    (about / "entry_points.txt").write_text(f"[{GROUP}]\nnotebook = notebooks:Notebook\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "notebooks", raising=False)
    memory_version.cache_clear()
    importlib.invalidate_caches()
    return tmp_path


def test_built_in_installed_and_named_ones_are_found(package: Path):
    assert memory_class("none") is NoMemory
    assert installed() == {"notebook": "notebooks:Notebook", **BUILT_IN}
    assert memory_class("notebook") is memory_class("notebooks:Notebook")
    assert memory_class(MINE) is Options


def test_a_package_cannot_take_a_name_of_ours(package: Path):
    points = package / "paper_tools-1.2.dist-info" / "entry_points.txt"
    points.write_text(f"[{GROUP}]\nnone = notebooks:Notebook\n")
    assert memory_class("none") is NoMemory


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("episodik", "memory='episodik': is none of none, episodic, .*did you mean 'episodic'"),
        ("Notebook", "memory='Notebook': is none of .*, model → or module:Class for your own"),
        ("", "memory='': is none of"),
        ("nowhere:Memory", "cannot be imported .*No module named 'nowhere'.*PYTHONPATH"),
        (f"{__name__}:Nothing", "cannot be imported .*Nothing"),
        (":Memory", "cannot be imported"),
    ],
)
def test_other_names_are_refused(name: str, message: str):
    with pytest.raises(ConfigError, match=message):
        memory_class(name)


def test_options_are_given_by_name():
    assert made_with(MINE, {})().given == (3, None)
    assert made_with(MINE, {"size": 7, "path": "x"})().given == (7, "x")


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        (MINE, {"sise": 7}, r"memory_args: got an unexpected .*'sise' → .*takes size, path"),
        ("none", {"size": 7}, "memory_args: .* → none takes no options"),
    ],
)
def test_options_that_it_does_not_take_are_refused(
    name: str, arguments: dict[str, Any], message: str
):
    with pytest.raises(ConfigError, match=message):
        made_with(name, arguments)


def test_a_version_is_of_the_class_its_distribution_and_its_source(package: Path):
    first = memory_version("notebook")
    assert first.startswith("1.2 ")
    (package / "notebooks.py").write_text(MODULE.format(body="version = 'b'"))
    del sys.modules["notebooks"]
    memory_version.cache_clear()
    importlib.invalidate_caches()
    second = memory_version("notebook")
    assert second.startswith("b 1.2 ")
    assert second.split()[-1] != first.split()[-1]
    assert memory_version("notebooks:Notebook") == second


def test_a_built_in_memory_has_our_version_and_a_loose_module_has_none():
    assert memory_version("none").startswith(f"{version('hei-nw-tasks')} ")
    assert len(memory_version(MINE).split()) == 1


def test_the_version_of_a_package_covers_all_of_its_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "boxed"
    folder.mkdir()
    (folder / "__init__.py").write_text("from boxed.inner import Notebook\n")
    (folder / "inner.py").write_text(MODULE.format(body=""))
    (folder / "words.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    versions = set()
    for source in ("", "LIMIT = 3\n"):
        (folder / "words.py").write_text(source)
        memory_version.cache_clear()
        versions.add(memory_version("boxed:Notebook"))
    assert len(versions) == 2


class Asking(Options):
    def use_model(self, model: object) -> None:
        pass


class Choosy(Asking):
    @staticmethod
    def asks_model(size: int = 3, **others: Any) -> bool:
        return size > 5


def test_a_memory_may_ask_the_model_or_say_when_it_does():
    assert not asks_for_model(MINE, {})
    assert asks_for_model(f"{__name__}:Asking", {})
    assert not asks_for_model(f"{__name__}:Choosy", {"path": "x"})
    assert asks_for_model(f"{__name__}:Choosy", {"size": 6})
