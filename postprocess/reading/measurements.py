"""What the `heinw` model measured of an answer, compared with what lm_eval averaged.

For each answer the samples file has a record (`hei_nw_tasks.response`) and the metrics that were
computed from it. The metrics are computed from the record again, so that a number that was changed,
left out or swapped on one side is found.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from pydantic import ValidationError

from hei_nw_tasks.compute.costs import COSTS
from hei_nw_tasks.response import AnswerRecord
from postprocess.reading.rescore import OVERFLOW, same
from postprocess.reading.results import first_problem
from postprocess.reading.rows import MOST, Row


def record_of(row: Row, arm: str) -> AnswerRecord | None:
    """The record of a row; None for the answers of any other model.

    Args:
        row: The row.
        arm: The baseline or the memory, as the results file has it.

    Raises:
        UnusableRunError: It is no record, or that of a ranking that has an event twice.
        ReportError: It is that of another question or arm, or a number in it is one that no run can
            produce.
    """
    found = row.third_argument()
    if found is None:
        return None
    try:
        record = AnswerRecord.model_validate(found)
    except ValidationError as error:
        raise row.unusable(f"arguments: heinw: {first_problem(error)}") from error
    for name, cost in record.compute.costs.items():
        if cost.value is not None and not 0 <= cost.value <= MOST:
            raise row.error(f"arguments: {name} is {cost.value}")
    ranked = record.retrieved or []
    if len(set(ranked)) < len(ranked):
        # It would count twice: nDCG beyond 1 was seen, and a recall that means nothing.
        raise row.unusable("the retriever ranked an event twice", "mend the retriever, run again")
    if record.question_id != row.doc.get("id"):
        raise row.error("has the record of another question")
    if record.baseline != arm:
        raise row.error(f"answers for the arm {record.baseline!r}, but the run is of {arm!r}")
    return record


def measured_again(
    row: Row, record: AnswerRecord | None, recorded: Mapping[str, float]
) -> dict[str, float]:
    """The metrics that follow from a record, compared with those of the row.

    Args:
        row: The row.
        record: What the model measured.
        recorded: The row's metrics, without scores.

    Returns:
        Nothing if there is no record.

    Raises:
        UnusableRunError: A share is not from 0 to 1.
        ReportError: They differ.
    """
    if record is None and OVERFLOW in recorded:
        raise row.error("has measurements and no record of them")
    expected = {} if record is None else record.measurements(row.doc["evidence"])
    for name in sorted(expected.keys() | recorded.keys()):
        theirs, ours = recorded.get(name), expected.get(name, math.nan)
        # Copied numbers are equal; logarithms may differ in the last digit between machines.
        if theirs != ours if name in COSTS else not same(theirs, ours):
            metric = f"{name} is {theirs} as a metric"
            raise row.error(f"{metric} and {expected.get(name)} as recorded")
        if name not in COSTS and not 0 <= ours <= 1:
            raise row.unusable(f"{name} is {ours}, and no share is", "mend the memory, run again")
    return expected
