"""Writes Every Eval Ever records: of each run one of its results, and one with its samples.

    eee/data/hei-nw/Qwen/Qwen2.5-1.5B-Instruct/0a9be19e-…-4….json
    eee/data/hei-nw/Qwen/Qwen2.5-1.5B-Instruct/0a9be19e-…-4…_samples.jsonl

The layout is that of the project's datastore, the fields are those of its schema 0.3.0. The name of
a record is made from the bytes of the run's files, so that exporting twice gives the same records.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hei_nw_tasks.metrics import METRICS
from postprocess.export.samples import (
    Sample,
    began,
    ended,
    folders,
    generation_of,
    identity,
    samples_of,
    stable_id,
)
from postprocess.measures import label
from postprocess.reading.runs import Run
from postprocess.schema.parts import Estimate
from postprocess.schema.run import Summary
from postprocess.statistics.intervals import CONFIDENCE

SCHEMA_VERSION = "0.3.0"
FOLDER, COLLECTION = "eee", "hei-nw"
_SELF_DEPLOYED = ("hf", "heinw", "vllm", "sglang")


@dataclass(frozen=True)
class _Record:
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


class EveryEvalEver:
    """Writes eee/data/….

    Args:
        folder: Where the folder of records goes.
        dataset: Id on the Hub of the dataset that was asked; None if it is not known to be there.
    """

    def __init__(self, folder: Path, dataset: str | None) -> None:
        self._folder, self._dataset = folder / FOLDER, dataset

    def add(self, run: Run, summary: Summary) -> None:
        """Writes the record of a run."""
        record = _record_of(run, summary)
        results = self._folder / f"{record.path}.json"
        results.parent.mkdir(parents=True, exist_ok=True)
        rows, digest = 0, hashlib.sha256()
        with (self._folder / f"{record.path}_samples.jsonl").open("wb") as file:
            for row in _rows(run, summary, record):
                line = _json(row) + b"\n"
                rows += 1
                digest.update(line)
                file.write(line)
        found = _results(run, summary, record, self._dataset)
        if rows:
            found["detailed_evaluation_results"] = {
                "format": "jsonl",
                "file_path": f"{record.path}_samples.jsonl",
                "hash_algorithm": "sha256",
                "checksum": digest.hexdigest(),
                "total_rows": rows,
            }
        results.write_bytes(_json(found, indent=2) + b"\n")

    def close(self) -> None:
        """Does nothing: each record is complete."""


def _record_of(run: Run, summary: Summary) -> _Record:
    developer, model = folders(summary.provenance.model)
    digits = stable_id("record", identity(run))
    name = uuid.UUID(hashlib.sha256(digits.encode()).hexdigest()[:32], version=4)
    evaluation_id = f"{summary.task}/{developer}/{model}/{_unix(began(run).timestamp())}"
    return _Record(developer, model, name, evaluation_id)


def _unix(seconds: float) -> str:
    return f"{seconds:.6f}"


def _results(run: Run, summary: Summary, record: _Record, dataset: str | None) -> dict[str, Any]:
    estimates = {**summary.aggregate, **summary.own}
    finished = _unix(ended(run, summary).timestamp())
    made = summary.provenance
    return {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": record.evaluation_id,
        "evaluation_timestamp": _unix(began(run).timestamp()),
        "retrieved_timestamp": finished,
        "source_metadata": {
            "source_name": "hei-nw-tasks",
            "source_type": "evaluation_run",
            "source_organization_name": "unknown",
            "evaluator_relationship": "other",
            "additional_details": _texts(
                {
                    "run_id": summary.run_id,
                    "verdict": summary.verdict,
                    "warnings": summary.warnings or None,
                    "complete": summary.counts.complete,
                    "dataset_doubt": made.dataset_doubt,
                    "results_sha256": run.found.sha256,
                    "samples_sha256": run.samples.sha256,
                }
            ),
        },
        "eval_library": {
            "name": "lm_eval",
            "version": made.versions.get("lm_eval") or "unknown",
            "additional_details": _texts(
                {name: version for name, version in made.versions.items() if name != "lm_eval"}
            ),
        },
        "model_info": _model(run, summary, record),
        "evaluation_results": [
            _result(name, found, run, summary) | {"source_data": _source(summary, dataset)}
            for name, found in estimates.items()
            if found.mean is not None
        ],
    }


def _model(run: Run, summary: Summary, record: _Record) -> dict[str, Any]:
    made = summary.provenance
    local = made.model_type in _SELF_DEPLOYED and run.arm.inner in (None, *_SELF_DEPLOYED)
    details = {
        "deployment_type": "self_deployed" if local else "unknown",
        # lm_eval notes the commit of models on the Hub only.
        "model_availability": "open_weights" if made.model_sha else "unknown",
        "memory": summary.baseline,
        "arm": summary.arm,
        "mode": summary.mode,
        "memory_version": run.arm.memory_version,
        "revision": made.model_sha or made.revision,
        "parameters": made.parameters,
        "dtype": made.dtype,
        "quantization": made.quantization,
    }
    return {
        "name": made.model,
        "id": record.model_id,
        "developer": record.developer,
        "inference_engine": {
            "name": run.arm.inner or made.model_type,
            "version": made.versions.get("transformers") or "unknown",
        },
        "additional_details": _texts(details),
    }


def _result(name: str, found: Estimate, run: Run, summary: Summary) -> dict[str, Any]:
    metric = METRICS.get(name)
    uncertainty: dict[str, Any] = {"num_samples": found.n}
    if found.interval is not None:
        uncertainty["confidence_interval"] = {
            "lower": found.interval.low,
            "upper": found.interval.high,
            "confidence_level": CONFIDENCE,
            "method": found.interval.method,
        }
    generation = generation_of(run)
    arguments = {
        "temperature": generation.temperature,
        "max_tokens": generation.max_tokens,
        "execution_command": summary.provenance.command,
    }
    return {
        "evaluation_result_id": name,
        "evaluation_name": summary.task,
        "metric_config": {
            "evaluation_description": metric.meaning
            if metric
            else "harmonic mean of the share of "
            "right answers and the share of abstentions where there is no answer",
            "metric_id": f"heinw.{name}",
            "metric_name": label(name),
            "metric_unit": "proportion",
            "lower_is_better": metric is not None and not metric.higher_is_better,
            "score_type": "continuous",
            "min_score": 0,
            "max_score": 1,
        },
        "score_details": {
            "score": found.mean,
            "details": _texts({"worlds": found.worlds, "note": found.note}),
            "uncertainty": uncertainty,
        },
        "generation_config": {
            "generation_args": {k: v for k, v in arguments.items() if v is not None},
            "additional_details": _texts(
                {"num_fewshot": summary.provenance.num_fewshot, "stop": generation.stop or None}
            ),
        },
    }


def _source(summary: Summary, dataset: str | None) -> dict[str, Any]:
    made = summary.provenance
    details = {
        **made.dataset_config,
        "generator_version": made.generator_version,
        "rows_sha256": made.rows_sha256_recomputed or made.rows_sha256_recorded,
        "dataset": made.dataset_source,
    }
    source: dict[str, Any] = {"dataset_name": summary.task, "source_type": "other"}
    if dataset is not None:
        source |= {"source_type": "hf_dataset", "hf_repo": dataset, "hf_split": "test"}
        source["samples_number"] = summary.counts.questions_in_dataset
    return {**source, "additional_details": _texts(details)}


def _rows(run: Run, summary: Summary, record: _Record) -> Iterator[dict[str, Any]]:
    """A row for each sample and metric; the first of a sample has its prompt and its costs."""
    for sample in samples_of(run, summary):
        for number, (name, value) in enumerate(sample.answer.scores.items()):
            row = _row(sample, summary, record)
            row["evaluation_result_id"] = name
            row["evaluation"] = {"score": value, "is_correct": sample.answer.right}
            if number == 0:
                row["input"]["formatted"] = sample.shown.prompt
                row["metadata"] |= _texts(
                    {"memory_showed": sample.memory, "evidence": sample.shown.evidence}
                )
                row |= _costs(sample)
            yield row


def _row(sample: Sample, summary: Summary, record: _Record) -> dict[str, Any]:
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
        "metadata": _texts(
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
        details = {"additional_details": _texts(measured)}
        seconds = measured.get("latency_s")
        latency = {} if seconds is None else {"latency_ms": seconds * 1000}
        found["performance"] = latency | details
    return found


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as the schema wants details: text all of them; those that are missing are left out.

    >>> _texts({"n": 3, "arm": "rag", "whole": True, "lags": [0, 1], "revision": None})
    {'n': '3', 'arm': 'rag', 'whole': 'true', 'lags': '[0, 1]'}
    """
    known = ((name, value) for name, value in values.items() if value is not None)
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in known
    }


def _json(value: Any, indent: int | None = None) -> bytes:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    return text.encode("utf-8", "replace")
