"""`--compare A B`: two named arms, of one model or of two.

A name is that of an arm ("rag", "rag (bm25, k=5)"), the beginning of a run's id
("2026-11-23T01-09"), or a model ("Qwen/Qwen2.5-1.5B-Instruct").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from postprocess.comparison.arms import Arms, ComparedRun
from postprocess.comparison.refusing import why_not
from postprocess.errors import ReportError


def chosen(
    runs: Sequence[ComparedRun], a: str, b: str, root: Path, *, allow_differences: bool
) -> list[Arms]:
    """One pair of arms for each task that both were run on, b first.

    Args:
        runs: All runs.
        a: Name of one.
        b: Name of the other.
        root: The folder that was searched, for messages.
        allow_differences: Pair by the ids of questions where datasets, task versions or prompts
            differ.

    Raises:
        ReportError: A name fits no run or several of a task, or the two may not be paired.
    """
    of_a, of_b = _by_task(runs, a, root), _by_task(runs, b, root)
    tasks = sorted(of_a.keys() & of_b.keys())
    if not tasks:
        what = f"--compare: {a!r} and {b!r} were run on no task in common"
        raise ReportError(root, what, "run both on the same task")
    return [_pair(of_a[task], of_b[task], root, allow_differences) for task in tasks]


def _pair(one: ComparedRun, other: ComparedRun, root: Path, allow_differences: bool) -> Arms:
    reason = why_not(replace(one.identity, model=other.identity.model), other.identity)
    if reason is not None and not allow_differences:
        ids = f"{one.summary.run_id} and {other.summary.run_id}"
        advice = "compare runs of the same questions, or give --allow-differences"
        raise ReportError(root, f"{ids} are not compared: {reason}", advice)
    pair = [other, one]
    if reason is not None:
        pair = [run.by_question_id() for run in pair]
    return [replace(run, label=label) for run, label in zip(pair, _labels(pair), strict=True)]


def _by_task(runs: Sequence[ComparedRun], name: str, root: Path) -> dict[str, ComparedRun]:
    fitting = [run for run in runs if _fits(run, name)]
    if not fitting:
        known = ", ".join(sorted({run.summary.arm for run in runs}))
        advice = f"name one of: {known}; a model, or the beginning of a run's id"
        raise ReportError(root, f"--compare: no run is called {name!r}", advice)
    found: dict[str, ComparedRun] = {}
    for run in fitting:
        if run.summary.task in found:
            ids = f"{found[run.summary.task].summary.run_id}, {run.summary.run_id}"
            what = f"--compare: {name!r} could be either of {ids}"
            raise ReportError(root, what, "name the run by its id")
        found[run.summary.task] = run
    return found


def _fits(run: ComparedRun, name: str) -> bool:
    summary = run.summary
    return name in (summary.arm, summary.baseline, summary.provenance.model) or (
        bool(name) and summary.run_id.startswith(name)
    )


def _labels(pair: Arms) -> list[str]:
    """Labels that tell the two apart: their arms, else their models, else their runs."""
    for key in (
        lambda run: run.summary.arm,
        lambda run: f"{run.summary.arm}, {run.summary.provenance.model}",
        lambda run: run.summary.run_id,
    ):
        labels = [key(run) for run in pair]
        if len(set(labels)) == len(labels):
            return labels
    return ["b", "a"]
