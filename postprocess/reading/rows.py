"""One line of a samples file: read, checked against itself, and nothing kept that is not needed.

One line of the file (shortened); lm_eval writes one per document *and* filter:

    {"doc_id": 0, "doc": {"id": "q0", ...}, "resps": [["5433"]], "filtered_resps": ["5433"],
     "filter": "all", "metrics": ["exact_match", ...], "doc_hash": "b457...", "exact_match": 1.0,
     "arguments": {"gen_args_0": {"arg_0": PROMPT, "arg_1": {...}, "arg_2": {"heinw": RECORD}}}}

The third argument is there for answers of the `heinw` model: what it measured
(`postprocess.reading.measurements`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from generators.records import Question
from postprocess.errors import ReportError
from postprocess.reading.results import first_problem
from postprocess.reading.strict_json import StrictJsonError, parse

ALL = "all"
ADVICE = "restore the file that lm_eval wrote, or run again"
MOST = 1e30  # no run counts further, and sums stay within floats
_COLUMNS = {column.name for column in fields(Question)}
_QUESTION = TypeAdapter(Question)


class Row(BaseModel):
    """What every line has; the metrics, under their own names, are extra fields."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    doc_id: int
    doc: dict[str, Any]
    resps: list[list[str]]
    filtered_resps: list[str]
    filter: str
    metrics: list[str]
    doc_hash: str
    prompt_hash: str
    target_hash: str


def parse_row(path: Path, line: int, raw: bytes) -> Row | None:
    """The row of a line; None where the file ends in the middle of the line.

    Raises:
        ReportError: The line is no row.
    """
    try:
        return Row.model_validate(parse(raw))
    except StrictJsonError as error:
        if not raw.endswith(b"\n"):
            return None
        raise ReportError(path, f"{error}", ADVICE, line) from error
    except ValidationError as error:
        raise ReportError(path, first_problem(error), ADVICE, line) from error


def require_unchanged(path: Path, line: int, row: Row) -> None:
    """Holds the question against the hash that lm_eval wrote beside it.

    Raises:
        ReportError: It was changed after the run.
    """
    text = json.dumps(row.doc, indent=2, ensure_ascii=False)
    if hashlib.sha256(text.encode()).hexdigest() != row.doc_hash:
        raise ReportError(path, "the question was changed after the run", ADVICE, line)


def fingerprint(row: Row) -> bytes:
    """Sixteen bytes for question and hash; rows of one document have the same under all filters."""
    text = json.dumps([row.doc, row.doc_hash], ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def metric_values(path: Path, line: int, row: Row) -> dict[str, float]:
    """The metrics of a row by name.

    Raises:
        ReportError: One that is announced has no number.
    """
    extra, values = row.model_extra or {}, dict[str, float]()
    for metric in row.metrics:
        value = extra.get(metric)
        if not isinstance(value, int | float):
            raise ReportError(path, f"metric {metric!r} has no number", ADVICE, line)
        if abs(value) > MOST:
            raise ReportError(path, f"metric {metric!r} is {value}", ADVICE, line)
        values[metric] = float(value)
    return values


def response_of(path: Path, line: int, row: Row) -> str:
    """What the model said.

    Raises:
        ReportError: The filter that takes the first response took another one.
    """
    responses = [response for request in row.resps for response in request]
    if not responses or row.filtered_resps != responses[:1]:
        raise ReportError(path, "filtered_resps is not the first of resps", ADVICE, line)
    return responses[0]


def question_of(path: Path, line: int, doc: Mapping[str, Any]) -> Question:
    """The dataset row as a record; strict, because every number of the report hangs on it.

    Raises:
        ReportError: It is none, or contradicts itself.
    """
    advice = "make the run with the heinw tasks of this version"
    if unknown := sorted(doc.keys() - _COLUMNS):
        raise ReportError(path, f"doc has the unknown column {unknown[0]!r}", advice, line)
    try:
        # By way of JSON, because a strict validation of Python values wants a Question instance.
        question = _QUESTION.validate_json(json.dumps(doc), strict=True)
    except ValidationError as error:
        raise ReportError(path, f"doc: {first_problem(error)}", advice, line) from error
    if question.answerable != bool(question.answers):
        raise ReportError(path, "doc: answerable and answers disagree", advice, line)
    if question.lag is not None and question.lag < 0:
        raise ReportError(path, f"doc: lag is {question.lag}", advice, line)
    return question
