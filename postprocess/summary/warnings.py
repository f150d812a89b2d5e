"""What a reader of a report should know before its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from postprocess.reading.runs import Run
from postprocess.schema.run import Counts, LagBin


def warnings_of(run: Run, counts: Counts, bins: Sequence[LagBin]) -> list[str]:
    """Each in a sentence or two of plain text; what weighs most comes first."""
    found: list[str] = []
    if not counts.complete:
        found.append(
            f"INCOMPLETE: the samples file ends after {counts.rows} of {counts.rows_expected} rows"
            f" ({counts.questions + counts.overflowed} of {counts.questions_expected} questions)."
            " Rows were checked against lm_eval's, its means could not be."
        )
    if counts.questions_expected < counts.questions_in_dataset:
        found.append(
            f"Only {counts.questions_expected} of the dataset's {counts.questions_in_dataset}"
            " questions were asked (--limit or --samples)."
        )
    if counts.overflowed:
        found.append(
            f"{counts.overflowed} of {counts.questions + counts.overflowed} questions did not fit"
            " the model's context with their memory. They were not asked and count for nothing"
            " below."
        )
    if run.manifest.rows_sha256 is None:
        found.append("The run records no dataset manifest: where its questions come from is open.")
    if bins[-1].low is None:
        found.append(f"The lags of {bins[-1].questions} questions lie outside the lag bins.")
    if run.superseded:
        found.append(
            f"The newest of {len(run.superseded) + 1} runs of the same configuration; the others"
            " are listed under provenance."
        )
    return found
