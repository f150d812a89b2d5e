"""The metrics file of a run: what a program reads of its report.

`python -m postprocess --json-schema` prints its JSON Schema. Where the numbers are estimates:

    "exact_match": {"n": 500, "worlds": 125, "mean": 0.032,
                    "interval": {"low": 0.015, "high": 0.049, "method": "cluster t"}, "note": null}
    "total_flops": {"mean": 1.53e8, "n": 625, "basis": "estimated", "reason": null}
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from hei_nw_tasks.scoring.naming import Outcome
from postprocess.schema.answer import Answer
from postprocess.schema.memory import Memory
from postprocess.schema.parts import Estimates, Latency, Part, Quantity, Stratum
from postprocess.schema.scenario import (
    DepthLength,
    HardNegatives,
    HotPatch,
    Interference,
    Retrieval,
)
from postprocess.schema.sleep import Sleep
from postprocess.statistics.gate import Gate


class LagBin(Stratum):
    """Questions with a lag in [low, high) days.

    High alone is null for the last bin, which is open; both are for lags below all bins.
    """

    low: float | None
    high: float | None
    newest: float | None = Field(
        description="Share of the questions with their evidence in the newest tenth of the events."
    )


class Counts(Part):
    """How many questions were asked, and how many of them the report is about."""

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
    overflowed_answerable: int


class FileRead(Part):
    """A file the report was made from; the path is relative to the folder that was searched."""

    path: str
    sha256: str


class Provenance(Part):
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
    dataset_doubt: str | None = Field(
        default=None, description="Why frozen questions are not proven to be the manifest's."
    )
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


class Sharing(Part):
    """How many tokens of the prompts were computed once for several questions; null if unknown."""

    shared_prefix: bool | None
    prompt_tokens: int | None
    tokens_computed: int | None


class Economics(Part):
    """What answers cost, in FLOPs; `reason` says why a key is null.

    `flops_per_right_answer` is the total cost divided by the number of right answers (where there
    is no answer, to abstain is right). If the memory's KV cache is kept, `memory_flops` are spent
    once, and `further_question_flops` on each question after that. A memory spends `write_flops`
    and `write_seconds` on each log before the first question, and what `sleep` says after that:
    they are part of what a right answer costs, and no part of what a question costs.
    """

    flops_per_question: float | None
    seconds_per_question: float | None
    write_flops: float | None
    write_seconds: float | None
    flops_per_right_answer: float | None
    seconds_per_right_answer: float | None
    memory_flops: float | None
    further_question_flops: float | None
    reason: str | None


class ErrorKind(Part):
    """One kind of wrong answer: how often it happened, and the first few."""

    outcome: Outcome
    count: int
    examples: list[Answer]


class Summary(Part):
    """Everything a report says about a run, except for its single questions."""

    schema_version: Literal[2] = 2
    primary_metric: str = Field(description="The metric that verdict, gate and slopes are about.")
    run_id: str = Field(description="Begins the names of the run's files.")
    run_date: str = Field(description="Local time at which lm_eval saved the run.")
    task: str
    task_version: str | None
    scenario: str
    mode: str
    cycle: int | None = Field(description="Of sleep, in modes B2 and B3; null for the others.")
    baseline: str = Field(description="The baseline, or the memory of mode B1.")
    arm: str = Field(description="The baseline with its settings: rag (bm25, k=5).")
    verdict: str
    warnings: list[str]
    counts: Counts
    aggregate: Estimates = Field(description="By metric that all scenarios have; and the headline.")
    own: Estimates = Field(description="By metric that only this scenario has.")
    gate: Gate | None = Field(description="Of B0 without a memory; null for the other arms.")
    hot_patch: HotPatch | None = Field(description="Of scenario B; null for the others.")
    interference: Interference | None = Field(description="Of scenario D; null for the others.")
    depth_length: list[DepthLength] = Field(description="Of scenario E; empty for the others.")
    retrieval: Retrieval | None = Field(description="Of arms that show a part of the log.")
    memory: Memory | None = Field(description="Null in mode B0.")
    sleep: Sleep | None = Field(description="Of modes B2 and B3; null for the others.")
    lag_bins: list[LagBin]
    without_lag: int = Field(description="Questions without a lag: no event answers them.")
    by_query_kind: list[Stratum]
    by_cue_type: list[Stratum]
    by_cue_overlap: list[Stratum]
    by_given_slots: list[Stratum]
    by_pinned: list[Stratum] = Field(description="By whether evidence is pinned; empty in B0.")
    by_replays: list[Stratum] = Field(
        description="By how often the least replayed evidence was trained on, in B2 and B3."
    )
    outcomes_answerable: dict[Outcome, int]
    outcomes_unanswerable: dict[Outcome, int]
    errors: list[ErrorKind]
    hard_negatives: HardNegatives
    compute: dict[str, Quantity] = Field(description="Of an answer computed alone, by cost.")
    latency: Latency
    sharing: Sharing
    economics: Economics
    provenance: Provenance


class Metrics(Summary):
    """The whole file: the summary, and every question that was asked."""

    items: list[Answer]
