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
from hei_nw_tasks.retrieval.ranking import RANKING, RankingMeasure


class SleepRecord(BaseModel):
    """What a memory made of a moment of a store in one cycle of sleep (modes B2 and B3).

    Attributes:
        told: Events that it had been told.
        cycle: Of sleep since then, from 1. What a moment cost is the sum over its cycles.
        artefact: What it made: "peft" or "pretrained"; None if it changed nothing.
        digest: Sha256 of the artefact's files, in hex; None without one.
        bytes: Of these files.
        seconds: That the memory took.
        trained_tokens: Tokens of training text; None if unknown, as all below.
        trained_flops: FLOPs of training.
        calls: Of a language model, to write training text for example.
        tokens: Of these calls.
        replayed: How often each event that was told was trained on, in time order.
    """

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    told: int
    cycle: int
    artefact: str | None
    digest: str | None
    bytes: int | None
    seconds: float
    trained_tokens: int | None
    trained_flops: float | None
    calls: int | None
    tokens: int | None
    replayed: list[int] | None


class StoreRecord(BaseModel):
    """What a memory made of a store; it comes with one of the questions about it.

    The first five have a value for each event that was told, in time order.

    Attributes:
        stored: Whether it was kept.
        scores: What the gate made of it; None if it does not tell.
        should_remember: Whether it states a durable fact.
        roles: Why the generator wrote it.
        pinned: Whether it has to be kept.
        text_tokens: Tokens of the texts that were told, see `generators.tokens.ESTIMATE`: the same
            whichever model answers.
        seconds: That writing took.
        calls: Of a language model, to write; None if unknown, as the next two.
        tokens: Of these calls.
        flops: Of the memory's own computing, to write.
        bytes: Of its files in the end; None without files.
        lost: Events that were acknowledged and are not there in the end; None if it cannot tell.
        to_forget: Events that were to be forgotten.
        deleted: Those that the memory was told to delete.
        left_on_disk: Deleted ones whose text its files still hold; None without files.
        capabilities: What the memory can do, by name.
        sleeps: What it made of each moment that was asked about, in each cycle of sleep so far.
    """

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    stored: list[bool]
    scores: list[float | None]
    should_remember: list[bool]
    roles: list[str]
    pinned: list[bool] | None = None
    text_tokens: int
    seconds: float
    calls: int | None
    tokens: int | None
    flops: float | None
    bytes: int | None
    lost: int | None
    to_forget: int
    deleted: int
    left_on_disk: int | None
    capabilities: dict[str, bool]
    sleeps: list[SleepRecord] | None = None


class MemoryRecord(BaseModel):
    """What a memory recalled for one question; nothing in mode B3.

    Attributes:
        store: Id of the store.
        told: Events that it was told before.
        stored: Those that it kept.
        recalled: Items that it recalled.
        answer_shown: Whether a right answer stands in what the prompt shows; None if there is none,
            and in mode B3, as all that is about what was recalled.
        near_miss: Whether the first item names the value of a hard negative, and no right answer;
            None if the question has no answer or no hard negatives, or items are in no order.
        collision: Whether all that the prompt shows does.
        foreign: Recalled items of another scope in the same folder; None if it is alone there.
        foreign_answer: Whether the answer names a value that only other scopes have.
        resurrected: Recalled items of deleted events; None if none was deleted before.
        brought_back: Whether anything recalled was to be forgotten, of a question that asks for
            what was; None for other questions, and if the memory cannot delete.
        weights: Digest of the artefact that answered, see `SleepRecord`; None for the model's own
            weights.
        replayed: How often the least replayed event of the evidence was trained on, over all
            cycles; None if there is no evidence, or it is unknown.
        pinned: Whether any event of the evidence is pinned; None if there is none.
        of_store: What it made of the whole store.
    """

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    store: str
    told: int
    stored: int
    recalled: int
    answer_shown: bool | None
    near_miss: bool | None
    collision: bool | None
    foreign: int | None
    foreign_answer: bool | None
    resurrected: int | None
    brought_back: bool | None
    weights: str | None = None
    replayed: int | None = None
    pinned: bool | None = None
    of_store: StoreRecord | None = None


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
