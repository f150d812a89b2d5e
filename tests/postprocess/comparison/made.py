"""Runs to compare, made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from postprocess.comparison.arms import ComparedRun, Identity
from postprocess.measures import PAIRED

IDENTITY = Identity("heinw_A", "model", "prompt", "1.0", "rows")


def compared_run(
    baseline: str = "none",
    scores: Mapping[str, Mapping[str, float]] | None = None,
    *,
    worlds: Mapping[str, str] | None = None,
    arm: str | None = None,
    date: str = "2031-01-01",
    label: str = "",
) -> ComparedRun:
    """A run with scores by metric and question."""
    given: dict[str, Mapping[str, float]] = {name: {} for name in PAIRED}
    given |= scores or {}
    keys = {key for part in given.values() for key in part}
    summary: Any = SimpleNamespace(
        mode="B0", baseline=baseline, cycle=None, arm=arm or baseline, run_date=date
    )
    return ComparedRun(
        identity=IDENTITY,
        summary=summary,
        files=[],
        ids={key: f"id of {key}" for key in keys},
        worlds=worlds or {key: f"w{key}" for key in keys},
        scores=given,
        label=label or baseline,
    )
