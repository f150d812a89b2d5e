"""Whether a samples file has all the rows that its results file is about."""

from __future__ import annotations

import math

from postprocess.errors import ReportError
from postprocess.reading.lines import ADVICE
from postprocess.reading.results import FoundRun


def questions_asked(run: FoundRun) -> int:
    """Documents that a run asked; lm_eval records how many there are and its --limit."""
    available, limit = run.results.n_samples[run.task].original, run.results.config.limit
    if limit is None:
        return available
    # "effective" is no help: it is the most documents that any one metric was computed on.
    return min(available, math.ceil(available * limit) if limit < 1 else int(limit))


def is_complete(run: FoundRun, rows: int, rows_expected: int, rows_sha256: str) -> bool:
    """Whether every row is there.

    Args:
        run: What its results file says.
        rows: Rows in the samples file.
        rows_expected: Rows that lm_eval wrote, for all that its options say.
        rows_sha256: Hash over the rows' own hashes, as lm_eval makes it.

    Raises:
        ReportError: There are enough rows, but not those that the results file is about.
    """
    recorded = run.results.task_hashes.get(run.task)
    complete = rows_sha256 == recorded if recorded else rows == rows_expected
    if not complete and rows >= rows_expected:
        what = f"{rows} rows, but not the {rows_expected} that {run.path.name} is about"
        raise ReportError(run.samples_path, what, ADVICE)
    return complete
