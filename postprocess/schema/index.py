"""The index file: the arms of each experiment, side by side, and models under the same arm.

`python -m postprocess --json-schema index` prints its JSON Schema. One difference as it stands in
the file (shortened):

    {"a": "rag", "b": "none", "metric": "exact_match", "n": 500, "difference": 0.41,
     "interval": {"low": 0.36, "high": 0.46, "method": "cluster t"}, "p": 1e-9,
     "p_holm": 3e-8, "p_permutation": 0.0001, "p_mcnemar": 1e-40, "equivalent": false}
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from postprocess.schema.memory import Memory, Ratio
from postprocess.schema.parts import Estimate, Estimates, Latency, Part, Quantity
from postprocess.schema.run import Economics
from postprocess.schema.sleep import Sleep
from postprocess.statistics.intervals import Interval


class ArmRow(Part):
    """One arm of an experiment: the numbers of its run that are compared."""

    label: str
    arm: str = Field(description="With its settings: rag (bm25, k=5).")
    run_id: str
    baseline: str
    files: list[str] = Field(description="Reports of the run, relative to the index.")
    questions: int
    overflowed: int
    complete: bool
    scores: Estimates = Field(description="By metric; and the headline.")
    ranking: Estimates = Field(description="By retrieval measure; empty if nothing was ranked.")
    compute: dict[str, Quantity]
    latency: Latency
    economics: Economics
    memory: Memory | None = Field(description="Null in mode B0.")
    cycle: int | None = Field(description="Of sleep, in modes B2 and B3; null for the others.")
    tokens_computed_share: float | None = Field(
        description="Share of the prompt tokens that was computed, where prefixes were shared."
    )
    on_front: bool | None = Field(
        description=(
            "No other arm is both cheaper (FLOPs) and better (headline), and its headline is not 0."
        )
    )


class Difference(Part):
    """Arm a minus arm b, over the questions that both answered, with worlds as clusters.

    `interval` is the cluster-robust t interval, `bootstrap` the cluster percentile bootstrap. `p`
    is that of the t test behind the interval; `p_holm` adjusts it for all comparisons of this
    metric in the index. `p_permutation` flips the signs of worlds and assumes no distribution;
    `p_mcnemar` treats questions as independent. `equivalent` says whether the 90% interval lies
    within ± `margin`.
    """

    a: str
    b: str
    metric: str
    n: int
    worlds: int
    differing_worlds: int = Field(
        description="Worlds in which the arms differ; if few, trust the permutation test."
    )
    unpaired: int = Field(description="Questions that only one of the two answered; left out.")
    mean_a: float
    mean_b: float
    difference: float
    interval: Interval | None
    bootstrap: Interval | None
    p: float | None
    p_holm: float | None
    p_permutation: float | None
    p_mcnemar: float | None
    minimum_detectable_effect: float | None
    margin: float | None = Field(description="Null: values that nothing bounds have none.")
    equivalent: bool | None


class BreakEven(Part):
    """The number of questions about one log from which the cheaper question pays for its start.

    A kept KV cache is computed once, a memory of mode B1 written once, in `unit`; the other arm
    pays nothing once, but for each question. Mode B3 sleeps once, where B1 recalls again and again.
    """

    kept: str = Field(description="Arm that pays once: its KV cache is kept, or it was written.")
    against: str
    once: Literal["KV cache", "writing", "sleep"]
    unit: Literal["FLOP", "s"]
    spent_once: float
    further_question: float
    against_question: float
    questions: int | None = Field(description="Null: it never is cheaper.")


class Parity(Part):
    """Mode B1 without a memory, or with one that showed nothing, against the model alone.

    Their prompts are equal, so that any difference is a fault of the harness.
    """

    a: str
    b: str
    questions: int = Field(description="With and without an answer.")
    differing: int = Field(description="Questions that were scored differently.")
    effect: Difference = Field(description="In the primary metric, with a margin of 0.1 points.")


class OtherTask(Part):
    """A task that is not ours: mode B3 minus the model alone, in one metric, on the same documents.

    The worlds' weights took turns answering its documents, so that the independent draws are
    weights. A group whose score is the mean over the documents of its tasks is one entry.
    """

    task: str
    metric: str = Field(description="With the filter, as lm_eval names it: acc,none.")
    is_share: bool = Field(description="Whether every value is from 0 to 1.")
    effect: Difference = Field(description="A share is equivalent within 1 point.")


class AfterSleep(Part):
    """A memory after a cycle of sleep, on the questions of the experiment.

    `retention` is right answers in B3 divided by right answers in B1, over the answerable questions
    that both answered. What the weights held before, B0, is part of both; `uplift` is not.
    """

    cycle: int
    on: str | None = Field(description="Label of the arm of mode B2; null if it was not run.")
    off: str | None = Field(description="Label of the arm of mode B3; null if it was not run.")
    correct_on: Estimate | None
    correct_off: Estimate | None
    retention: Ratio | None = Field(description="B3 / B1; null if one of the two was not run.")
    uplift: Difference | None = Field(description="B3 − B0.")
    beside_recall: Difference | None = Field(description="B2 − B1.")
    drift: Difference | None = Field(
        description="Reading from the evidence with the weights of another world − with the "
        "model's own; equivalent within 1 point. Null if it was not run."
    )
    locality: Difference | None = Field(
        description="Scenario B: B3 − B0 on facts that nothing in the log has changed, from the "
        "weights alone; equivalent within 1 point. Null elsewhere."
    )
    others: list[OtherTask] = Field(description="Other tasks that the runs asked as well.")
    others_notes: list[str] = Field(
        description="Which of them are not compared, or less comparable, and why."
    )
    sleep: Sleep | None = Field(description="Null if the run does not tell.")


class Kept(Part):
    """Questions of one kind, before sleep and after the last cycle."""

    by: Literal["lag", "kind of question", "pinned", "times replayed"]
    name: str
    recalled: Estimate | None = Field(description="Correct in B1.")
    kept: Estimate = Field(description="Correct in B3.")


class Consolidation(Part):
    """A memory of one configuration, over its cycles of sleep."""

    label: str
    memory: str
    without: str | None = Field(description="Label of the model alone, B0; null if not run.")
    recalling: str | None = Field(description="Label of the memory before sleep, B1.")
    verdict: str
    cycles: list[AfterSleep]
    kept: list[Kept] = Field(description="Of the last cycle of B3.")
    against: list[Difference] = Field(
        description="B3 − B3 of the same memory with other options (another order, say), by cycle."
    )


class HardNegativeEffect(Part):
    """The primary metric with hard negatives minus without, same questions and same arm."""

    arm: str
    setting: str = Field(description="What was changed: confounders_ratio 1.0 against 0.0.")
    run_with: str
    run_without: str
    effect: Difference


class Figure(Part):
    """A figure: figures/NAME.svg, .png (not of many experiments), and its data as .csv."""

    name: str
    title: str
    description: str


class Experiment(Part):
    """Arms that answered the same questions with the same model and prompt."""

    id: str
    scenario: str
    task: str
    task_version: str | None
    model: str
    rows_sha256: str | None
    dataset: str = Field(description="Settings that the questions were made with, as JSON.")
    verdict: str
    arms: list[ArmRow]
    differences: list[Difference]
    break_even: list[BreakEven]
    parity: list[Parity]
    consolidation: list[Consolidation] = Field(description="Of memories of modes B2 and B3.")
    hard_negatives: list[HardNegativeEffect]
    files: list[str] = Field(description="Its pages, relative to the index; empty without any.")
    figures: list[Figure]


class ModelRow(Part):
    """One of several models that are compared under one arm."""

    label: str
    model: str
    experiment: str
    run_id: str


class ModelComparison(Part):
    """Models that answered the same questions, with the same arm and the same form of prompt.

    Each two are paired; of more than twelve, each is paired with the first one: the smallest, or
    the first by name where sizes are unknown.
    """

    scenario: str
    task: str
    arm: str
    models: list[ModelRow]
    differences: list[Difference] = Field(description="Between models, by their labels.")


class Refused(Part):
    """Two sets of runs of one scenario that are not compared, and why."""

    a: list[str]
    b: list[str]
    reason: str


class LeftOut(Part):
    """A run that the report says nothing about."""

    path: str = Field(description="The file at fault, relative to the folder that was searched.")
    line: int | None = Field(description="Line in the file, from 1, where that is known.")
    run_id: str | None = Field(description="Null where the results file cannot be read.")
    reason: str
    advice: str = Field(description="What to do about it.")


class Index(Part):
    """The whole index, for programs."""

    schema_version: Literal[2] = 2
    primary_metric: str = Field(description="The metric that verdicts and figures are about.")
    seed: int = Field(description="Of bootstrap and permutation.")
    resamples: int
    comparisons: int = Field(
        description="Tests of the primary metric that Holm's adjustment is over."
    )
    experiments: list[Experiment]
    models: list[ModelComparison]
    not_compared: list[Refused]
    left_out: list[LeftOut]
