"""Reads the samples file of a run: what was asked, what was answered, what lm_eval made of it.

One line of the file (shortened); lm_eval writes one per document *and* filter:

    {"doc_id": 0, "doc": {"id": "q0", ...}, "resps": [["5433"]], "filtered_resps": ["5433"],
     "filter": "all", "metrics": ["exact_match", ...], "doc_hash": "b457...", "exact_match": 1.0}

A file that ends early is salvaged up to its last whole line. Any other damage ends the report: what
was hashed at the time of the run (the question, and the sequence of rows) has to hash the same now.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from generators.records import Question
from postprocess.errors import ReportError
from postprocess.reading.results import FoundRun, first_problem
from postprocess.reading.strict_json import StrictJsonError, parse

ALL = "all"
_COLUMNS = {column.name for column in fields(Question)}
_QUESTION = TypeAdapter(Question)
_ADVICE = "restore the file that lm_eval wrote, or run again"


class _Row(BaseModel):
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


@dataclass(frozen=True)
class Answer:
    """A question and the response that it got.

    Attributes:
        doc_id: Position in the dataset, from 0.
        line: Line of the samples file, from 1.
        doc: The dataset row as it was saved.
        question: The same row, checked.
        response: What the model said.
    """

    doc_id: int
    line: int
    doc: Mapping[str, Any]
    question: Question
    response: str


@dataclass(frozen=True)
class Samples:
    """What a samples file holds.

    Attributes:
        path: The file.
        sha256: Of the file's bytes.
        answers: One per document of the filter "all", in the order of the dataset.
        values: lm_eval's metrics by filter and document; no entry where a filter gave none.
        rows: Whole rows in the file.
        rows_expected: Rows that lm_eval wrote, as far as the results file tells.
        questions_expected: Documents that were asked, likewise.
        complete: Whether every row is there.
    """

    path: Path
    sha256: str
    answers: list[Answer]
    values: Mapping[str, Mapping[int, Mapping[str, float]]]
    rows: int
    rows_expected: int
    questions_expected: int
    complete: bool


@dataclass
class _Collected:
    """What has been read so far."""

    answers: dict[int, Answer] = field(default_factory=dict)
    values: dict[str, dict[int, dict[str, float]]] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    hashes: Any = field(default_factory=hashlib.sha256)


def read_samples(run: FoundRun) -> Samples:
    """Reads and checks the samples of a run, line by line.

    Raises:
        ReportError: The file is missing, damaged, changed since the run, or without a whole row.
    """
    path, collected, whole_file = run.samples_path, _Collected(), hashlib.sha256()
    for line, raw in _lines(path):
        whole_file.update(raw)
        row = _parse_row(path, line, raw)
        if row is not None:
            _collect(collected, path, line, row)
    rows = collected.seen.total()
    if not collected.answers:
        raise ReportError(path, f"no whole row of filter {ALL!r} in {rows} rows", _ADVICE)
    asked = _questions_asked(run)
    _check_identities(run, collected.answers, asked)
    rows_expected = asked * len(run.results.configs[run.task].filter_list)
    complete = _is_complete(run, collected, rows_expected)
    return Samples(
        path=path,
        sha256=whole_file.hexdigest(),
        answers=[answer for _, answer in sorted(collected.answers.items())],
        values=collected.values,
        rows=rows,
        # A complete file is right about itself where --samples picked the documents.
        rows_expected=rows if complete else rows_expected,
        questions_expected=len(collected.answers) if complete else asked,
        complete=complete,
    )


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        # A binary file's lines end at \n alone, so U+2028 inside a response ends none.
        with path.open("rb") as file:
            yield from enumerate(file, 1)
    except FileNotFoundError as error:
        raise ReportError(path, "no such file", "run lm_eval again with --log_samples") from error
    except OSError as error:
        raise ReportError(path, f"{error.strerror}", _ADVICE) from error


def _parse_row(path: Path, line: int, raw: bytes) -> _Row | None:
    """The row of a line; None where the file ends in the middle of the line."""
    try:
        return _Row.model_validate(parse(raw))
    except StrictJsonError as error:
        if not raw.endswith(b"\n"):
            return None
        raise ReportError(path, f"{error}", _ADVICE, line) from error
    except ValidationError as error:
        raise ReportError(path, first_problem(error), _ADVICE, line) from error


def _collect(collected: _Collected, path: Path, line: int, row: _Row) -> None:
    """Checks a row against itself and against the rows before it, and keeps what is needed."""
    by_document = collected.values.setdefault(row.filter, {})
    if row.doc_id in by_document:
        what = f"document {row.doc_id} has a second row of filter {row.filter!r}"
        raise ReportError(path, what, _ADVICE, line)
    if _doc_hash(row.doc) != row.doc_hash:
        raise ReportError(path, "the question was changed after the run", _ADVICE, line)
    by_document[row.doc_id] = _metric_values(path, line, row)
    if row.filter == ALL:
        collected.answers[row.doc_id] = _answer(path, line, row)
    collected.seen[row.filter] += 1
    collected.hashes.update(f"{row.doc_hash}{row.prompt_hash}{row.target_hash}".encode())


def _check_identities(run: FoundRun, answers: Mapping[int, Answer], asked: int) -> None:
    questions = [answer.question for answer in answers.values()]
    if any(question.scenario != run.scenario for question in questions):
        what = f"has questions that are not of scenario {run.scenario}"
    elif len({question.id for question in questions}) < len(questions):
        what = "two documents have the same question id"
    elif len(answers) == asked and set(answers) != set(range(asked)):
        what = f"document ids are not 0 to {asked - 1}"
    else:
        return
    raise ReportError(run.samples_path, what, _ADVICE)


def _metric_values(path: Path, line: int, row: _Row) -> dict[str, float]:
    extra, values = row.model_extra or {}, dict[str, float]()
    for metric in row.metrics:
        value = extra.get(metric)
        if not isinstance(value, int | float):
            raise ReportError(path, f"metric {metric!r} has no number", _ADVICE, line)
        values[metric] = float(value)
    return values


def _answer(path: Path, line: int, row: _Row) -> Answer:
    responses = [response for request in row.resps for response in request]
    if not responses or row.filtered_resps != responses[:1]:
        what = "filtered_resps is not the first of resps"
        raise ReportError(path, what, _ADVICE, line)
    question = _question(path, line, row.doc)
    return Answer(row.doc_id, line, row.doc, question, responses[0])


def _question(path: Path, line: int, doc: Mapping[str, Any]) -> Question:
    """The dataset row as a record; strict, because every number of the report hangs on it."""
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


def _doc_hash(doc: Mapping[str, Any]) -> str:
    """The hash that lm_eval writes beside a document."""
    return hashlib.sha256(json.dumps(doc, indent=2, ensure_ascii=False).encode()).hexdigest()


def _questions_asked(run: FoundRun) -> int:
    """Documents that a run asked; lm_eval records how many there are and its --limit."""
    available, limit = run.results.n_samples[run.task].original, run.results.config.limit
    if limit is None:
        return available
    # "effective" is no help: it is the most documents that any one metric was computed on.
    return min(available, math.ceil(available * limit) if limit < 1 else int(limit))


def _is_complete(run: FoundRun, collected: _Collected, rows_expected: int) -> bool:
    recorded, rows = run.results.task_hashes.get(run.task), collected.seen.total()
    if recorded is None:
        complete = rows == rows_expected
    else:
        complete = collected.hashes.hexdigest() == recorded
    if not complete and rows >= rows_expected:
        what = f"{rows} rows, but not the {rows_expected} that {run.path.name} is about"
        raise ReportError(run.samples_path, what, _ADVICE)
    return complete
