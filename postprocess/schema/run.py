"""The metrics file: what a program reads of a report (`python -m postprocess --json-schema`).

One estimate as it stands in the file:

    "exact_match": {"n": 500, "worlds": 125, "mean": 0.032,
                    "interval": {"low": 0.015, "high": 0.049, "method": "cluster t"}, "note": null}

Every key is always there. A value that is not known is null, with the reason beside it.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hei_nw_tasks.metrics import Outcome

RECALL_AT = ("1", "5", "10")
COMPUTE_KEYS = (
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
    "batch_size",
    "peak_memory_bytes",
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class IntervalModel(_Part):
    """A 95% interval of a mean, with worlds as clusters, cut to [0, 1]."""

    low: float
    high: float
    method: Literal["cluster t", "exact over worlds"]


class Estimate(_Part):
    """A mean over questions; `note` says why the mean or its interval is missing."""

    n: int
    worlds: int
    mean: float | None
    interval: IntervalModel | None
    note: str | None


class Measurements(_Part):
    """Means over the questions; `reason` says why a key is null, if one is."""

    values: dict[str, float | None]
    reason: str | None


class Scores(_Part):
    """The metrics of a set of questions.

    The first four and false_abstention are over answerable questions, abstention_recall is over
    unanswerable ones, headline is the harmonic mean of exact_match and abstention_recall.
    """

    exact_match: Estimate
    exact_match_strict: Estimate
    f1: Estimate
    contains: Estimate
    abstention_recall: Estimate
    false_abstention: Estimate
    headline: Estimate


class HotPatch(_Part):
    """How well the corrections of scenario B took.

    `score` is the harmonic mean of efficacy, paraphrase and locality; `paraphrase_consistency` the
    share of pairs of wordings of one question that got the same response, right or wrong.
    """

    score: float | None
    paraphrase_consistency: float | None


class Stratum(_Part):
    """The questions that share a value of some property."""

    name: str
    questions: int
    scores: Scores


class LagBin(_Part):
    """Answerable questions whose lag is in [low, high) days; both null: in none of the bins."""

    name: str
    low: float | None
    high: float | None
    questions: int
    scores: Scores
    recall_at_k: Measurements


class Counts(_Part):
    """How much was asked, and how much of it this report is about."""

    questions: int
    answerable: int
    unanswerable: int
    worlds: int
    questions_expected: int
    questions_in_dataset: int
    rows: int
    rows_expected: int
    complete: bool
    overflowed: int = Field(description="Questions that did not fit the model; not asked, n/a.")


class HardNegatives(_Part):
    """Events made to be mistaken for the one that was asked about.

    `distractor_error` is the share of questions with hard negatives that were answered with one's
    value; exact match is over answerable questions.
    """

    hard_negative: bool | None
    confounders_ratio: float | None
    questions_with: int
    questions_without: int
    distractor_error: Estimate
    exact_match_with: Estimate
    exact_match_without: Estimate


class Item(_Part):
    """One question, what was said, and what it scored."""

    id: str
    doc_id: int
    world_id: str
    query: str
    query_kind: str
    cue_type: str | None
    given_slots: list[str]
    answerable: bool
    answers: list[str]
    lag: int | None
    response: str
    outcome: Outcome
    scores: dict[str, float]


class FileRead(_Part):
    """A file the report was made from; the path is relative to the folder that was searched."""

    path: str
    sha256: str


class Provenance(_Part):
    """What was run, on what, with what."""

    model: str
    model_type: str
    model_args: str | dict[str, Any] | None
    revision: str | None
    model_sha: str | None
    parameters: int | None
    dtype: str | None
    quantization: str | None
    batch_size: int | str | None
    device: str | None
    gen_kwargs: str | dict[str, Any] | None
    limit: float | None
    num_fewshot: int | None
    chat_template_sha256: str | None
    system_instruction_sha256: str | None
    seeds: dict[str, int | None]
    dataset_source: str | None
    generator_version: str | None
    dataset_config: dict[str, Any]
    rows_sha256_recorded: str | None
    rows_sha256_recomputed: str | None
    events_sha256: str | None
    versions: dict[str, str | None]
    evaluation_s: float | None
    command: str
    files: list[FileRead]
    superseded: list[str]


class Metrics(_Part):
    """Everything a report says, for programs."""

    schema_version: Literal[1] = 1
    run_date: str = Field(description="Local time at which lm_eval saved the run.")
    task: str
    scenario: Literal["A", "B", "C", "D", "E"]
    mode: Literal["B0", "B1", "B2", "B3"]
    baseline: str
    verdict: str
    warnings: list[str]
    counts: Counts
    aggregate: Scores
    own: dict[str, Estimate] = Field(description="Metrics that only this scenario has, by name.")
    hot_patch: HotPatch | None = Field(description="Of scenario B; null for the others.")
    recall_at_k: Measurements
    lag_bins: list[LagBin]
    without_lag: int = Field(description="Questions without a lag: no event answers them.")
    by_query_kind: list[Stratum]
    by_cue_type: list[Stratum]
    by_given_slots: list[Stratum]
    outcomes_answerable: dict[Outcome, int]
    outcomes_unanswerable: dict[Outcome, int]
    hard_negatives: HardNegatives
    compute: Measurements
    latency: Measurements
    provenance: Provenance
    items: list[Item]
