"""A dataset as Parquet, which the Hub's viewer reads; its rows are those of the JSONL files.

>>> FILES
{'questions.jsonl': 'questions.parquet', 'events.jsonl': 'events.parquet'}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from generators.datasets.layout import EVENTS, QUESTIONS
from generators.datasets.tables import DATES, EVENT_COLUMNS, QUESTION_COLUMNS, Tables

# By the JSONL file of the same rows.
FILES = {name: f"{Path(name).stem}.parquet" for name in (QUESTIONS, EVENTS)}
_GROUP = 1_000  # rows that a viewer reads to show a page


def write_parquet(tables: Tables, folder: Path) -> None:
    """Write questions and events as Parquet into a folder."""
    _write(tables.rows(), QUESTION_COLUMNS, folder / FILES[QUESTIONS])
    _write(tables.event_rows(), EVENT_COLUMNS, folder / FILES[EVENTS])


def _write(
    rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str | list[str]], path: Path
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def kind(name: str, spelt: str | list[str]) -> Any:
        if name in DATES:
            return pa.date32()
        if isinstance(spelt, list):
            return pa.list_(pa.type_for_alias(spelt[0]))
        return pa.type_for_alias(spelt)

    schema = pa.schema([(name, kind(name, spelt)) for name, spelt in columns.items()])
    with pq.ParquetWriter(path, schema, write_page_index=True) as writer:
        left = iter(rows)
        while batch := list(islice(left, _GROUP)):
            dated = [
                {k: date.fromisoformat(v) if k in DATES else v for k, v in row.items()}
                for row in batch
            ]
            writer.write_table(pa.Table.from_pylist(dated, schema=schema))
