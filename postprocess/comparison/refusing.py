"""Which runs are not compared with each other, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from postprocess.comparison.arms import ComparedRun, Identity
from postprocess.schema.index import Refused


def refused(runs: Sequence[ComparedRun]) -> list[Refused]:
    """What keeps experiments of one task and model apart from the first of them."""
    groups: dict[Identity, list[str]] = {}
    for run in runs:
        groups.setdefault(run.identity, []).append(run.summary.run_id)
    first: dict[tuple[str, str], Identity] = {}
    for identity in groups:
        first.setdefault((identity.task, identity.model), identity)
    return [
        Refused(a=groups[one], b=groups[other], reason=reason)
        for other in groups
        if (reason := why_not(one := first[other.task, other.model], other)) is not None
    ]


def why_not(one: Identity, other: Identity) -> str | None:
    """Why two runs cannot be paired question by question; None if they can."""
    if one.task != other.task:
        return f"their tasks differ: {one.task} and {other.task}"
    if one.style != other.style:
        return f"their events are told in different styles: {one.style} and {other.style}"
    if one.rows_sha256 != other.rows_sha256:
        shas = [f"{(sha or 'unknown')[:12]}" for sha in (one.rows_sha256, other.rows_sha256)]
        return f"their datasets differ: rows sha256 {shas[0]}… and {shas[1]}…"
    if one.task_version != other.task_version:
        return f"their task versions differ: {one.task_version} and {other.task_version}"
    if replace(one, model=other.model) != other:
        return f"their prompts differ: {one.prompt} and {other.prompt}"
    return None
