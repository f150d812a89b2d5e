"""Writes one Inspect log per run, for `inspect view` and for `inspect_ai.analysis`.

    inspect/2026-11-29T09-43-28_heinw-A_mem0-k-5_3f0c….eval

Inspect's own API makes the log. It stamps the parts of a file with the time of day, so they are
packed again: the same run gives the same bytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generators.errors import HeinwError
from postprocess.export.inspect_samples import RIGHT, inspect_sample, summed
from postprocess.export.samples import (
    began,
    ended,
    generation_of,
    identity,
    samples_of,
    slug,
    stable_id,
)
from postprocess.measures import HEADLINE, label
from postprocess.reading.runs import Run
from postprocess.schema.parts import Estimate, Estimates
from postprocess.schema.run import Summary
from postprocess.summary.estimates import estimate
from postprocess.summary.provenance import arguments_of

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalMetric, EvalResults, EvalScore, EvalSpec
    from inspect_ai.model import GenerateConfig
    from inspect_ai.viewer import ViewerConfig

FOLDER = "inspect"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # of a zip file
_TIME_DIGITS = len("2026-11-29T09-43-28")


class InspectLogs:
    """Writes inspect/*.eval.

    Args:
        folder: Where the folder of logs goes.
        dataset: Not used; logs name the source that the run recorded.

    Raises:
        HeinwError: Inspect is not installed.
    """

    def __init__(self, folder: Path, dataset: str | None) -> None:
        try:
            import inspect_ai.log
        except ImportError as error:
            raise HeinwError(
                f"--format inspect: cannot be written ({error}) → "
                "python -m pip install 'hei-nw-tasks[inspect]'"
            ) from None
        self._write = inspect_ai.log.write_eval_log
        self._folder = folder / FOLDER

    def add(self, run: Run, summary: Summary) -> None:
        """Writes the log of a run."""
        self._folder.mkdir(exist_ok=True)
        moment, task = summary.run_date[:_TIME_DIGITS], slug(summary.task)
        name = f"{moment}_{task}_{slug(summary.arm)[:60]}_{identity(run)[:22]}.eval"
        path = self._folder / name
        self._write(log_of(run, summary), str(path), format="eval")
        _pack_again(path)

    def close(self) -> None:
        """Does nothing: each log is complete."""


def log_of(run: Run, summary: Summary) -> EvalLog:
    """A run as a log of Inspect."""
    from inspect_ai.log import EvalLog, EvalPlan, EvalPlanStep, EvalStats

    config = _config(run)
    samples = [inspect_sample(sample, run, summary) for sample in samples_of(run, summary)]
    return EvalLog(
        status="success",
        eval=_spec(run, summary, config),
        plan=EvalPlan(
            name=summary.arm,
            steps=[EvalPlanStep(solver=summary.baseline, params=run.arm.identity())],
            config=config,
        ),
        results=_results(run, summary),
        stats=EvalStats(
            started_at=began(run).isoformat(),
            completed_at=ended(run, summary).isoformat(),
            model_usage=summed(samples),
        ),
        samples=samples,
    )


def _spec(run: Run, summary: Summary, config: GenerateConfig) -> EvalSpec:
    from inspect_ai.log import EvalConfig, EvalDataset, EvalSpec

    made = summary.provenance
    return EvalSpec(
        eval_id=stable_id("eval", identity(run))[:22],
        run_id=stable_id("run", run.found.sha256)[:22],
        task_id=identity(run)[:22],
        created=began(run).isoformat(),
        task=summary.task,
        task_version=summary.task_version or 0,
        task_display_name=f"{summary.task}: {summary.arm}",
        # First what tells two logs in a list apart.
        task_args={"arm": summary.arm, "mode": summary.mode, **made.dataset_config},
        solver=summary.arm,
        solver_args=run.arm.identity(),
        tags=[summary.scenario, summary.mode, summary.baseline],
        dataset=EvalDataset(
            name=summary.task,
            location=made.dataset_source,
            samples=summary.counts.questions_in_dataset,
            sample_ids=[answer.id for answer in run.answers],
            shuffled=False,
        ),
        model=made.model,
        model_generate_config=config,
        model_args=arguments_of(run.found.results.config),
        config=EvalConfig(epochs=1, limit=None if made.limit is None else summary.counts.questions),
        packages={name: version for name, version in made.versions.items() if version},
        viewer=_view([name for name, found in _means(summary).items() if found.mean is not None]),
        metadata={
            "run_id": summary.run_id,
            "arm": summary.arm,
            "mode": summary.mode,
            "cycle": summary.cycle,
            "verdict": summary.verdict,
            "warnings": summary.warnings,
            "overflowed": summary.counts.overflowed,
            "provenance": made.model_dump(mode="json", exclude={"model_args", "dataset_config"}),
        },
    )


def _view(scores: Sequence[str]) -> ViewerConfig:
    """How the list of samples looks: the answer beside the target, then the scores."""
    from inspect_ai.viewer import TaskSamplesColumn, TaskSamplesView, ViewerConfig

    shown = [RIGHT, *scores]
    return ViewerConfig(
        trust_content=False,  # what a model says is shown as text, and followed nowhere
        task_samples_view=TaskSamplesView(
            name="answers and scores",
            columns=[
                *(TaskSamplesColumn(id=name) for name in ("input", "target", "answer")),
                *(TaskSamplesColumn.score(name) for name in shown),
                *(TaskSamplesColumn(id=name) for name in ("tokens", "duration", "sampleId")),
            ],
            compact_scores=True,
            score_labels={name: label(name) for name in shown},
        ),
    )


def _means(summary: Summary) -> Estimates:
    """The means of the metrics; the headline is a mean of none."""
    shared = {name: found for name, found in summary.aggregate.items() if name != HEADLINE}
    return {**shared, **summary.own}


def _config(run: Run) -> GenerateConfig:
    from inspect_ai.model import GenerateConfig

    found = generation_of(run)
    return GenerateConfig(
        max_tokens=found.max_tokens,
        temperature=found.temperature,
        stop_seqs=found.stop or None,
        seed=run.found.results.config.random_seed,
    )


def _results(run: Run, summary: Summary) -> EvalResults:
    from inspect_ai.log import EvalResults, HeadlineMetric

    right = estimate(run.answers, lambda answer: answer.right)
    whole = {"accuracy": right, HEADLINE: summary.aggregate[HEADLINE]}
    scores = [_score(RIGHT, whole, len(run.answers), right.n)]
    for name, found in _means(summary).items():
        if found.mean is not None:
            scores.append(_score(name, {"mean": found}, len(run.answers), found.n))
    best = HEADLINE if HEADLINE in scores[0].metrics else "accuracy"
    return EvalResults(
        total_samples=summary.counts.questions_expected,
        completed_samples=summary.counts.questions,
        scores=scores,
        headline=HeadlineMetric(scorer=RIGHT, metric=best),
    )


def _score(name: str, estimates: Mapping[str, Estimate], asked: int, scored: int) -> EvalScore:
    from inspect_ai.log import EvalScore

    metrics: dict[str, EvalMetric] = {}
    for metric, found in estimates.items():
        metrics |= _metrics(metric, found)
    return EvalScore(
        name=name,
        scorer=name,
        scored_samples=scored,
        unscored_samples=asked - scored,
        metrics=metrics,
        metadata={"label": label(name)},
    )


def _metrics(name: str, found: Estimate) -> dict[str, EvalMetric]:
    """A mean, and the ends of its interval, as Inspect's metrics."""
    from inspect_ai.log import EvalMetric

    if found.mean is None:
        return {}
    values = {name: found.mean}
    if found.interval is not None:
        values |= {f"{name}_low": found.interval.low, f"{name}_high": found.interval.high}
    about = {"n": found.n, "worlds": found.worlds, "note": found.note}
    if found.interval is not None:
        about["interval"] = f"95%, {found.interval.method}"
    return {key: EvalMetric(name=key, value=value, metadata=about) for key, value in values.items()}


def _pack_again(path: Path) -> None:
    """Rewrites a zip file without the time of day; parts keep their order."""
    packed = path.with_suffix(".packed")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    packed.replace(path)
