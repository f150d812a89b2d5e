"""One line of a samples file: parsed, checked against itself, reduced to what is needed.

One line of the file (shortened); lm_eval writes one per document *and* filter:

    {"doc_id": 0, "doc": {"id": "q0", ...}, "resps": [["5433"]], "filtered_resps": ["5433"],
     "filter": "all", "metrics": ["exact_match", ...], "doc_hash": "b457...", "exact_match": 1.0,
     "arguments": {"gen_args_0": {"arg_0": PROMPT, "arg_1": {...}, "arg_2": {"heinw": RECORD}}}}

Answers of the `heinw` model have the third argument: what it measured
(`postprocess.reading.measurements`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from generators.records import Question
from hei_nw_tasks.scoring.completion import answer_line
from postprocess.errors import ReportError, UnusableRunError
from postprocess.reading.lines import ADVICE, fields_of
from postprocess.reading.results import first_problem

ALL = "all"
MOST = 1e30  # no run counts further, and sums stay within floats
_COLUMNS = {column.name for column in fields(Question)}
_QUESTION = TypeAdapter(Question)


class Beginning(BaseModel):
    """What the rows of a document share: the question, the response, and extra fields."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    doc_id: int
    doc: dict[str, Any]
    resps: list[list[str]]
    filtered_resps: list[str]


class End(BaseModel):
    """What is a row's own; the metrics, under their own names, are extra fields."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    filter: str
    metrics: list[str]
    doc_hash: str
    prompt_hash: str
    target_hash: str


class _Fields(Beginning, End):
    """A whole line."""


@dataclass(frozen=True, slots=True)
class RowEnd:
    """A row as far as it is not what another row of its document says, and where it is.

    Attributes:
        path: The samples file.
        line: Line of the file, from 1.
        doc_id: Position of the question in the dataset.
        doc_digest: Of the dataset row.
        end: What the line says in the end.
    """

    path: Path
    line: int
    doc_id: int
    doc_digest: bytes
    end: End

    @property
    def filter(self) -> str:
        """Name of the filter; every question has a row of `ALL`."""
        return self.end.filter

    def error(self, what: str, advice: str = ADVICE) -> ReportError:
        """An error about this row."""
        return ReportError(self.path, what, advice, self.line)

    def unusable(self, what: str, advice: str = ADVICE) -> UnusableRunError:
        """An error that leaves this row's run out of the report."""
        return UnusableRunError(self.path, what, advice, self.line)

    def hashes(self) -> bytes:
        """What lm_eval hashes of each row for the results file."""
        found = self.end
        return f"{found.doc_hash}{found.prompt_hash}{found.target_hash}".encode()

    def fingerprint(self) -> bytes:
        """Bytes for question and hash, equal for the rows of one document."""
        return self.doc_digest + self.end.doc_hash.encode()

    def metrics(self) -> dict[str, float]:
        """The row's metrics by name.

        Raises:
            UnusableRunError: A listed metric has no number.
            ReportError: It is one that no run can produce.
        """
        extra, values = self.end.model_extra or {}, dict[str, float]()
        for metric in self.end.metrics:
            value = extra.get(metric)
            if not isinstance(value, int | float):
                raise self.unusable(f"metric {metric!r} has no number")
            if abs(value) > MOST:
                raise self.error(f"metric {metric!r} is {value}")
            values[metric] = float(value)
        return values


@dataclass(frozen=True, slots=True)
class Row(RowEnd):
    """A whole row.

    Attributes:
        beginning: What the line says at first.
    """

    beginning: Beginning

    @property
    def doc(self) -> dict[str, Any]:
        """The dataset row."""
        return self.beginning.doc

    def require_unchanged(self) -> None:
        """Compares the question with the hash that lm_eval saved with it.

        Raises:
            ReportError: It was changed after the run.
        """
        text = json.dumps(self.doc, indent=2, ensure_ascii=False)
        if hashlib.sha256(text.encode()).hexdigest() != self.end.doc_hash:
            raise self.error("the question was changed after the run")

    def third_argument(self) -> Any:
        """What the `heinw` model recorded; None in the rows of other models."""
        found: Any = (self.beginning.model_extra or {}).get("arguments")
        for key in ("gen_args_0", "arg_2", "heinw"):
            found = found.get(key) if isinstance(found, dict) else None
        return found

    def response(self) -> str:
        """What was scored: the first response, or of a plain prompt's response the answer line.

        Raises:
            ReportError: The filter kept something else.
        """
        responses = [response for request in self.beginning.resps for response in request]
        filtered = self.beginning.filtered_resps
        if not responses or filtered not in (responses[:1], [answer_line(responses[0])]):
            raise self.error("filtered_resps is not the first of resps")
        return filtered[0]

    def question(self) -> Question:
        """The dataset row as a record; strict, because all numbers of the report depend on it.

        Raises:
            UnusableRunError: It is no question of this version.
            ReportError: It contradicts itself.
        """
        advice = "make the run with the heinw tasks of this version"
        if unknown := sorted(self.doc.keys() - _COLUMNS):
            raise self.unusable(f"doc has the unknown column {unknown[0]!r}", advice)
        try:
            # Through JSON: strict validation of Python values would ask for a Question instance.
            question = _QUESTION.validate_json(json.dumps(self.doc), strict=True)
        except ValidationError as error:
            raise self.unusable(f"doc: {first_problem(error)}", advice) from error
        if question.answerable != bool(question.answers):
            raise self.error("doc: answerable and answers disagree", advice)
        if question.lag is not None and question.lag < 0:
            raise self.error(f"doc: lag is {question.lag}", advice)
        return question


def parse_row(path: Path, line: int, raw: bytes) -> Row | None:
    """The row of a line; None if the file ends in the middle of the line.

    Raises:
        UnusableRunError: The line is no row.
    """
    fields = fields_of(_Fields, path, line, raw)
    return None if fields is None else row_of(path, line, fields, fields)


def row_of(path: Path, line: int, beginning: Beginning, end: End) -> Row:
    """The row of the two parts of a line."""
    text = json.dumps(beginning.doc, ensure_ascii=False)
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return Row(path, line, beginning.doc_id, digest, end, beginning)
