"""`--compare A B`: two arms that are named, of one model or of two.

A name is that of an arm ("rag", "rag (bm25, k=5)"), the beginning of a run's id
("2026-11-23T01-09"), or a model ("Qwen/Qwen2.5-1.5B-Instruct").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from postprocess.comparison.arms import Arm
from postprocess.comparison.compare import why_not
from postprocess.comparison.pairing import Named
from postprocess.errors import ReportError


def chosen(
    arms: Sequence[Arm], a: str, b: str, root: Path, *, allow_differences: bool
) -> list[Named]:
    """One pair of arms for each task that both were run on, b first.

    Args:
        arms: All arms.
        a: Name of one.
        b: Name of the other.
        root: The folder that was searched, for messages.
        allow_differences: Pair by the ids of questions where datasets, task versions or prompts
            differ.

    Raises:
        ReportError: A name fits no arm or several of a task, or the two may not be paired.
    """
    of_a, of_b = _by_task(arms, a, root), _by_task(arms, b, root)
    tasks = sorted(of_a.keys() & of_b.keys())
    if not tasks:
        what = f"--compare: {a!r} and {b!r} were run on no task in common"
        raise ReportError(root, what, "run both on the same task")
    return [_pair(of_a[task], of_b[task], root, allow_differences) for task in tasks]


def _pair(one: Arm, other: Arm, root: Path, allow_differences: bool) -> Named:
    reason = why_not(replace(one.identity, model=other.identity.model), other.identity)
    if reason is not None and not allow_differences:
        ids = f"{one.summary.run_id} and {other.summary.run_id}"
        advice = "compare runs of the same questions, or give --allow-differences"
        raise ReportError(root, f"{ids} are not compared: {reason}", advice)
    pair = [other, one]
    if reason is not None:
        pair = [_by_question_id(arm) for arm in pair]
    return list(zip(_names(pair), pair, strict=True))


def _by_task(arms: Sequence[Arm], name: str, root: Path) -> dict[str, Arm]:
    fitting = [arm for arm in arms if _fits(arm, name)]
    if not fitting:
        known = ", ".join(sorted({arm.summary.arm for arm in arms}))
        advice = f"name one of: {known}; a model, or the beginning of a run's id"
        raise ReportError(root, f"--compare: no run is called {name!r}", advice)
    found: dict[str, Arm] = {}
    for arm in fitting:
        if arm.summary.task in found:
            ids = f"{found[arm.summary.task].summary.run_id}, {arm.summary.run_id}"
            what = f"--compare: {name!r} could be either of {ids}"
            raise ReportError(root, what, "name the run by its id")
        found[arm.summary.task] = arm
    return found


def _fits(arm: Arm, name: str) -> bool:
    summary = arm.summary
    return name in (summary.arm, summary.baseline, summary.provenance.model) or (
        bool(name) and summary.run_id.startswith(name)
    )


def _names(pair: Sequence[Arm]) -> list[str]:
    """By what tells the two apart: their arms, else their models, else their runs."""
    for key in (
        lambda arm: arm.summary.arm,
        lambda arm: f"{arm.summary.arm}, {arm.summary.provenance.model}",
        lambda arm: arm.summary.run_id,
    ):
        names = [key(arm) for arm in pair]
        if len(set(names)) == len(names):
            return names
    return ["b", "a"]


def _by_question_id(arm: Arm) -> Arm:
    answered = {one.question_id.encode(): one for one in arm.answered.values()}
    return replace(arm, answered=answered)
