"""Writes what a model's repository on the Hub shows of its evaluations: `.eval_results/*.yaml`.

    hub/Qwen/Qwen2.5-1.5B-Instruct/.eval_results/heinw_A_rag-bm25-k-5.yaml

    - dataset:
        id: org/heinw
        task_id: heinw_A
      value: 0.512000
      date: "2026-11-29T09:43:28+00:00"
      notes: "correct: the final answer names …; rag (bm25, k=5), mode B0; 95% interval …"

The Hub wants a file for each variant of an evaluation, told apart by its notes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from generators.errors import HeinwError
from hei_nw_tasks.metrics import METRICS, PRIMARY
from postprocess.errors import ReportError
from postprocess.export.samples import began, folders, identity, slug
from postprocess.measures import HEADLINE
from postprocess.reading.runs import Run
from postprocess.schema.run import Summary

FOLDER = "hub"
_ENTRY = """\
- dataset:
    id: {dataset}
    task_id: {task}
  value: {value:.6f}
  date: "{date}"
  notes: {notes}
"""


class HubResults:
    """Writes hub/….

    Args:
        folder: Where the folder of results goes.
        dataset: Id on the Hub of the dataset that was asked.

    Raises:
        HeinwError: It is not given.
    """

    def __init__(self, folder: Path, dataset: str | None) -> None:
        if dataset is None:
            raise HeinwError(
                "--format hub: results on the Hub name the dataset that was asked → "
                "say which: --hub-dataset ORG/NAME"
            )
        self._folder, self._dataset = folder / FOLDER, dataset
        self._rows: dict[str, tuple[str | None, str]] = {}

    def add(self, run: Run, summary: Summary) -> None:
        """Writes the result of a run; of a part of a dataset, or in doubt, it only says so.

        Raises:
            ReportError: Runs of a task were asked different questions, which are not all those of
                one dataset.
        """
        found = summary.aggregate[PRIMARY]
        if (why := _no_result(summary)) or found.mean is None:
            what = why or f"no question has {PRIMARY}"
            print(f"note: {summary.run_id}: no result for the Hub, {what}", file=sys.stderr)
            return
        rows, other = self._rows.setdefault(summary.task, (run.rows_sha256, summary.run_id))
        if rows != run.rows_sha256:
            what = f"was not asked the questions that {other} was asked"
            raise ReportError(run.found.path, what, "export the runs of each dataset by themselves")
        folder = self._folder.joinpath(*folders(summary.provenance.model)) / ".eval_results"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{summary.task}_{slug(summary.arm)}.yaml"
        if path.exists():  # with other prompts, say
            path = path.with_stem(f"{path.stem}_{identity(run)[:8]}")
        path.write_text(
            _ENTRY.format(
                dataset=self._dataset,
                task=summary.task,
                value=found.mean,
                date=began(run).isoformat(timespec="seconds"),
                notes=json.dumps(_notes(summary)),  # is YAML, too
            ),
            encoding="utf-8",
        )

    def close(self) -> None:
        """Does nothing: each file is complete."""


def _no_result(summary: Summary) -> str | None:
    """Why a run is no result on its dataset; None if it is."""
    counts, made = summary.counts, summary.provenance
    if not counts.complete or counts.questions_expected < counts.questions_in_dataset:
        asked = counts.questions + counts.overflowed
        return f"it has {asked} of {counts.questions_in_dataset} questions"
    return made.dataset_doubt


def _notes(summary: Summary) -> str:
    """What tells this variant from others, and how sure its value is."""
    found, headline = summary.aggregate[PRIMARY], summary.aggregate[HEADLINE]
    parts = [f"{summary.arm}, mode {summary.mode}"]
    if found.interval is not None:
        parts.append(f"95% interval {found.interval.low:.3f} to {found.interval.high:.3f}")
    parts.append(f"{found.n} questions about {found.worlds} logs")
    if headline.mean is not None:
        parts.append(f"balanced with abstention {headline.mean:.3f}")
    if summary.counts.overflowed:
        parts.append(f"{summary.counts.overflowed} questions did not fit the model")
    return f"{PRIMARY}: {METRICS[PRIMARY].meaning}; {'; '.join(parts)}"
