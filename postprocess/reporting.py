"""The way from lm_eval's files to the files of a report, one run at a time.

Of each run only what comparisons need outlives its own report, so that memory grows with the
largest run and not with their number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from postprocess.comparison.arms import ComparedRun, compared
from postprocess.comparison.charts import MOST_ILLUSTRATED, charts
from postprocess.comparison.choosing import chosen
from postprocess.comparison.compare import compare, index_of
from postprocess.comparison.instructive import FEW_EACH, instructive
from postprocess.errors import UnusableRunError, visible
from postprocess.export.writers import WRITERS, Export
from postprocess.reading.runs import Run
from postprocess.rendering import html, json_text, markdown
from postprocess.rendering.answer_pages import ANSWERS, answers_of
from postprocess.schema.index import Experiment, Figure, Index, LeftOut
from postprocess.schema.run import Summary
from postprocess.summary.provenance import relative
from postprocess.usable import UsableRuns
from postprocess.writing import Staging

DEFAULT_FORMATS = ("json", "md", "html")
FORMATS = (*DEFAULT_FORMATS, *WRITERS)


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
        hub_dataset: Id on the Hub of the dataset that was asked; exports name it.
    """

    root: Path
    outdir: Path
    lag_bins: Sequence[float] | None = None
    formats: Sequence[str] = DEFAULT_FORMATS
    compare: tuple[str, str] | None = None
    allow_differences: bool = False
    hub_dataset: str | None = None


def report(options: Options) -> list[Path]:
    """Reads all runs, then puts all reports in place.

    Runs that cannot be used are left out and listed. Nothing is written if there is no other, or if
    one contradicts itself.

    Returns:
        The files of the report, but for the figures.

    Raises:
        ReportError: There is nothing to report on, or something that cannot be trusted or compared.
    """
    usable, runs = UsableRuns(options.root, options.lag_bins), list[ComparedRun]()
    export_all = Export(options.formats, options.hub_dataset)
    with Staging(options.outdir) as staging, export_all as export:
        for run, summary in usable:
            export.add(run, summary)
            runs.append(_report_run(run, summary, staging, options))
        by_id = {run.summary.run_id: run for run in runs}
        _report_index(_index(runs, usable.left_out, options), by_id, staging, options)
        for name, pieces in export.files():
            staging.add(name, pieces)
    return [path for path in staging.files if path.parent == options.outdir]


def _report_run(run: Run, summary: Summary, staging: Staging, options: Options) -> ComparedRun:
    files = []
    if "json" in options.formats:
        files.append(f"{summary.run_id}_metrics.json")
        staging.add(files[-1], json_text.metrics(summary, run.answers))
    if "md" in options.formats:
        files.append(f"{summary.run_id}_report.md")
        staging.add(files[-1], [markdown.render(summary).encode()])
    return compared(run, summary, files)


def _index(
    runs: Sequence[ComparedRun], left_out: Sequence[UnusableRunError], options: Options
) -> Index:
    if options.compare is None:
        index = compare(runs)
    else:
        a, b = options.compare
        allowed = options.allow_differences
        index = index_of(chosen(runs, a, b, options.root, allow_differences=allowed))
    listed = [
        LeftOut(
            path=visible(relative(error.path, options.root)),
            line=error.line,
            run_id=error.run_id,
            reason=error.what,
            advice=error.advice,
        )
        for error in left_out
    ]
    return index.model_copy(update={"left_out": listed})


def _report_index(
    index: Index, runs: Mapping[str, ComparedRun], staging: Staging, options: Options
) -> None:
    """The overview and the pages of each experiment; a single one has its page as the overview."""
    pages = [name for name in ("md", "html") if name in options.formats]
    summaries = {run_id: run.summary for run_id, run in runs.items()}
    alone = len(index.experiments) == 1
    done = []
    for experiment in index.experiments:
        name = "index" if alone else experiment.id
        files = [f"{name}.{page}" for page in pages]
        if "html" in pages:
            files.append(f"{experiment.id}{ANSWERS}")
        shown = experiment.model_copy(update={"files": files})
        done.append(_report_experiment(index, shown, runs, staging) if pages else shown)
    index = index.model_copy(update={"experiments": done})
    if "json" in options.formats:
        staging.add("index.json", [json_text.index(index).encode()])
    if "md" in pages and not alone:
        staging.add("index.md", [markdown.render_overview(index, summaries).encode()])
    if "html" in pages and not alone:
        staging.add("index.html", [html.render_overview(index, summaries).encode()])


def _report_experiment(
    index: Index, experiment: Experiment, runs: Mapping[str, ComparedRun], staging: Staging
) -> Experiment:
    """Adds the figures and pages of an experiment; returns it with its figures."""
    from postprocess.figures.render import render

    arms = {arm.label: runs[arm.run_id] for arm in experiment.arms}
    of_arms = {label: run.summary for label, run in arms.items()}
    summaries = {run.summary.run_id: run.summary for run in arms.values()}
    few = len(index.experiments) <= MOST_ILLUSTRATED
    figures, inside = list[Figure](), dict[str, bytes]()
    for chart in charts(experiment, of_arms, all_of_them=few):
        drawn = render(chart, png=few)
        contents = {"svg": drawn.svg, "png": drawn.png, "csv": drawn.csv.encode()}
        for ending, content in contents.items():
            if content:
                staging.add(f"figures/{chart.name}.{ending}", [content])
        inside[chart.name] = drawn.svg
        figures.append(Figure(name=chart.name, title=chart.title, description=chart.description))
    experiment = experiment.model_copy(update={"figures": figures})
    for name in experiment.files:
        if name.endswith(".md"):
            text = markdown.render_experiment(index, experiment, summaries)
            staging.add(name, [text.encode()])
    if page := next((name for name in experiment.files if name.endswith(".html")), None):
        ids = instructive(list(arms.values()), *(() if few else FEW_EACH))
        answers = answers_of(f"{experiment.id}{ANSWERS}", experiment.scenario, arms, ids)
        text = html.render_experiment(index, experiment, summaries, inside, answers)
        staging.add(page, [text.encode()])
        staging.add(answers.name, [html.render_answers(index, experiment, answers).encode()])
    return experiment
