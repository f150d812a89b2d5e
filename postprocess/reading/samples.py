"""Reads the samples file of a run, line by line: what was asked, what was answered, what it scores.

A file that ends early is salvaged up to its last whole line. Any other damage ends the report: what
was hashed at the time of the run (the question, and the sequence of rows) has to hash the same now,
and what was scored has to score the same.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generators.datasets.tables import canonical_line
from hei_nw_tasks import metrics
from hei_nw_tasks.compute.record import ComputeRecord
from hei_nw_tasks.scoring import naming
from postprocess.errors import ReportError
from postprocess.reading.answers import Asked, ScoredAnswer, asked_of
from postprocess.reading.measurements import measured_again, record_of
from postprocess.reading.rescore import OVERFLOW, Means, overflowed, require_scores
from postprocess.reading.results import FoundRun
from postprocess.reading.rows import (
    ADVICE,
    ALL,
    Row,
    fingerprint,
    metric_values,
    parse_row,
    question_of,
    require_unchanged,
    response_of,
)

# Of the compute record, what is no metric of lm_eval's.
_RECORDED_ONLY = ("batch_size", "batch_latency_s", "peak_memory_bytes")


@dataclass(frozen=True)
class Samples:
    """What a samples file holds.

    Attributes:
        path: The file.
        sha256: Of the file's bytes.
        scored: The answers, in the order of the dataset.
        overflowed: Questions whose prompt did not fit the model, in the order of the dataset.
        bases: For each key of the compute record, how often it was measured, estimated, or missing
            for which reason.
        rows: Whole rows in the file.
        rows_expected: Rows that lm_eval wrote, as far as the results file tells.
        questions_expected: Documents that were asked, likewise.
        complete: Whether every row is there.
        rows_sha256: Hash of the questions, as the dataset's manifest has it; None where the file
            is not complete.
    """

    path: Path
    sha256: str
    scored: list[ScoredAnswer]
    overflowed: list[Asked]
    bases: Mapping[str, Counter[str]]
    rows: int
    rows_expected: int
    questions_expected: int
    complete: bool
    rows_sha256: str | None


def read_samples(run: FoundRun) -> Samples:
    """Reads, checks and scores the samples of a run.

    Raises:
        ReportError: The file is missing, damaged, changed since the run, or without a whole row.
            The means of an incomplete run cannot be compared with lm_eval's; its rows are.
    """
    path, whole_file = run.samples_path, hashlib.sha256()
    collected = _Collected(run)
    for line, raw in _lines(path):
        whole_file.update(raw)
        row = parse_row(path, line, raw)
        if row is not None:
            collected.take(line, row)
    return collected.samples(whole_file.hexdigest())


class _Collected:
    """What has been read so far."""

    def __init__(self, run: FoundRun) -> None:
        self._run, self._path = run, run.samples_path
        self._answers: dict[int, ScoredAnswer] = {}
        self._overflowed: dict[int, Asked] = {}
        self._fingerprints: dict[int, bytes] = {}
        # Rows of other filters that stand before that of "all", as two processes may write them.
        self._waiting: dict[tuple[str, int], tuple[bytes, int, dict[str, float]]] = {}
        self._seen: dict[str, set[int]] = {}
        self._means, self._rows, self._ids = Means(), hashlib.sha256(), set[str]()
        self._questions = _InOrder()
        self._bases: dict[str, Counter[str]] = {}

    def take(self, line: int, row: Row) -> None:
        """Checks a row against itself and against the rows before it, and keeps what is needed."""
        seen = self._seen.setdefault(row.filter, set())
        if row.doc_id in seen:
            what = f"document {row.doc_id} has a second row of filter {row.filter!r}"
            raise ReportError(self._path, what, ADVICE, line)
        seen.add(row.doc_id)
        self._rows.update(f"{row.doc_hash}{row.prompt_hash}{row.target_hash}".encode())
        recorded, digest = metric_values(self._path, line, row), fingerprint(row)
        self._means.add(row.filter, recorded)
        if row.filter == ALL:
            require_unchanged(self._path, line, row)
            self._fingerprints[row.doc_id] = digest
            self._answer(line, row, recorded)
        elif row.doc_id in self._fingerprints:
            self._compare(row.filter, row.doc_id, digest, line, recorded)
        else:
            self._waiting[row.filter, row.doc_id] = digest, line, recorded

    def samples(self, sha256: str) -> Samples:
        """Checks the file as a whole."""
        rows = sum(map(len, self._seen.values()))
        if not self._fingerprints:
            raise ReportError(self._path, f"no whole row of filter {ALL!r} in {rows} rows", ADVICE)
        asked = _questions_asked(self._run)
        self._check_identities(asked)
        rows_expected = asked * len(self._run.results.configs[self._run.task].filter_list)
        complete = self._is_complete(rows, rows_expected)
        for (filter_name, doc_id), (digest, line, recorded) in self._waiting.items():
            self._compare(filter_name, doc_id, digest, line, recorded)
        if complete:
            self._means.compare(self._run)
        return Samples(
            path=self._path,
            sha256=sha256,
            scored=[answer for _, answer in sorted(self._answers.items())],
            overflowed=[question for _, question in sorted(self._overflowed.items())],
            bases=self._bases,
            rows=rows,
            # A complete file is right about itself where --samples picked the documents.
            rows_expected=rows if complete else rows_expected,
            questions_expected=len(self._fingerprints) if complete else asked,
            complete=complete,
            rows_sha256=self._questions.hexdigest() if complete else None,
        )

    def _answer(self, line: int, row: Row, recorded: dict[str, float]) -> None:
        question = question_of(self._path, line, row.doc)
        if question.scenario != self._run.scenario:
            what = f"has questions that are not of scenario {self._run.scenario}"
            raise ReportError(self._path, what, ADVICE, line)
        if question.id in self._ids:
            what = "two documents have the same question id"
            raise ReportError(self._path, what, ADVICE, line)
        self._ids.add(question.id)
        self._questions.add(row.doc_id, canonical_line(row.doc))
        response = response_of(self._path, line, row)
        record, arm = record_of(self._path, line, row), self._run.results.config.heinw.baseline
        if overflowed(self._path, line, recorded, response):
            measured_again(self._path, line, row, recorded, {}, record, arm)
            self._overflowed[row.doc_id] = asked_of(question)
            return
        scores = metrics.score(row.doc, response)
        require_scores(self._path, line, ALL, recorded, scores)
        measured = measured_again(self._path, line, row, recorded, scores, record, arm)
        measured.pop(OVERFLOW, None)
        measured |= self._costs(record.compute if record else None)
        self._answers[row.doc_id] = ScoredAnswer(
            doc_id=row.doc_id,
            line=line,
            doc_hash=bytes.fromhex(row.doc_hash),
            asked=asked_of(question),
            response=response,
            scores=scores,
            outcome=naming.outcome(row.doc, response),
            measured=measured,
        )

    def _costs(self, record: ComputeRecord | None) -> dict[str, float]:
        """Counts where a record's numbers come from; returns those that are no metrics."""
        if record is None:
            return {}
        for key, cost in record.costs.items():
            self._bases.setdefault(key, Counter())[cost.basis or cost.reason or ""] += 1
        values = ((key, record.value(key)) for key in _RECORDED_ONLY)
        return {key: float(value) for key, value in values if value is not None}

    def _compare(
        self, filter_name: str, doc_id: int, digest: bytes, line: int, recorded: dict[str, float]
    ) -> None:
        """Holds a row of another filter against that of "all"."""
        known = self._fingerprints.get(doc_id)
        answer = self._answers.get(doc_id)
        if known is None or (recorded and answer is None):
            what = f"document {doc_id} has filter {filter_name!r} and no filter {ALL!r}"
            raise ReportError(self._path, what, ADVICE)
        if known != digest:
            raise ReportError(self._path, "the question was changed after the run", ADVICE, line)
        if recorded and answer is not None:  # else the filter left this document out
            require_scores(self._path, line, filter_name, recorded, answer.scores)

    def _check_identities(self, asked: int) -> None:
        documents = set(self._fingerprints)
        if len(documents) == asked and documents != set(range(asked)):
            raise ReportError(self._path, f"document ids are not 0 to {asked - 1}", ADVICE)

    def _is_complete(self, rows: int, rows_expected: int) -> bool:
        recorded = self._run.results.task_hashes.get(self._run.task)
        complete = self._rows.hexdigest() == recorded if recorded else rows == rows_expected
        if not complete and rows >= rows_expected:
            what = f"{rows} rows, but not the {rows_expected} that {self._run.path.name} is about"
            raise ReportError(self._path, what, ADVICE)
        return complete


