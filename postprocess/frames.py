"""What the runs below a folder say, as tables of pandas for notebooks: `load_results`."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postprocess.comparison.arms import ComparedRun, compared
from postprocess.comparison.compare import compare
from postprocess.export.writers import Export
from postprocess.schema.index import Difference, Index
from postprocess.schema.run import Summary
from postprocess.statistics.intervals import Interval
from postprocess.usable import UsableRuns

if TYPE_CHECKING:
    import pandas as pd

# Of a difference as it stands in the index.
_COMPARED = ("a", "b", "metric", "n", "worlds", "difference")
_TESTS = ("p", "p_holm", "p_permutation", "minimum_detectable_effect")
# What is None where there are too few worlds.
_SCORE_TYPES = dict.fromkeys(("mean", "low", "high"), "float64")
_DIFFERENCE_COLUMNS = ("scenario", "model", "arm", *_COMPARED, "low", "high", *_TESTS, "equivalent")
_DIFFERENCE_TYPES = {**dict.fromkeys(("low", "high", *_TESTS), "float64"), "equivalent": "boolean"}


@dataclass(frozen=True)
class Results:
    """Tables of runs; `run_id`, `scenario`, `model` and `arm` mean the same in all of them.

    Attributes:
        samples: A row for each question of each run, the columns of samples.csv: what was asked
            and answered, and what came of it. Metrics that a question does not have are NaN.
        scores: A row for each metric of each run, also of each lag bin, as in the report: `mean`
            with `low` and `high`, the 95% interval over worlds. `part` is "all" or the lag bin.
        differences: A row for each metric of two arms `a` and `b` of a model, or of two models
            under an arm, paired by question: `difference` is a minus b, with its 95% interval and
            p-values. Empty if nothing can be compared.
        left_out: Why other runs below the folder cannot be used, a line each.
    """

    samples: pd.DataFrame
    scores: pd.DataFrame
    differences: pd.DataFrame
    left_out: list[str]


def load_results(folder: str | PathLike[str], lag_bins: Sequence[float] | None = None) -> Results:
    """Reads, checks and scores all runs below a folder, as the report does.

    Args:
        folder: An `--output_path` of lm_eval, or any folder above it.
        lag_bins: Edges of the lag bins in days; None for those of the dataset.

    Raises:
        ReportError: No run can be used, or one contradicts itself or another.
    """
    import pandas as pd

    usable, runs, scores = UsableRuns(Path(folder), lag_bins), list[ComparedRun](), list[Any]()
    with Export(["parquet"]) as export:
        for run, summary in usable:
            export.add(run, summary)
            scores += _scores(summary)
            runs.append(compared(run, summary, files=[]))
        [(_, pieces)] = export.files()
        samples = pd.read_parquet(io.BytesIO(b"".join(pieces)))
    return Results(
        samples=samples,
        scores=pd.DataFrame(scores).astype(_SCORE_TYPES),
        differences=pd.DataFrame(
            _differences(compare(runs)), columns=list(_DIFFERENCE_COLUMNS)
        ).astype(_DIFFERENCE_TYPES),
        left_out=[str(error) for error in usable.left_out],
    )


def _scores(summary: Summary) -> Iterator[dict[str, Any]]:
    """A row for each metric of a run, over all its questions and over those of each lag bin."""
    of_run = {
        "run_id": summary.run_id,
        "scenario": summary.scenario,
        "model": summary.provenance.model,
        "arm": summary.arm,
    }
    parts = {"all": {**summary.aggregate, **summary.own}}
    parts |= {bin_.name: bin_.scores for bin_ in summary.lag_bins}
    for part, estimates in parts.items():
        for metric, estimate in estimates.items():
            yield {
                **of_run,
                "part": part,
                "metric": metric,
                "n": estimate.n,
                "worlds": estimate.worlds,
                "mean": estimate.mean,
                **_ends(estimate.interval),
            }


def _differences(index: Index) -> Iterator[dict[str, Any]]:
    """A row for each paired difference between arms, then for each between models."""
    for experiment in index.experiments:
        for difference in experiment.differences:
            yield _compared(experiment.scenario, experiment.model, None, difference)
    for comparison in index.models:
        for difference in comparison.differences:
            yield _compared(comparison.scenario, None, comparison.arm, difference)


def _compared(
    scenario: str, model: str | None, arm: str | None, difference: Difference
) -> dict[str, Any]:
    of_two = {"scenario": scenario, "model": model, "arm": arm, **_ends(difference.interval)}
    return {
        name: of_two[name] if name in of_two else getattr(difference, name)
        for name in _DIFFERENCE_COLUMNS
    }


def _ends(interval: Interval | None) -> dict[str, float | None]:
    low, high = (None, None) if interval is None else (interval.low, interval.high)
    return {"low": low, "high": high}
