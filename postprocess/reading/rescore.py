"""Compares the scores of the saved responses with those that lm_eval recorded.

A report never repeats a score that it did not compute. It is computed from the saved responses, and
refused if lm_eval found another one at the time of the run. What cannot be computed again (tokens,
seconds, recall) is refused if rows and means disagree.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping

from postprocess.errors import ReportError
from postprocess.reading.results import FoundRun
from postprocess.reading.rows import Row

TOLERANCE = 1e-9  # sums of a few thousand numbers, in another order
OVERFLOW = "overflow"
ADVICE = "the file was changed or scored by another version of hei_nw_tasks: run again"


class Means:
    """The values that lm_eval averaged, by filter and metric, collected row by row."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], array[float]] = {}

    def add(self, filter_name: str, values: Mapping[str, float]) -> None:
        """Adds the values of one row."""
        for metric, value in values.items():
            self._values.setdefault((filter_name, metric), array("d")).append(value)

    def compare(self, run: FoundRun) -> None:
        """Compares the means, and the number of rows behind them, with lm_eval's.

        Raises:
            ReportError: The rows have another mean or count.
        """
        for (filter_name, metric), values in self._values.items():
            theirs = run.results.mean(run.task, metric, filter_name)
            mean = math.fsum(values) / len(values)
            if not same(theirs, mean):
                what = (
                    f"lm_eval's {metric},{filter_name} is {theirs}, the samples' mean is {mean}"
                    f" (n={len(values)})"
                )
                raise ReportError(run.path, what, ADVICE)
        # "effective" is the most documents that any one metric was computed on.
        ours = max(map(len, self._values.values()))
        theirs_scored = run.results.n_samples[run.task].effective
        if ours != theirs_scored:
            what = f"n-samples says {theirs_scored} documents were scored, the samples have {ours}"
            raise ReportError(run.path, what, ADVICE)


def disagreement(
    filter_name: str, recorded: Mapping[str, float], scores: Mapping[str, float]
) -> str | None:
    """How the metrics of one row differ from what its response scores; None if they do not."""
    for metric, value in scores.items():
        if not same(recorded.get(metric), value):
            return (
                f"{metric} of filter {filter_name!r} is {recorded.get(metric)} as saved"
                f" and {value} scored again"
            )
    return None


def overflowed(row: Row, recorded: Mapping[str, float], response: str) -> bool:
    """Whether the question was never asked, because its prompt did not fit the model.

    Raises:
        ReportError: It is marked so and yet has a response or a score.
    """
    if recorded.get(OVERFLOW) != 1.0:
        return False
    if response or set(recorded) != {OVERFLOW}:
        raise row.error("is marked as overflow, and yet has a response or a score", ADVICE)
    return True


def same(theirs: float | None, ours: float) -> bool:
    """Whether two numbers are equal up to rounding."""
    return theirs is not None and math.isclose(
        theirs, ours, rel_tol=TOLERANCE if abs(ours) > 1 else 0, abs_tol=TOLERANCE
    )
