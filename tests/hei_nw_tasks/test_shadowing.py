"""A folder of the user's that hides one of our packages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import pytest

from hei_nw_tasks import shadowing
from hei_nw_tasks.shadowing import ShadowedPackageError, refuse_shadowed

NAMES: list[Literal["generators", "postprocess"]] = ["generators", "postprocess"]


@pytest.fixture(params=NAMES)
def name(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Literal["generators", "postprocess"]:
    """The package, as in a Python that has not imported it."""
    monkeypatch.delitem(sys.modules, request.param, raising=False)
    found: Literal["generators", "postprocess"] = request.param
    return found


def test_our_own_package_passes(name: Literal["generators", "postprocess"]) -> None:
    refuse_shadowed(name)
    assert name not in sys.modules


@pytest.mark.parametrize("file", ["{name}/__init__.py", "{name}.py"])
def test_another_one_is_named_with_a_way_out(
    name: Literal["generators", "postprocess"],
    file: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs = tmp_path / file.format(name=name)
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text("raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ShadowedPackageError) as caught:
        refuse_shadowed(name)
    message = str(caught.value)
    assert message.startswith(f"{theirs}: ")
    assert str(shadowing.ROOT / name) in message
    assert "heinw-generate" in message.split("→")[1]
    assert "\n" not in message


def test_a_folder_that_is_no_package_hides_nothing(
    name: Literal["generators", "postprocess"], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    refuse_shadowed(name)
    assert name not in sys.modules


@pytest.mark.parametrize("folder", [True, False])
def test_a_damaged_installation_is_told_apart(
    name: Literal["generators", "postprocess"],
    folder: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    if folder:
        (tmp_path / name).mkdir()
    with pytest.raises(ShadowedPackageError, match=str(tmp_path) if folder else "install .* again"):
        refuse_shadowed(name)
