"""What all tests of the task package share."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def _without_pip_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """lm_eval records `pip list` with every run, which takes longer than a small run itself."""
    if "torch" in sys.modules:  # importing it takes as long
        from torch.utils import collect_env

        monkeypatch.setattr(collect_env, "get_pip_packages", lambda *_: ("pip", ""))
