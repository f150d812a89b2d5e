"""The way from lm_eval's files to the files of a report, one run at a time.

Of each run only what comparisons need outlives its own report, so that memory grows with the
largest run and not with their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

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
from postprocess.spreading import is_apart, spread
from postprocess.summary.provenance import relative
from postprocess.usable import UsableRuns
from postprocess.writing import Staging

DEFAULT_FORMATS = ("json", "md", "html")
FORMATS = (*DEFAULT_FORMATS, *WRITERS)
Files: TypeAlias = list[tuple[str, Iterable[bytes]]]


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
    exported = Export(options.formats, options.hub_dataset)
    with Staging(options.outdir) as staging, exported as export:

        def report_run(run: Run, summary: Summary) -> tuple[ComparedRun, Files]:
            export.add(run, summary)
            files = _of_run(run, summary, options)
            if is_apart():
                files = [(name, [b"".join(pieces)]) for name, pieces in files]
            return compared(run, summary, [name for name, _ in files]), files

        # What is exported goes through this process, run by run.
        for run, files in usable.each(report_run, map if export else spread):
            runs.append(run)
            staging.add_all(files)
        by_id = {run.summary.run_id: run for run in runs}
        _report_index(_index(runs, usable.left_out, options), by_id, staging, options)
        staging.add_all(export.files())
    return [path for path in staging.files if path.parent == options.outdir]


def _of_run(run: Run, summary: Summary, options: Options) -> Files:
    files = list[tuple[str, Iterable[bytes]]]()
    if "json" in options.formats:
        pieces = json_text.metrics(summary, run.answers)
        files.append((f"{summary.run_id}_metrics.json", pieces))
    if "md" in options.formats:
        files.append((f"{summary.run_id}_report.md", [markdown.render(summary).encode()]))
    return files


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
    shown = []
    for experiment in index.experiments:
        name = "index" if alone else experiment.id
        files = [f"{name}.{page}" for page in pages]
        if "html" in pages:
            files.append(f"{experiment.id}{ANSWERS}")
        shown.append(experiment.model_copy(update={"files": files}))
    if pages:
        made = spread(lambda experiment: _of_experiment(index, experiment, runs), shown)
        shown = []
        for experiment, contents in made:
            shown.append(experiment)
            staging.add_all(contents)
    index = index.model_copy(update={"experiments": shown})
    if "json" in options.formats:
        staging.add("index.json", [json_text.index(index).encode()])
    if "md" in pages and not alone:
        staging.add("index.md", [markdown.render_overview(index, summaries).encode()])
    if "html" in pages and not alone:
        staging.add("index.html", [html.render_overview(index, summaries).encode()])


def _of_experiment(
    index: Index, experiment: Experiment, runs: Mapping[str, ComparedRun]
) -> tuple[Experiment, Files]:
    """The experiment with its figures, and the files of its figures and pages."""
    from postprocess.figures.render import render

    arms = {arm.label: runs[arm.run_id] for arm in experiment.arms}
    of_arms = {label: run.summary for label, run in arms.items()}
    summaries = {run.summary.run_id: run.summary for run in arms.values()}
    few = len(index.experiments) <= MOST_ILLUSTRATED
    files, figures, inside = list[tuple[str, Iterable[bytes]]](), list[Figure](), dict[str, bytes]()
    for chart in charts(experiment, of_arms, all_of_them=few):
        drawn = render(chart, png=few)
        contents = {"svg": drawn.svg, "png": drawn.png, "csv": drawn.csv.encode()}
        files += [(f"figures/{chart.name}.{end}", [what]) for end, what in contents.items() if what]
        inside[chart.name] = drawn.svg
        figures.append(Figure(name=chart.name, title=chart.title, description=chart.description))
    experiment = experiment.model_copy(update={"figures": figures})
    for name in experiment.files:
        if name.endswith(".md"):
            text = markdown.render_experiment(index, experiment, summaries)
            files.append((name, [text.encode()]))
    if page := next((name for name in experiment.files if name.endswith(".html")), None):
        ids = instructive(list(arms.values()), *(() if few else FEW_EACH))
        answers = answers_of(f"{experiment.id}{ANSWERS}", experiment.scenario, arms, ids)
        text = html.render_experiment(index, experiment, summaries, inside, answers)
        files.append((page, [text.encode()]))
        files.append((answers.name, [html.render_answers(index, experiment, answers).encode()]))
    return experiment, files
