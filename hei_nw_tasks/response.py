"""A response that carries what was measured when it was given.

lm_eval hands responses on as strings: through its filters, between processes, and into the samples
file. A string that knows its record goes the same way.

    >>> response = MeasuredResponse("5433", {"baseline": "none"})
    >>> response == "5433", response.record["baseline"]
    (True, 'none')

The record of one answer of the `rag` arm, as it stands in the samples file:

    {"question_id": "b1e0…", "baseline": "rag", "overflow": false,
     "shown": 5, "evidence_shown": 1.0, "retrieved": ["5b0c…", …],
     "compute": {"prompt_tokens": 243, "generated_tokens": 4, …}}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What of the compute record becomes a metric of lm_eval, where it is known.
COMPUTE_METRICS = (
    "prompt_tokens",
    "generated_tokens",
    "memory_tokens",
    "prefill_flops",
    "decode_flops",
    "attention_flops",
    "total_flops",
    "kv_cache_bytes",
    "embed_flops",
    "retrieval_s",
    "latency_s",
)


class MeasuredResponse(str):
    """A response of the `heinw` model.

    Attributes:
        record: What was measured (module docstring); plain JSON values.
    """

    __slots__ = ("record",)
    record: dict[str, Any]

    def __new__(cls, text: str, record: dict[str, Any]) -> MeasuredResponse:
        """Make the string, and give it its record."""
        response = super().__new__(cls, text)
        response.record = record
        return response

    def __reduce__(self) -> tuple[type[MeasuredResponse], tuple[str, dict[str, Any]]]:
        return type(self), (str(self), self.record)


def overflowed(response: object) -> bool:
    """Whether the prompt did not fit the model, so that there is nothing to score."""
    return isinstance(response, MeasuredResponse) and bool(response.record["overflow"])


def measurements(response: object, doc: Mapping[str, Any]) -> dict[str, float]:
    """What a response carries, as metrics of lm_eval; nothing for a plain string.

    Args:
        response: What the model said.
        doc: The dataset row that it is about to be scored for.

    Raises:
        ConfigError: It is the answer to another question.
    """
    if not isinstance(response, MeasuredResponse):
        return {}
    record, evidence, values = response.record, doc["evidence"], dict[str, float]()
    if record["question_id"] != doc["id"]:
        from generators.errors import ConfigError

        raise ConfigError(
            f"question {doc['id']!r} got the answer to {record['question_id']!r}: its request is "
            "from a cache that was made with other settings "
            "→ run again with --cache_requests refresh"
        )
    values["overflow"] = float(record["overflow"])
    if record["overflow"]:
        return values
    compute: Mapping[str, Any] = record["compute"]
    values |= {name: float(compute[name]) for name in COMPUTE_METRICS if compute[name] is not None}
    if record["evidence_shown"] is not None:
        values["evidence_shown"] = float(record["evidence_shown"])
    if record["retrieved"] is not None and evidence:
        from hei_nw_tasks.retrieval.ranking import ranking_metrics

        values |= ranking_metrics(record["retrieved"], evidence)
    return values
