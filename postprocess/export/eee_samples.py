"""The samples of an Every Eval Ever record, and what both of its files say of the run."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from postprocess.export.samples import Sample, samples_of
from postprocess.reading.runs import Run
from postprocess.schema.run import Summary

SCHEMA_VERSION = "0.3.0"
COLLECTION = "hei-nw"


@dataclass(frozen=True)
class Record:
    """What both files of a record say of the run.

    Attributes:
        developer: The organization of the model.
        model: Its name there.
        name: Begins the names of the files.
        evaluation_id: Of the run.
    """

    developer: str
    model: str
    name: uuid.UUID
    evaluation_id: str

    @property
    def model_id(self) -> str:
        """The model as the datastore addresses it."""
        return f"{self.developer}/{self.model}"

    @property
    def path(self) -> str:
        """Of the results, without its ending, relative to the datastore."""
        return f"data/{COLLECTION}/{self.model_id}/{self.name}"


def rows_of(run: Run, summary: Summary, record: Record) -> Iterator[dict[str, Any]]:
    """A row for each sample and metric; the first of a sample has its prompt and its costs."""
    for sample in samples_of(run, summary):
        for number, (name, value) in enumerate(sample.answer.scores.items()):
            row = _row(sample, summary, record)
            row["evaluation_result_id"] = name
            row["evaluation"] = {"score": value, "is_correct": sample.answer.right}
            if number == 0:
                row["input"]["formatted"] = sample.shown.prompt
                row["metadata"] |= texts(
                    {"memory_showed": sample.memory, "evidence": sample.shown.evidence}
                )
                row |= _costs(sample)
            yield row


def _row(sample: Sample, summary: Summary, record: Record) -> dict[str, Any]:
    """What all rows of a sample say."""
    answer, shown = sample.answer, sample.shown
    asked = (shown.query + "".join(sample.targets)).encode("utf-8", "replace")
    return {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": record.evaluation_id,
        "model_id": record.model_id,
        "evaluation_name": summary.task,
        "sample_id": answer.id,
        "sample_hash": hashlib.sha256(asked).hexdigest(),
        "interaction_type": "single_turn",
        "input": {"raw": shown.query, "reference": sample.targets},
        "output": {"raw": [shown.response]},
        "answer_attribution": [
            {
                "turn_idx": 0,
                "source": "output.raw",
                "extracted_value": shown.final,
                "extraction_method": "hei_nw_tasks.scoring.final_answer",
                "is_terminal": True,
            }
        ],
        "metadata": texts(
            {
                "outcome": answer.outcome,
                "query_kind": answer.query_kind,
                "cue_type": answer.cue_type,
                "lag_days": answer.lag,
                "store_size": answer.store_size,
                "world_id": answer.world_id,
                "answerable": answer.answerable,
            }
        ),
    }


def _costs(sample: Sample) -> dict[str, Any]:
    measured, found = sample.answer.measured, dict[str, Any]()
    if sample.tokens is not None:
        read, written = sample.tokens
        found["token_usage"] = {
            "input_tokens": read,
            "output_tokens": written,
            "total_tokens": read + written,
        }
    if measured:
        details = {"additional_details": texts(measured)}
        seconds = measured.get("latency_s")
        latency = {} if seconds is None else {"latency_ms": seconds * 1000}
        found["performance"] = latency | details
    return found


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as the schema wants details: text all of them; those that are missing are left out.

    >>> texts({"n": 3, "arm": "rag", "whole": True, "lags": [0, 1], "revision": None})
    {'n': '3', 'arm': 'rag', 'whole': 'true', 'lags': '[0, 1]'}
    """
    known = ((name, value) for name, value in values.items() if value is not None)
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in known
    }


def json_bytes(value: Any, indent: int | None = None) -> bytes:
    """A value as strict JSON; in ASCII, as some readers split lines at U+2028 as well."""
    return json.dumps(value, allow_nan=False, indent=indent).encode()
