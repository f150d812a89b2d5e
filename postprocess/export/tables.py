"""All scored samples of all runs as one flat table, for notebooks and for W&B tables.

One row of samples.csv (shortened):

    run_id,task,model,arm,question_id,world_id,query,answers,response,outcome,exact_match,…
    2026-…_A_B0_rag,heinw_A,org/m,"rag (bm25, k=5)",7bfc…,3a41…,Who …?,Mia Sol,Mia Sol,correct,1.0,…

Metrics and measurements that a question does not have are empty. In CSV, text that a spreadsheet
would take for a formula begins with an apostrophe; in Parquet, text is as it was.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hei_nw_tasks.compute.costs import COSTS
from hei_nw_tasks.metrics import METRICS
from hei_nw_tasks.response import MEASUREMENTS
from hei_nw_tasks.retrieval.ranking import RANKING
from postprocess.reading.runs import Run
from postprocess.rendering.escaping import csv_cell
from postprocess.schema.answer import Answer
from postprocess.schema.run import Summary

_RUN = ("run_id", "task", "scenario", "model", "arm", "baseline")
_TEXT = (
    *("question_id", "world_id", "group_id", "query", "query_kind", "cue_type", "cue_overlap"),
    *("given_slots", "answers", "response", "outcome"),
)
_WHOLE = ("doc_id", "lag", "store_size", "target_tokens")
# Of overflows there are no rows; costs have all names, those that are not averaged as well.
_SHOWN = tuple(name for name in MEASUREMENTS if name not in ("overflow", *RANKING, *COSTS))
_NUMBERS = ("depth", *METRICS, *_SHOWN, *RANKING, *COSTS)
COLUMNS = (*_RUN, *_TEXT, "answerable", *_WHOLE, *_NUMBERS)
_BATCH = 2_000


class CsvTable:
    """Writes samples.csv.

    Args:
        folder: Where it goes.
        dataset: Not used.
    """

    def __init__(self, folder: Path, dataset: str | None) -> None:
        self._path = folder / "samples.csv"
        self._file: io.TextIOWrapper | None = None

    def add(self, run: Run, summary: Summary) -> None:
        """Appends the samples of a run."""
        if self._file is None:
            self._file = self._path.open("w", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(COLUMNS)
        rows = (_row(answer, summary) for answer in run.answers)
        csv.writer(self._file).writerows([guarded(cell) for cell in row] for row in rows)

    def close(self) -> None:
        """Completes the file."""
        if self._file is not None:
            self._file.close()


class ParquetTable:
    """Writes samples.parquet.

    Args:
        folder: Where it goes.
        dataset: Not used.
    """

    def __init__(self, folder: Path, dataset: str | None) -> None:
        self._path = folder / "samples.parquet"
        self._writer: Any = None

    def add(self, run: Run, summary: Summary) -> None:
        """Appends the samples of a run."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        text, whole = pa.string(), pa.int64()
        kinds = {
            **dict.fromkeys((*_RUN, *_TEXT), text),
            **dict.fromkeys(_WHOLE, whole),
            "answerable": pa.bool_(),
        }
        schema = pa.schema([(name, kinds.get(name, pa.float64())) for name in COLUMNS])
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, schema)
        for start in range(0, len(run.answers), _BATCH):
            rows = (_row(answer, summary) for answer in run.answers[start : start + _BATCH])
            columns = zip(*rows, strict=True)
            arrays = [pa.array(c, type=f.type) for c, f in zip(columns, schema, strict=True)]
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=schema))

    def close(self) -> None:
        """Completes the file."""
        if self._writer is not None:
            self._writer.close()


def guarded(cell: Any) -> Any:
    """A cell for CSV: text that begins like a formula gets an apostrophe before it."""
    return csv_cell(cell) if isinstance(cell, str) else cell


def _row(answer: Answer, summary: Summary) -> Sequence[Any]:
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
