"""Writes Every Eval Ever records: of each run one of its results, and one with its samples.

    eee/data/hei-nw/Qwen/Qwen2.5-1.5B-Instruct/0a9be19e-…-4….json
    eee/data/hei-nw/Qwen/Qwen2.5-1.5B-Instruct/0a9be19e-…-4…_samples.jsonl

The layout is that of the project's datastore, the fields are those of its schema 0.3.0. The name of
a record is made from the bytes of the run's files, so that exporting twice gives the same records.
"""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from typing import Any

from hei_nw_tasks.metrics import METRICS
from postprocess.export.eee_samples import SCHEMA_VERSION, Record, json_bytes, rows_of, texts
from postprocess.export.samples import (
    began,
    ended,
    folders,
    generation_of,
    identity,
    stable_id,
)
from postprocess.measures import label
from postprocess.reading.runs import Run
from postprocess.schema.parts import Estimate
from postprocess.schema.run import Summary
from postprocess.statistics.intervals import CONFIDENCE

FOLDER = "eee"
_SELF_DEPLOYED = ("hf", "heinw", "vllm", "sglang")


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
        samples = self._folder / f"{record.path}_samples.jsonl"
        with samples.open("wb") as file:
            for row in rows_of(run, summary, record):
                line = json_bytes(row) + b"\n"
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
        else:  # no question fitted the model
            samples.unlink()
        results.write_bytes(json_bytes(found, indent=2) + b"\n")

    def close(self) -> None:
        """Does nothing: each record is complete."""


def _record_of(run: Run, summary: Summary) -> Record:
    developer, model = folders(summary.provenance.model)
    digits = stable_id("record", identity(run))
    name = uuid.UUID(hashlib.sha256(digits.encode()).hexdigest()[:32], version=4)
    evaluation_id = f"{summary.task}/{developer}/{model}/{_unix(began(run).timestamp())}"
    return Record(developer, model, name, evaluation_id)


def _unix(seconds: float) -> str:
    return f"{seconds:.6f}"


def _results(run: Run, summary: Summary, record: Record, dataset: str | None) -> dict[str, Any]:
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
            "additional_details": texts(
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
            "additional_details": texts(
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


def _model(run: Run, summary: Summary, record: Record) -> dict[str, Any]:
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
        "additional_details": texts(details),
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
            "details": texts({"worlds": found.worlds, "note": found.note}),
            "uncertainty": uncertainty,
        },
        "generation_config": {
            "generation_args": {k: v for k, v in arguments.items() if v is not None},
            "additional_details": texts(
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
    return {**source, "additional_details": texts(details)}
