"""A response that carries what was measured when it was given.

lm_eval hands responses on as strings: through its filters, between processes, and into the samples
file. A string that carries its record goes the same way.

The record of one answer of the `rag` arm, as the samples file has it:

    {"question_id": "b1e0…", "baseline": "rag", "overflow": false,
     "shown": 5, "evidence_shown": 1.0, "retrieved": ["5b0c…", …],
     "compute": {"prompt_tokens": 243, "generated_tokens": 4, …}}
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict

from hei_nw_tasks.compute.costs import COSTS
from hei_nw_tasks.compute.record import ComputeRecord
from hei_nw_tasks.memory_record import MemoryRecord
from hei_nw_tasks.retrieval.ranking import RANKING, RankingMeasure


class AnswerRecord(BaseModel):
    """What the `heinw` model measured of one answer, from the model to the report.

    Attributes:
        question_id: Id of the question that was answered.
        baseline: Name of the baseline, or of the memory in other modes than B0.
        overflow: Whether the prompt did not fit the model, so that nothing was generated.
        shown: Number of events in the prompt.
        evidence_shown: Share of the evidence in the prompt; None if the question has no evidence,
            or the memory does not tell which events its texts are of.
        retrieved: Ids of the ranked events, best first; None if nothing was ranked.
        compute: What the answer cost.
        memory: What the memory did (not in mode B0).
    """

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    question_id: str
    baseline: str
    overflow: bool
    shown: int
    evidence_shown: float | None
    retrieved: list[str] | None
    compute: ComputeRecord
    memory: MemoryRecord | None = None

    def measurements(self, evidence: Collection[str]) -> dict[str, float]:
        """The record as metrics of lm_eval; of an overflow nothing but that.

        Args:
            evidence: Ids of the events that entail the answer.

        Returns:
            Values by the names of `MEASUREMENTS`; those that the answer does not have are left out.
        """
        names = ("overflow",) if self.overflow else MEASUREMENTS
        values = {name: MEASUREMENTS[name].of(self, evidence) for name in names}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Measurement:
    """A metric of lm_eval that is read from the record of an answer.

    Attributes:
        name: Key in lm_eval's table, in samples and in reports.
        label: What reports call it.
        of: Reads it from a record and the ids of the evidence; None if the answer does not have it.
        higher_is_better: Whether more is better.
    """

    name: str
    label: str
    of: Callable[[AnswerRecord, Collection[str]], float | None]
    higher_is_better: bool = True


def _cost(record: AnswerRecord, evidence: Collection[str], *, name: str) -> float | None:
    value = record.compute.value(name)
    return None if value is None else float(value)


def _of_memory(
    record: AnswerRecord, evidence: Collection[str], *, name: str, share: bool
) -> float | None:
    """A number of the memory's record, or its share of the recalled items."""
    found = None if record.memory is None else getattr(record.memory, name)
    if found is None or record.memory is None:
        return None
    return found / max(1, record.memory.recalled) if share else float(found)


def _measurement(
    name: str, label: str, *, share: bool = False, higher_is_better: bool = False
) -> Measurement:
    """A measurement that the record of a memory has."""
    return Measurement(name, label, partial(_of_memory, name=name, share=share), higher_is_better)


def _rank(
    record: AnswerRecord, evidence: Collection[str], *, measure: RankingMeasure
) -> float | None:
    ranked = record.retrieved
    return None if ranked is None or not evidence else measure.of(ranked, evidence)


# All that lm_eval's table has besides the scores of `METRICS`. What is known of retrieval measures
# and costs is in their own registries.
MEASUREMENTS: dict[str, Measurement] = {
    measurement.name: measurement
    for measurement in (
        Measurement(
            "overflow",
            "prompts that did not fit",
            lambda record, evidence: float(record.overflow),
            higher_is_better=False,
        ),
        Measurement(
            "evidence_shown",
            "share of the evidence in the prompt",
            lambda record, evidence: record.evidence_shown,
        ),
        _measurement("answer_shown", "answer shown by the memory", higher_is_better=True),
        _measurement("near_miss", "near misses: a look-alike comes first"),
        _measurement("collision", "collisions: a look-alike is shown without the answer"),
        _measurement("foreign", "recalled items of another scope", share=True),
        _measurement("foreign_answer", "answers that name another scope's value"),
        _measurement("resurrected", "recalled items that were deleted", share=True),
        _measurement("brought_back", "forgotten values brought back by the memory"),
        *(
            Measurement(measure.name, measure.label, partial(_rank, measure=measure))
            for measure in RANKING.values()
        ),
        *(
            Measurement(
                cost.name, cost.label, partial(_cost, name=cost.name), higher_is_better=False
            )
            for cost in COSTS.values()
            if cost.in_table
        ),
    )
}


class MeasuredResponse(str):
    """A response of the `heinw` model: a string like any other, with its record.

    Attributes:
        record: What was measured.
    """

    __slots__ = ("record",)
    record: AnswerRecord

    def __new__(cls, text: str, record: AnswerRecord | Mapping[str, Any]) -> MeasuredResponse:
        """Make the string, and attach its record, which may come as the JSON values of one."""
        response = super().__new__(cls, text)
        response.record = AnswerRecord.model_validate(record)
        return response

    def __reduce__(self) -> tuple[type[MeasuredResponse], tuple[str, dict[str, Any]]]:
        # Plain values, which the processes of a run exchange.
        return type(self), (str(self), self.record.model_dump())


def with_text(response: str, text: str) -> str:
    """Another text with what was measured of a response; the plain text if nothing was."""
    if isinstance(response, MeasuredResponse):
        return MeasuredResponse(text, response.record)
    return text


def generated_tokens(response: object) -> float | None:
    """Tokens that were generated for a response; None if unknown."""
    if isinstance(response, MeasuredResponse):
        return response.record.compute.value("generated_tokens")
    return None


def overflowed(response: object) -> bool:
    """Whether the prompt did not fit the model, so that there is nothing to score."""
    return isinstance(response, MeasuredResponse) and response.record.overflow


def measurements(response: object, doc: Mapping[str, Any]) -> dict[str, float]:
    """What a response carries, as metrics of lm_eval; nothing for a plain string.

    Args:
        response: What the model answered.
        doc: The dataset row that it is about to be scored for.

    Raises:
        ConfigError: It is the answer to another question.
    """
    if not isinstance(response, MeasuredResponse):
        return {}
    record = response.record
    if record.question_id != doc["id"]:
        from generators.errors import ConfigError

        raise ConfigError(
            f"question {doc['id']!r} got the answer to {record.question_id!r}: its request is "
            "from a cache that was made with other settings "
            "→ run again with --cache_requests refresh"
        )
    return record.measurements(doc["evidence"])


def turn_of(doc_hash: str, weights: int) -> int:
    """Which of several weights answers a document of a task that is not ours, from 0.

    >>> turn_of("0000000b7c", 8)
    3

    Args:
        doc_hash: Of the document, in hex, as in lm_eval's samples.
        weights: How many there are.
    """
    return int(doc_hash[:8], 16) % weights
