"""The documents of a samples file, and the metrics of each that are one number.

One line of the file (shortened); lm_eval writes one for each document and filter:

    {"doc_id": 3, "doc": {"question": "7 and 5?"}, "target": "12", "filter": "strict-match",
     "arguments": {"gen_args_0": {"arg_0": PROMPT, "arg_1": {…}}}, "filtered_resps": ["12"],
     "doc_hash": "b457…", "prompt_hash": "09ab…", "target_hash": "6b51…",
     "metrics": ["exact_match"], "exact_match": 1.0}
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from postprocess.errors import ReportError, UnusableRunError
from postprocess.reading.completeness import is_complete, questions_asked
from postprocess.reading.lines import ADVICE, fields_of, lines
from postprocess.reading.rescore import same
from postprocess.reading.results import FoundRun
from postprocess.reading.rows import MOST
from postprocess.statistics.intervals import FEWEST_WORLDS

_MEANS = ("mean", "nanmean")
_UNSCORED = "bypass"
# What is as long as a sentence, and stands in several documents, may well decide their answers.
_LONG_TEXT = 32
_MOST_SHARED = 0.9


class Line(BaseModel):
    """What a line has, whatever the task; the metrics, under their own names, are extra fields."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    doc_id: int
    doc: Any
    target: Any
    arguments: dict[str, Any]
    filtered_resps: list[Any]
    filter: str
    metrics: list[str]
    doc_hash: str
    prompt_hash: str
    target_hash: str


class Measure(NamedTuple):
    """A metric of the responses that a filter gave, as lm_eval's results name it."""

    metric: str
    filter: str

    def __str__(self) -> str:
        return f"{self.metric},{self.filter}"


@dataclass(frozen=True, slots=True)
class Document:
    """A document, by its hashes; and where its lines begin in the file, by filter."""

    doc_hash: str
    prompt_hash: str
    target_hash: str
    cluster: str
    offsets: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Documents:
    """What a samples file holds.

    Attributes:
        run: What its results file says.
        documents: The documents by `doc_id`.
        scores: Of each metric and filter, the documents' values by `doc_id`.
        skipped: Why other metrics cannot be compared document by document.
        shared: Fields with texts that several documents share, with how many texts there are;
            empty if clusters were asked for.
        rows: Whole rows in the file.
        rows_expected: Rows that lm_eval wrote.
    """

    run: FoundRun
    documents: dict[int, Document] = field(default_factory=dict)
    scores: dict[Measure, dict[int, float]] = field(default_factory=dict)
    skipped: dict[Measure, str] = field(default_factory=dict)
    shared: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    rows_expected: int = 0

    @property
    def path(self) -> Path:
        """The samples file."""
        return self.run.samples_path

    @property
    def complete(self) -> bool:
        """Whether every row is there."""
        return self.rows >= self.rows_expected

    @property
    def repeated(self) -> set[str]:
        """Hashes that several documents share."""
        counts = Counter(document.doc_hash for document in self.documents.values())
        return {doc_hash for doc_hash, count in counts.items() if count > 1}

    def line(self, doc_id: int, filter_name: str) -> tuple[int, Line]:
        """Reads the line of a document again; and its number."""
        number, offset = self.documents[doc_id].offsets[filter_name]
        try:
            with self.path.open("rb") as file:
                file.seek(offset)
                raw = file.readline()
        except OSError as error:
            raise UnusableRunError(self.path, f"{error.strerror}", ADVICE) from error
        found = fields_of(Line, self.path, number, raw, nan_as_none=True)
        if found is None or found.doc_id != doc_id:
            raise ReportError(self.path, "was changed while it was read", ADVICE, number)
        return number, found


def read_documents(run: FoundRun, cluster: str | None = None) -> Documents:
    """Reads the samples of a run.

    Args:
        run: What its results file says.
        cluster: Field of the documents that says which of them are no independent draws, such as
            "passage_id", with dots into what is nested; None if each one is.

    Raises:
        UnusableRunError: The file is missing or damaged, or holds no row.
        ReportError: It is not what the results file is about; or a document lacks the field.
    """
    reader, offset = _Reader(run, cluster), 0
    for number, raw in lines(run.samples_path):
        line = fields_of(Line, run.samples_path, number, raw, nan_as_none=True)
        if line is not None:
            reader.add(number, offset, line)
        offset += len(raw)
    return reader.documents()


