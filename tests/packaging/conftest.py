"""Installations of this checkout, made once per session."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.environments import CHECKOUT, Environment, build_wheel, make_environment


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def from_wheel(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    environment = make_environment(tmp_path_factory.mktemp("from_wheel"))
    # Without an index: what pip misses here is missing from the tested set.
    environment.pip("install", "--no-index", str(wheel))
    return environment


@pytest.fixture(scope="session")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    environment = make_environment(tmp_path_factory.mktemp("editable"))
    environment.pip("install", "--no-index", "--no-build-isolation", "-e", str(CHECKOUT))
    return environment
