"""Installations of this checkout, made once for all of pytest's processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Once
from tests.packaging.environments import (
    CHECKOUT,
    Environment,
    build_wheel,
    environment_in,
    make_environment,
)


@pytest.fixture(scope="session")
def wheel(once: Once) -> Path:
    (path,) = once("wheel", build_wheel).glob("*.whl")
    return path


@pytest.fixture(scope="session")
def from_wheel(once: Once, wheel: Path) -> Environment:
    def make(folder: Path) -> None:
        make_environment(folder).pip("install", str(wheel))

    return environment_in(once("from_wheel", make))


@pytest.fixture(scope="session")
def editable(once: Once) -> Environment:
    def make(folder: Path) -> None:
        make_environment(folder).pip("install", "--no-build-isolation", "-e", str(CHECKOUT))

    return environment_in(once("editable", make))
