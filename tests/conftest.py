"""What tests of several packages share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checkpoint import make_checkpoint


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a small Qwen2 model with random weights."""
    return make_checkpoint(tmp_path_factory.mktemp("checkpoint"))
