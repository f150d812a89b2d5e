"""The way from lm_eval's files to the files of a report, one run at a time.

Of each run only what comparisons need outlives its own report, so that memory grows with the
largest run and not with their number.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hei_nw_tasks.metrics import VERSION
from postprocess.comparison.arms import ComparedRun, compared
from postprocess.comparison.charts import charts
from postprocess.comparison.choosing import chosen
from postprocess.comparison.compare import compare, index_of
from postprocess.errors import ReportError, visible
from postprocess.export import Export
from postprocess.reading.results import FoundRun, find_runs, samples_without_results
from postprocess.reading.runs import load_run, newest_of_each, of_this_version
from postprocess.rendering import html, json_text, markdown
from postprocess.schema.index import Experiment, Figure, Index
from postprocess.schema.run import Summary
from postprocess.summary.summarize import summarize
from postprocess.writing import Staging

if TYPE_CHECKING:
    from postprocess.figures.render import Rendered

FORMATS = ("json", "md", "html", "csv", "parquet")
DEFAULT_FORMATS = ("json", "md", "html")


@dataclass(frozen=True)
class Options:
    """What a report is made from, and how.

    Attributes:
        root: Folder that is searched for runs.
        outdir: Folder for the report; made if it is not there.
        lag_bins: Edges of the lag bins in days; None for those of the dataset.
        formats: Of `FORMATS`.
        compare: Names of two arms; None compares all that may be compared.
        allow_differences: Whether the two may have been asked different questions.
    """

    root: Path
    outdir: Path
    lag_bins: Sequence[float] | None = None
    formats: Sequence[str] = DEFAULT_FORMATS
    compare: tuple[str, str] | None = None
    allow_differences: bool = False


def report(options: Options) -> list[Path]:
    """Reads all runs, then puts all reports in place; nothing is written if one is bad.

    Returns:
        The files of the report, but for the figures.

    Raises:
        ReportError: There is nothing to report on, or something that cannot be read, trusted or
            compared.
    """
    found, outdated = _of_this_version(options.root)
    with Staging(options.outdir) as staging, Export(options.formats) as export:
        runs: list[ComparedRun] = []
        for one, superseded in newest_of_each(found):
            taken = {run.summary.run_id for run in runs}
            runs.append(_report_run(one, superseded, taken, staging, export, options))
        summaries = {run.summary.run_id: run.summary for run in runs}
        _report_index(_index(runs, outdated, options), summaries, staging, options)
        for name, pieces in export.files():
            staging.add(name, pieces)
    return [path for path in staging.files if path.parent == options.outdir]


def _with_samples(root: Path) -> list[FoundRun]:
    runs = find_runs(root)
    found = [one for one in runs if _has_samples(one)]
    for path in samples_without_results(root, runs):
        _warn(f"{path}: its results file is missing → restore that file, or move this one away")
    if not found:
        advice = (
            "make one: lm_eval --model hf --model_args pretrained=MODEL --tasks heinw_A"
            f" --output_path {shlex.quote(str(root))} --log_samples"
        )
        raise ReportError(root, "no run of a heinw task with samples", advice)
    return found


def _of_this_version(root: Path) -> tuple[list[FoundRun], list[FoundRun]]:
    """Runs that this version can score again, and those that it cannot."""
    found = _with_samples(root)
    current = [one for one in found if of_this_version(one)]
    outdated = [one for one in found if not of_this_version(one)]
    if not current:
        what = f"no run of version {VERSION} of the tasks; other versions score by other rules"
        raise ReportError(root, what, "run again")
    for one in outdated:
        _warn(f"{one.path}: {one.task} has version {one.task_version}, not {VERSION} → run again")
    return current, outdated


def _has_samples(found: FoundRun) -> bool:
    if found.samples_path.exists():
        return True
    _warn(f"{found.path}: {found.task} has no samples → run again with --log_samples")
    return False


def _warn(what: str) -> None:
    print(visible(f"warning: {what}"), file=sys.stderr)


def _report_run(
    found: FoundRun,
    superseded: list[Path],
    taken: set[str],
    staging: Staging,
    export: Export,
    options: Options,
) -> ComparedRun:
    run = load_run(found, superseded)
    summary = summarize(run, options.root, options.lag_bins)
    if summary.run_id in taken:
        what = f"two different runs of {found.task} were saved at {found.date}"
        raise ReportError(found.path, what, "move one of them to a folder of its own")
    files = []
    if "json" in options.formats:
        files.append(f"{summary.run_id}_metrics.json")
        staging.add(files[-1], json_text.metrics(summary, run.answers))
    if "md" in options.formats:
        files.append(f"{summary.run_id}_report.md")
        staging.add(files[-1], [markdown.render(summary).encode()])
    export.add(run, summary)
    return compared(run, summary, files)


def _index(runs: Sequence[ComparedRun], outdated: Sequence[FoundRun], options: Options) -> Index:
    if options.compare is None:
        return compare(runs, outdated)
    a, b = options.compare
    return index_of(chosen(runs, a, b, options.root, allow_differences=options.allow_differences))


def _report_index(
    index: Index, summaries: Mapping[str, Summary], staging: Staging, options: Options
) -> None:
    rendered: dict[str, Rendered] = {}
    if {"md", "html"} & set(options.formats):
        drawn = [_draw(experiment, summaries, rendered) for experiment in index.experiments]
        index = index.model_copy(update={"experiments": drawn})
    for name, figure in rendered.items():
        for ending, content in (
            ("svg", figure.svg),
            ("png", figure.png),
            ("csv", figure.csv.encode()),
        ):
            staging.add(f"figures/{name}.{ending}", [content])
    if "json" in options.formats:
        staging.add("index.json", [json_text.index(index).encode()])
    if "md" in options.formats:
        staging.add("index.md", [markdown.render_index(index).encode()])
    if "html" in options.formats:
        inside = {name: figure.svg for name, figure in rendered.items()}
        staging.add("index.html", [html.render(index, summaries, inside).encode()])


def _draw(
    experiment: Experiment, summaries: Mapping[str, Summary], rendered: dict[str, Rendered]
) -> Experiment:
    """The experiment with its figures, which are drawn into `rendered` by name."""
    from postprocess.figures.render import render

    of_arms = {arm.label: summaries[arm.run_id] for arm in experiment.arms}
    figures = []
    for chart in charts(experiment, of_arms):
        rendered[chart.name] = render(chart)
        figures.append(Figure(name=chart.name, title=chart.title, description=chart.description))
    return experiment.model_copy(update={"figures": figures})