class _InOrder:
    """A hash over lines in the order of their numbers, whatever order they come in."""

    def __init__(self) -> None:
        self._hash: Any = hashlib.sha256()
        self._next = 0
        self._early: dict[int, bytes] = {}

    def add(self, number: int, line: bytes) -> None:
        if number != self._next:
            self._early[number] = zlib.compress(line)
            return
        self._hash.update(line)
        self._next += 1
        while self._next in self._early:
            self._hash.update(zlib.decompress(self._early.pop(self._next)))
            self._next += 1

    def hexdigest(self) -> str:
        """Of all lines; numbers that never came are left out."""
        for _, line in sorted(self._early.items()):
            self._hash.update(zlib.decompress(line))
        return str(self._hash.hexdigest())


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        if path.exists() and not path.is_file():
            raise ReportError(path, "not a file", ADVICE)
        # A binary file's lines end at \n alone, so U+2028 inside a response ends none.
        with path.open("rb") as file:
            yield from enumerate(file, 1)
    except FileNotFoundError as error:
        raise ReportError(path, "no such file", "run lm_eval again with --log_samples") from error
    except OSError as error:
        raise ReportError(path, f"{error.strerror}", ADVICE) from error


def _questions_asked(run: FoundRun) -> int:
    """Documents that a run asked; lm_eval records how many there are and its --limit."""
    available, limit = run.results.n_samples[run.task].original, run.results.config.limit
    if limit is None:
        return available
    # "effective" is no help: it is the most documents that any one metric was computed on.
    return min(available, math.ceil(available * limit) if limit < 1 else int(limit))
