"""The import hook, tried on the lm_eval that is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
INDEX = "lm_eval.tasks._index"


def python(code: str, *path: Path, options: Sequence[str] = (), **variables: str) -> str:
    """Run `code` in a fresh Python in which the bridge has not started; give what it prints."""
    environment = os.environ | {
        "HEINW_NO_BRIDGE": "1",
        "PYTHONPATH": os.pathsep.join(str(folder) for folder in (*path, CHECKOUT)),
    }
    done = subprocess.run(
        [sys.executable, *options, "-c", code],
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


PATCHED = "hasattr(sys.modules['lm_eval.tasks._index'].TaskIndex.build, '__wrapped__')"


def test_an_import_is_extended_and_the_module_keeps_its_own_loader() -> None:
    code = f"""
import importlib, importlib.util, inspect, sys
from hei_nw_tasks import bridge
bridge.install()
assert importlib.util.find_spec("{INDEX}").name == "{INDEX}"  # asking does not use the hook up
import {INDEX} as index
print({PATCHED}, type(index.__loader__).__name__, type(index.__spec__.loader).__name__)
print("class TaskIndex" in inspect.getsource(index))
importlib.reload(index)
print({PATCHED}, type(index.__loader__).__name__, type(index.__spec__.loader).__name__)
"""
    loader = "True SourceFileLoader SourceFileLoader"
    assert python(code).splitlines() == [loader, "True", loader]


def test_an_lm_eval_in_a_zip_file_is_extended_as_well(tmp_path: Path) -> None:
    spec = find_spec("lm_eval")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    archive = tmp_path / "lm_eval.zip"
    with zipfile.ZipFile(archive, "w") as file:
        tasks = [source for source in package.glob("tasks/*") if source.suffix == ".py"]
        others = [
            source
            for source in package.rglob("*.py")
            if "tasks" not in source.relative_to(package).parts
        ]
        for source in tasks + others:
            file.write(source, source.relative_to(package.parent))
    code = f"""
import sys
from hei_nw_tasks import bridge
bridge.install()
import {INDEX} as index
print({PATCHED}, type(index.__loader__).__name__, ".zip" in index.__file__)
"""
    assert python(code, archive) == "True zipimporter True"


def test_register_extends_an_lm_eval_that_is_imported_already() -> None:
    code = f"""
import sys
import {INDEX}
before = {PATCHED}
import hei_nw_tasks
hei_nw_tasks.register()
once = sys.modules["{INDEX}"].TaskIndex.build
hei_nw_tasks.register()
print(before, {PATCHED}, sys.modules["{INDEX}"].TaskIndex.build is once)
"""
    assert python(code) == "False True True"


@pytest.mark.parametrize(("value", "finders"), [("", 1), ("0", 1), ("1", 0), ("yes", 0)])
def test_the_environment_switches_it_off(value: str, finders: int) -> None:
    code = """
import sys
from hei_nw_tasks import bridge
bridge.start()
bridge.start()
print(sum(isinstance(finder, bridge.Finder) for finder in sys.meta_path))
"""
    assert python(code, HEINW_NO_BRIDGE=value) == str(finders)


def test_starting_loads_nothing_else() -> None:
    code = f"""
import sys, os
sys.path.insert(0, {str(CHECKOUT)!r})
before = set(sys.modules)
from hei_nw_tasks.bridge import start
start()
print(sorted(set(sys.modules) - before))
"""
    loaded = python(code, options=("-I", "-S"))
    assert loaded == "['hei_nw_tasks', 'hei_nw_tasks.bridge']"


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The bridge as a Python that starts loads it, in a Python where it has not started."""
    spec = spec_from_file_location("hei_nw_tasks.bridge", CHECKOUT / "hei_nw_tasks" / "bridge.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    others = [finder for finder in sys.meta_path if type(finder).__module__ != module.__name__]
    monkeypatch.setattr(sys, "meta_path", others)
    return module


def test_the_finder_comes_first_and_once(
    bridge: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = list(sys.meta_path)
    monkeypatch.setenv(bridge.OFF_SWITCH, "1")
    bridge.start()
    assert sys.meta_path == others
    monkeypatch.delenv(bridge.OFF_SWITCH)
    bridge.start()
    bridge.install()
    assert isinstance(sys.meta_path[0], bridge.Finder)
    assert sys.meta_path[1:] == others


def test_what_it_finds_is_extended_when_it_is_executed(bridge: ModuleType) -> None:
    import lm_eval.tasks

    spec = bridge.Finder().find_spec(INDEX, lm_eval.tasks.__path__)
    index = module_from_spec(spec)
    loader = spec.loader
    assert isinstance(loader, bridge.PatchingLoader)
    # Whatever else is asked of the loader, the module's own answers.
    assert loader.get_filename(INDEX) == spec.origin
    loader.exec_module(index)
    assert type(spec.loader) is type(index.__loader__) is SourceFileLoader
    assert hasattr(index.TaskIndex.build, "__wrapped__")


def test_modules_that_are_loaded_already_are_extended_in_place(
    bridge: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = PathFinder.find_spec(INDEX, find_spec("lm_eval.tasks").submodule_search_locations)
    assert spec is not None
    assert spec.loader is not None
    index = module_from_spec(spec)
    spec.loader.exec_module(index)
    monkeypatch.setitem(sys.modules, INDEX, index)
    monkeypatch.delitem(sys.modules, "lm_eval.models.huggingface", raising=False)
    assert not hasattr(index.TaskIndex.build, "__wrapped__")
    bridge.patch_loaded()
    assert hasattr(index.TaskIndex.build, "__wrapped__")


class Refusing:
    """A finder that raises whatever it is asked for."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        raise ImportError(f"refused {fullname}")


def test_an_error_of_another_finder_is_left_to_the_import_system(
    bridge: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    import lm_eval.tasks  # noqa: F401 - the parent is not what is refused

    finder = bridge.Finder()
    monkeypatch.setattr(sys, "meta_path", [finder, Refusing()])
    assert finder.find_spec(INDEX) is None
    monkeypatch.delitem(sys.modules, INDEX, raising=False)
    with pytest.raises(ImportError, match=f"refused {INDEX}"):
        __import__(INDEX)


def test_two_hooks_that_ask_each_other_come_to_an_end(
    bridge: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    import lm_eval.tasks

    first, second = bridge.Finder(), bridge.Finder()
    monkeypatch.setattr(sys, "meta_path", [first, second, *sys.meta_path])
    spec = first.find_spec(INDEX, lm_eval.tasks.__path__)
    assert spec is not None
    assert isinstance(spec.loader, bridge.PatchingLoader)


def test_other_modules_are_none_of_its_business(bridge: ModuleType) -> None:
    assert bridge.Finder().find_spec("json") is None
    assert bridge.Finder().find_spec("lm_eval") is None


def test_what_nobody_finds_it_does_not_find(bridge: ModuleType) -> None:
    assert bridge.Finder().find_spec(INDEX, []) is None


def test_an_unknown_lm_eval_gives_one_line_in_its_log_and_no_error(
    bridge: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    bridge.apply(ModuleType(INDEX))
    (record,) = caplog.records
    assert record.name == "lm_eval.hei_nw_tasks"
    assert INDEX in record.getMessage()
    assert "--include_path" in record.getMessage()
    assert "\n" not in record.getMessage()


def test_a_loader_being_copied_does_not_recurse(bridge: ModuleType) -> None:
    empty = bridge.PatchingLoader.__new__(bridge.PatchingLoader)
    assert not hasattr(empty, "_loader")
    assert isinstance(bridge.PatchingLoader(SourceFileLoader("x", "x.py")).name, str)
