"""Reads the samples file of a run, line by line: questions, responses, and their scores.

A file that ends early is salvaged up to its last whole line; one with damaged lines is left out.
What contradicts itself ends the report: what was hashed at the time of the run (the question, and
the sequence of rows) needs to have the same hash now, and what was scored the same score.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from generators.datasets.tables import canonical_line
from hei_nw_tasks import metrics
from hei_nw_tasks.compute.costs import COSTS
from hei_nw_tasks.compute.record import ComputeRecord
from hei_nw_tasks.response import AnswerRecord
from hei_nw_tasks.scoring import naming
from postprocess.errors import ReportError, UnusableRunError
from postprocess.reading.completeness import is_complete, questions_asked
from postprocess.reading.known import Known, unanswered
from postprocess.reading.line_hash import LineHash
from postprocess.reading.lines import ADVICE, lines
from postprocess.reading.measurements import measured_again, record_of
from postprocess.reading.repeated_rows import RowParser
from postprocess.reading.rescore import ADVICE as SCORED_AGAIN
from postprocess.reading.rescore import OVERFLOW, Means, disagreement, overflowed
from postprocess.reading.results import FoundRun
from postprocess.reading.rows import ALL, Row, RowEnd
from postprocess.reading.stores import Stores
from postprocess.schema.answer import Answer


@dataclass(frozen=True)
class Samples:
    """What a samples file holds.

    Attributes:
        path: The file.
        sha256: Of the file's bytes.
        answers: The answers, in the order of the dataset.
        offsets: Where in the file the row of each document begins, in bytes.
        overflowed: Whether they are answerable, of questions whose prompt did not fit the model.
        stores: What a memory made of them (mode B1).
        bases: For each cost, how often it was measured, estimated, or missing for which reason.
        rows: Whole rows in the file.
        rows_expected: Rows that lm_eval wrote, according to the results file.
        questions_expected: Documents that were asked, according to the results file.
        complete: Whether every row is there.
        rows_sha256: Hash of the questions, as the dataset's manifest has it; None if the file is
            not complete.
    """

    path: Path
    sha256: str
    answers: list[Answer]
    offsets: Mapping[int, int]
    overflowed: list[bool]
    stores: Stores
    bases: Mapping[str, Counter[str]]
    rows: int
    rows_expected: int
    questions_expected: int
    complete: bool
    rows_sha256: str | None


@dataclass(frozen=True, slots=True)
class _Filtered:
    """What is kept of a row of another filter than "all"."""

    filter: str
    doc_id: int
    line: int
    fingerprint: bytes
    recorded: dict[str, float]


def read_samples(run: FoundRun, known: Known) -> Samples:
    """Reads, checks and scores the samples of a run.

    Args:
        run: What its results file says.
        known: What other runs had.

    Raises:
        UnusableRunError: The file is missing, damaged, or without a whole row.
        ReportError: It was changed since the run. The means of an incomplete run cannot be compared
            with lm_eval's; its rows are.
    """
    path, whole_file = run.samples_path, hashlib.sha256()
    reader, parser, offset = _Reader(run, known), RowParser(path), 0
    for line, raw in lines(path):
        whole_file.update(raw)
        row = parser.parse(line, raw)
        if row is not None:
            reader.add(row, offset)
        offset += len(raw)
    return reader.samples(whole_file.hexdigest())


class _Reader:
    """What has been read so far."""

    def __init__(self, run: FoundRun, known: Known) -> None:
        self._run, self._path, self._known = run, run.samples_path, known
        self._answers: dict[int, Answer] = {}
        self._offsets: dict[int, int] = {}
        self._overflowed: list[bool] = []
        self._fingerprints: dict[int, bytes] = {}
        # Rows of other filters before that of "all", as two processes may write them.
        self._waiting: list[_Filtered] = []
        self._seen: dict[str, set[int]] = {}
        self._means, self._rows, self._ids = Means(), hashlib.sha256(), set[str]()
        self._questions = LineHash()
        self._bases: dict[str, Counter[str]] = {}
        self._stores = Stores(run.results.config.heinw.k)

    def add(self, row: RowEnd, offset: int) -> None:
        """Checks a row against itself and the rows before it, and keeps what is needed."""
        seen = self._seen.setdefault(row.filter, set())
        if row.doc_id in seen:
            raise row.error(f"document {row.doc_id} has a second row of filter {row.filter!r}")
        seen.add(row.doc_id)
        self._rows.update(row.hashes())
        recorded, fingerprint = row.metrics(), row.fingerprint()
        self._means.add(row.filter, recorded)
        if isinstance(row, Row) and row.filter == ALL:
            self._fingerprints[row.doc_id] = fingerprint
            self._offsets[row.doc_id] = offset
            self._answer(row, recorded, (self._run.scenario, fingerprint))
            return
        filtered = _Filtered(row.filter, row.doc_id, row.line, fingerprint, recorded)
        if row.doc_id in self._fingerprints:
            self._compare(filtered)
        else:
            self._waiting.append(filtered)

    def samples(self, sha256: str) -> Samples:
        """Checks the file as a whole."""
        rows = sum(map(len, self._seen.values()))
        if not self._fingerprints:
            what = f"no whole row of filter {ALL!r} in {rows} rows"
            raise UnusableRunError(self._path, what, ADVICE)
        asked = questions_asked(self._run)
        self._check_identities(asked)
        rows_expected = asked * len(self._run.results.configs[self._run.task].filter_list)
        complete = is_complete(self._run, rows, rows_expected, self._rows.hexdigest())
        for filtered in self._waiting:
            self._compare(filtered)
        if complete:
            self._means.compare(self._run)
        return Samples(
            path=self._path,
            sha256=sha256,
            answers=[answer for _, answer in sorted(self._answers.items())],
            offsets=self._offsets,
            overflowed=self._overflowed,
            stores=self._stores,
            bases=self._bases,
            rows=rows,
            # A complete file is right about itself where --samples selected the documents.
            rows_expected=rows if complete else rows_expected,
            questions_expected=len(self._fingerprints) if complete else asked,
            complete=complete,
            rows_sha256=self._questions.hexdigest() if complete else None,
        )

    def _answer(self, row: Row, recorded: dict[str, float], key: tuple[str, bytes]) -> None:
        question = self._known.questions.get(key, lambda: self._question(row))
        if question.id in self._ids:
            raise row.error("two documents have the same question id")
        self._ids.add(question.id)
        self._questions.add(row.doc_id, canonical_line(row.doc))
        response = row.response()
        record = record_of(row, self._run.results.config.heinw.short)
        self._stores.add(row, question.world_id, record)
        if overflowed(row, recorded, response):
            measured_again(row, record, recorded)
            self._overflowed.append(question.answerable)
            return
        scores, outcome = self._known.scores.get(
            (*key, response),
            lambda: (metrics.score(row.doc, response), naming.outcome(row.doc, response)),
        )
        if problem := disagreement(ALL, recorded, scores):
            raise row.error(problem, SCORED_AGAIN)
        others = {name: value for name, value in recorded.items() if name not in scores}
        measured = measured_again(row, record, others)
        measured.pop(OVERFLOW, None)
        measured |= self._batch_costs(record.compute if record else None)
        measured |= _of_evidence(record)
        self._answers[row.doc_id] = replace(
            question,
            doc_id=row.doc_id,
            response=response,
            outcome=outcome,
            scores=scores,
            measured=measured,
        )

    def _question(self, row: Row) -> Answer:
        """The question of a row, without a response.

        Raises:
            UnusableRunError: It is no question of this version.
            ReportError: It was changed after the run, or contradicts itself.
        """
        row.require_unchanged()
        question = row.question()
        if question.scenario != self._run.scenario:
            raise row.error(f"has questions that are not of scenario {self._run.scenario}")
        return unanswered(row, question)

    def _batch_costs(self, record: ComputeRecord | None) -> dict[str, float]:
        """Counts where a record's numbers come from; returns those that are no metrics."""
        if record is None:
            return {}
        for name, cost in record.costs.items():
            self._bases.setdefault(name, Counter())[cost.basis or cost.reason or ""] += 1
        values = ((name, record.value(name)) for name, cost in COSTS.items() if not cost.in_table)
        return {name: float(value) for name, value in values if value is not None}

    def _compare(self, filtered: _Filtered) -> None:
        """Compares a row of another filter with that of "all"."""
        known = self._fingerprints.get(filtered.doc_id)
        answer = self._answers.get(filtered.doc_id)
        if known is None or (filtered.recorded and answer is None):
            document = f"document {filtered.doc_id}"
            what = f"{document} has filter {filtered.filter!r} and no filter {ALL!r}"
            raise ReportError(self._path, what, ADVICE)
        if known != filtered.fingerprint:
            what = "the question was changed after the run"
            raise ReportError(self._path, what, ADVICE, filtered.line)
        if filtered.recorded and answer is not None:  # else the filter left this document out
            problem = disagreement(filtered.filter, filtered.recorded, answer.scores)
            if problem:
                raise ReportError(self._path, problem, SCORED_AGAIN, filtered.line)

    def _check_identities(self, asked: int) -> None:
        documents = set(self._fingerprints)
        if len(documents) == asked and documents != set(range(asked)):
            raise ReportError(self._path, f"document ids are not 0 to {asked - 1}", ADVICE)


def _of_evidence(record: AnswerRecord | None) -> dict[str, float]:
    """What a memory was told of a question's evidence, as far as it is known."""
    memory = None if record is None else record.memory
    found = {} if memory is None else {"pinned": memory.pinned, "replayed": memory.replayed}
    return {name: float(value) for name, value in found.items() if value is not None}
