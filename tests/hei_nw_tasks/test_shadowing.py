"""Another project's package of the same name as one of ours, in every place it can come from."""

from __future__ import annotations

import base64
import hashlib
import importlib
import logging
import sys
from collections.abc import Iterator
from importlib.metadata import PathDistribution
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

from hei_nw_tasks import scripts, shadowing
from hei_nw_tasks.shadowing import ROOT, Name, PackageClashError, use_ours

NAMES: tuple[Name, ...] = get_args(Name)


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Name]:
    """The package, as in a Python that has not imported it."""
    for module in [one for one in sys.modules if one.split(".")[0] == request.param]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    shadowing._refuse_damage.cache_clear()
    found: Name = request.param
    yield found
    sys.modules.pop(found, None)
    shadowing._refuse_damage.cache_clear()


def hooked(error: BaseException, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command line shows of an error."""
    capsys.readouterr()
    sys.excepthook(type(error), error, error.__traceback__)
    return capsys.readouterr().err


def test_our_own_package_passes_without_a_word(
    name: Name, caplog: pytest.LogCaptureFixture
) -> None:
    use_ours(name)
    assert caplog.messages == []
    assert importlib.import_module(name).__file__ == str(ROOT / name / "__init__.py")


@pytest.mark.parametrize("file", ["{name}/__init__.py", "{name}.py"])
def test_one_that_is_found_before_ours_is_passed_over(
    name: Name,
    file: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    theirs = tmp_path / file.format(name=name)
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text("raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with caplog.at_level(logging.WARNING, "lm_eval.hei_nw_tasks"):
        use_ours(name)
        use_ours(name)
    (warning,) = caplog.messages
    assert warning.startswith(f"{theirs} is not used in this process")
    assert importlib.import_module(f"{name}.errors").__file__ == str(ROOT / name / "errors.py")


def test_a_folder_that_is_no_package_hides_nothing(
    name: Name, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / name).mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    use_ours(name)
    assert caplog.messages == []


def test_one_that_is_imported_already_is_named(
    name: Name,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    theirs = tmp_path / f"{name}.py"
    theirs.write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module(name)
    with pytest.raises(PackageClashError) as caught:
        use_ours(name)
    line = hooked(caught.value, capsys)
    assert line.startswith(f"heinw: {theirs}: is imported as `{name}` already")
    assert "→ rename it" in line
    assert line.count("\n") == 1


def installed(folder: Path, distribution: str, files: dict[str, str]) -> PathDistribution:
    """Files in a folder, and pip's record of them."""
    rows = []
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
        rows.append(f"{path},sha256={digest.rstrip('=')},{len(text)}\n")
    info = folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "RECORD").write_text("".join(rows))
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    return PathDistribution(info)


@pytest.fixture
def site(name: Name, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which pip has installed a package of ours."""
    files = {f"{name}/__init__.py": "ours = True\n", f"{name}/part.py": "ours = True\n"}
    installed(tmp_path, "hei-nw-tasks", files)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(shadowing, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("file", ["__init__.py", "part.py"])
def test_files_that_another_project_has_overwritten_are_named_with_it(
    name: Name, file: str, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use_ours(name)
    shadowing._refuse_damage.cache_clear()
    installed(site, "others", {f"{name}/{file}": "import strict_functions\n"})
    with pytest.raises(PackageClashError) as caught:
        use_ours(name)
    line = hooked(caught.value, capsys)
    assert line.startswith(f"heinw: {site / name / file}: was overwritten by others 1.0, ")
    assert "→ pip uninstall others, then install hei-nw-tasks again" in line
    assert line.count("\n") == 1


@pytest.mark.parametrize("file", ["__init__.py", "part.py"])
def test_files_that_went_with_another_project_are_named(name: Name, file: str, site: Path) -> None:
    (site / name / file).unlink()
    with pytest.raises(PackageClashError, match=r"is missing, .* → install hei-nw-tasks again"):
        use_ours(name)


def test_an_overwritten_file_of_nobody_is_refused_where_it_matters(
    name: Name, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The records of everything that is installed take seconds to read.
    monkeypatch.setattr(sys, "path", [str(site)])
    # A line that a user added for debugging is none of our business.
    (site / name / "part.py").write_text("print('here')\n")
    use_ours(name)
    shadowing._refuse_damage.cache_clear()
    (site / name / "__init__.py").write_text("theirs = True\n")
    with pytest.raises(PackageClashError, match="is not the file of hei-nw-tasks"):
        use_ours(name)


@pytest.mark.parametrize("command", [scripts.generate, scripts.report])
def test_console_commands_say_it_in_one_line(
    command: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for package in NAMES:
        monkeypatch.setitem(sys.modules, package, ModuleType(package))
    assert callable(command)
    assert command() == 2
    error = capsys.readouterr().err
    assert error.startswith("heinw: a package without a file: is imported as ")
    assert error.count("\n") == 1
