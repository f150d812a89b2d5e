"""All scored samples of all runs as one flat table, for notebooks and for W&B tables.

One row of samples.csv (shortened):

    run_id,task,model,arm,question_id,world_id,query,answers,response,outcome,exact_match,…
    2026-…_A_B0_rag,heinw_A,org/m,"rag (bm25, k=5)",7bfc…,3a41…,Who …?,Mia Sol,Mia Sol,correct,1.0,…

Metrics and measurements that a question does not have are empty. In CSV, text that a spreadsheet
would take for a formula begins with an apostrophe; in Parquet, text is as it was.
"""

from __future__ import annotations

import contextlib
import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from hei_nw_tasks.compute.costs import COSTS
from hei_nw_tasks.metrics import METRICS
from hei_nw_tasks.response import MEASUREMENTS
from hei_nw_tasks.retrieval.ranking import RANKING
from postprocess.errors import ReportError
from postprocess.reading.runs import Run
from postprocess.rendering.escaping import csv_cell
from postprocess.schema.answer import Answer
from postprocess.schema.run import Summary

_RUN = ("run_id", "task", "scenario", "model", "arm", "baseline")
_TEXT = (
    *("question_id", "world_id", "group_id", "query", "query_kind", "cue_type", "given_slots"),
    *("answers", "response", "outcome"),
)
_WHOLE = ("doc_id", "lag", "store_size", "target_tokens")
# Of overflows there are no rows; costs have all names, those that are not averaged as well.
_SHOWN = tuple(name for name in MEASUREMENTS if name not in ("overflow", *RANKING, *COSTS))
_NUMBERS = ("depth", *METRICS, *_SHOWN, *RANKING, *COSTS)
COLUMNS = (*_RUN, *_TEXT, "answerable", *_WHOLE, *_NUMBERS)
_BATCH = 2_000
_CHUNK = 1 << 20


class Export:
    """Collects samples in temporary files, run by run.

    Args:
        formats: "csv" and "parquet" are exported; others are ignored.
    """

    def __init__(self, formats: Sequence[str]) -> None:
        self._formats = [name for name in ("csv", "parquet") if name in formats]
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._parquet: Any = None
        self._csv: io.TextIOWrapper | None = None

    def __enter__(self) -> Export:
        if self._formats:
            with _one_line():
                self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            # Whatever still is open here is thrown away.
            with contextlib.suppress(OSError):
                self._close()
        finally:
            if self._folder is not None:
                self._folder.cleanup()

    def add(self, run: Run, summary: Summary) -> None:
        """Appends the samples of a run.

        Raises:
            ReportError: They cannot be written.
        """
        if self._folder is None:
            return
        rows = [_row(answer, summary) for answer in run.answers]
        with _one_line():
            if "csv" in self._formats:
                self._add_csv(Path(self._folder.name), rows)
            if "parquet" in self._formats:
                self._add_parquet(Path(self._folder.name), rows)

    def files(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        """Names and contents of the files.

        Raises:
            ReportError: They cannot be written.
        """
        with _one_line():
            self._close()
        for name in self._formats:
            assert self._folder is not None
            yield f"samples.{name}", _pieces(Path(self._folder.name, f"samples.{name}"))

    def _add_csv(self, folder: Path, rows: Iterable[Sequence[Any]]) -> None:
        if self._csv is None:
            path = folder / "samples.csv"
            self._csv = path.open("w", encoding="utf-8", newline="")
            csv.writer(self._csv).writerow(COLUMNS)
        csv.writer(self._csv).writerows([guarded(cell) for cell in row] for row in rows)

    def _add_parquet(self, folder: Path, rows: Sequence[Sequence[Any]]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        text, whole = pa.string(), pa.int64()
        kinds = {
            **dict.fromkeys((*_RUN, *_TEXT), text),
            **dict.fromkeys(_WHOLE, whole),
            "answerable": pa.bool_(),
        }
        schema = pa.schema([(name, kinds.get(name, pa.float64())) for name in COLUMNS])
        if self._parquet is None:
            self._parquet = pq.ParquetWriter(folder / "samples.parquet", schema)
        for start in range(0, len(rows), _BATCH):
            columns = zip(*rows[start : start + _BATCH], strict=True)
            arrays = [pa.array(c, type=f.type) for c, f in zip(columns, schema, strict=True)]
            self._parquet.write_table(pa.Table.from_arrays(arrays, schema=schema))

    def _close(self) -> None:
        writers = self._csv, self._parquet
        self._csv = self._parquet = None
        with contextlib.ExitStack() as stack:
            for writer in filter(None, writers):
                stack.callback(writer.close)


@contextlib.contextmanager
def _one_line() -> Iterator[None]:
    """Turns a failure to write a temporary file into an error of one line."""
    try:
        yield
    except OSError as error:
        what = f"cannot write temporary files ({error.strerror or error})"
        advice = "free space there, or name another folder in TMPDIR"
        raise ReportError(Path(tempfile.tempdir or "samples"), what, advice) from error


def guarded(cell: Any) -> Any:
    """A cell for CSV: text that begins like a formula gets an apostrophe before it."""
    return csv_cell(cell) if isinstance(cell, str) else cell


def _row(answer: Answer, summary: Summary) -> list[Any]:
    known: dict[str, Any] = {
        "run_id": summary.run_id,
        "task": summary.task,
        "scenario": summary.scenario,
        "model": summary.provenance.model,
        "arm": summary.arm,
        "baseline": summary.baseline,
        "question_id": answer.id,
        "given_slots": " ".join(answer.given_slots),
        "answers": " | ".join(answer.answers),
        **answer.scores,
        **answer.measured,
    }
    return [known[name] if name in known else getattr(answer, name, None) for name in COLUMNS]


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield piece
