"""What the `heinw` model measured of an answer, held against what lm_eval averaged.

Of each answer the samples file has a record (`hei_nw_tasks.response`) and the metrics that were
made from it. The metrics are made from the record again: a number that was changed, left out or
exchanged on one side is found.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hei_nw_tasks.compute.costs import COSTS
from hei_nw_tasks.response import AnswerRecord
from postprocess.errors import ReportError
from postprocess.reading.rescore import OVERFLOW, same
from postprocess.reading.results import first_problem
from postprocess.reading.rows import ADVICE, MOST, Row


def record_of(path: Path, line: int, row: Row) -> AnswerRecord | None:
    """The record of a row; None of any other model's answer.

    Raises:
        ReportError: It is no record, or a number in it is none that a run can come to.
    """
    found: Any = (row.model_extra or {}).get("arguments")
    for key in ("gen_args_0", "arg_2", "heinw"):
        found = found.get(key) if isinstance(found, dict) else None
    if found is None:
        return None
    try:
        record = AnswerRecord.model_validate(found)
    except ValidationError as error:
        what = f"arguments: heinw: {first_problem(error)}"
        raise ReportError(path, what, ADVICE, line) from error
    for key, cost in record.compute.costs.items():
        value = cost.value
        if value is not None and not 0 <= value <= MOST:
            raise ReportError(path, f"arguments: {key} is {value}", ADVICE, line)
    return record


def measured_again(
    path: Path,
    line: int,
    row: Row,
    recorded: Mapping[str, float],
    scores: Mapping[str, float],
    record: AnswerRecord | None,
    baseline: str,
) -> dict[str, float]:
    """The metrics of a row that are no scores, made from its record and held against it.

    Args:
        path: The samples file.
        line: Of the row.
        row: The row.
        recorded: Its metrics.
        scores: Those of them that are scores.
        record: What the model measured.
        baseline: The arm, as the results file has it.

    Returns:
        What the record comes to; nothing if there is none.

    Raises:
        ReportError: They differ, or the record is that of another question or arm.
    """
    expected: dict[str, float] = {}
    if record is not None:
        if record.question_id != row.doc.get("id"):
            raise ReportError(path, "has the record of another question", ADVICE, line)
        if record.baseline != baseline:
            what = f"is an answer of the arm {record.baseline!r}, and the run is of {baseline!r}"
            raise ReportError(path, what, ADVICE, line)
        expected = record.measurements(row.doc["evidence"])
    elif OVERFLOW in recorded:
        raise ReportError(path, "has measurements and no record of them", ADVICE, line)
    for name in sorted(expected.keys() | (recorded.keys() - scores.keys())):
        theirs, ours = recorded.get(name), expected.get(name, math.nan)
        # What is copied is equal; logarithms may differ in a last digit from machine to machine.
        if theirs != ours if name in COSTS else not same(theirs, ours):
            what = f"{name} is {theirs} as a metric and {expected.get(name)} as recorded"
            raise ReportError(path, what, ADVICE, line)
    return expected