class _Reader:
    """What has been read so far."""

    def __init__(self, run: FoundRun, cluster: str | None) -> None:
        self._run, self._cluster = run, cluster
        self._documents: dict[int, Document] = {}
        self._scores: dict[Measure, dict[int, float]] = {}
        self._skipped: dict[Measure, str] = {}
        self._missing = set[Measure]()
        self._texts: dict[str, dict[int, set[str]]] = {}
        self._hashes, self._rows, self._filters = hashlib.sha256(), 0, set[str]()

    def add(self, number: int, offset: int, line: Line) -> None:
        """Keeps what is needed of a line."""
        self._rows += 1
        self._filters.add(line.filter)
        self._hashes.update(f"{line.doc_hash}{line.prompt_hash}{line.target_hash}".encode())
        known = self._documents.get(line.doc_id)
        if known is None:
            known = Document(
                line.doc_hash,
                line.prompt_hash,
                line.target_hash,
                self._cluster_of(number, line),
                {},
            )
            self._documents[line.doc_id] = known
            if self._cluster is None and isinstance(line.doc, dict):
                self._note_texts(line.doc, line.doc_hash)
        if known.doc_hash != line.doc_hash:
            raise self._refused(number, f"document {line.doc_id} was changed after the run")
        if line.filter in known.offsets:
            what = f"document {line.doc_id} has a second row of filter {line.filter!r}"
            raise self._refused(number, what)
        known.offsets[sys.intern(line.filter)] = number, offset
        for metric in line.metrics:
            self._score(Measure(metric, line.filter), number, line)

    def documents(self) -> Documents:
        """Checks the file as a whole."""
        run = self._run
        if not self._rows:
            raise UnusableRunError(run.samples_path, "no whole row", ADVICE)
        filters = len(run.results.configs[run.task].filter_list) or 1
        expected = questions_asked(run) * max(filters, len(self._filters))
        complete = is_complete(run, self._rows, expected, self._hashes.hexdigest())
        for measure in list(self._scores):
            if measure not in self._skipped and (reason := self._no_mean(measure, complete)):
                self._skipped[measure] = reason
        for measure in self._skipped:
            self._scores.pop(measure, None)
        return Documents(
            run,
            self._documents,
            self._scores,
            self._skipped,
            self._shared(),
            self._rows,
            self._rows if complete else expected,
        )

    def _note_texts(self, doc: Mapping[str, Any], doc_hash: str) -> None:
        for name, value in doc.items():
            if isinstance(value, str) and len(value) >= _LONG_TEXT:
                of_field = self._texts.setdefault(name, {})
                of_field.setdefault(hash(value), set()).add(doc_hash)

    def _shared(self) -> dict[str, int]:
        """Fields whose texts would make clusters: several, and of several documents."""
        found = {}
        for name, texts in self._texts.items():
            different = len(set[str]().union(*texts.values()))
            if FEWEST_WORLDS <= len(texts) <= _MOST_SHARED * different:
                found[name] = len(texts)
        return found

    def _score(self, measure: Measure, number: int, line: Line) -> None:
        if measure in self._skipped:
            return
        value = (line.model_extra or {}).get(measure.metric)
        if measure.metric == _UNSCORED:
            self._skipped[measure] = "responses were not scored (--predict_only)"
        elif value is None:  # NaN: this document has no value
            self._scores.setdefault(measure, {})
            self._missing.add(measure)
        elif not isinstance(value, int | float):
            shown = json.dumps(value, ensure_ascii=False)
            self._skipped[measure] = f"a document has no single number, but {shown[:60]}"
        elif abs(value) > MOST:
            raise self._refused(number, f"metric {measure.metric!r} is {value}")
        else:
            self._scores.setdefault(measure, {})[line.doc_id] = float(value)

    def _no_mean(self, measure: Measure, complete: bool) -> str | None:
        """Why lm_eval's score is not the mean of its documents; None if it is."""
        values = self._scores[measure]
        if not values:
            return "no document has a number"
        run, mean = self._run, math.fsum(values.values()) / len(values)
        entries = run.results.configs[run.task].metric_list
        aggregation = next((e.aggregation for e in entries if e.metric == measure.metric), None)
        theirs = run.results.mean(run.task, *measure)
        checked = theirs is not None and complete and measure not in self._missing
        if checked and same(theirs, mean):
            return None
        if checked and aggregation in _MEANS:
            what = f"lm_eval's {measure} is {theirs}, the samples' mean is {mean} (n={len(values)})"
            raise ReportError(run.path, what, "restore the file that lm_eval wrote, or run again")
        if checked or aggregation not in (None, *_MEANS):
            by = f" but {aggregation}" if str(aggregation).isidentifier() and aggregation else ""
            return f"lm_eval's score is not the mean of its documents{by}"
        return None

    def _cluster_of(self, number: int, line: Line) -> str:
        if self._cluster is None:
            return line.doc_hash  # equal documents are one draw
        value = line.doc
        for name in self._cluster.removeprefix("doc.").split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is None:
            fields: Mapping[str, Any] = line.doc if isinstance(line.doc, dict) else {}
            some = ", ".join(sorted(fields)) or "none: its documents are plain text"
            what = f"document {line.doc_id} of {self._run.task} has no field {self._cluster!r}"
            advice = f"--cluster takes one of its fields ({some}); --task leaves other tasks out"
            raise ReportError(self._run.samples_path, what, advice, number)
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        return sys.intern(text)

    def _refused(self, number: int, what: str) -> ReportError:
        return ReportError(self._run.samples_path, what, ADVICE, number)
