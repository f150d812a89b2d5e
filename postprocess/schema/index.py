"""The index file: what the arms of an experiment came to, side by side.

`python -m postprocess --json-schema index` prints its JSON Schema. One difference as it stands in
the file (shortened):

    {"a": "rag", "b": "none", "metric": "exact_match", "n": 500, "difference": 0.41,
     "interval": {"low": 0.36, "high": 0.46, "method": "cluster t"}, "p": 1e-9,
     "p_holm": 3e-8, "p_permutation": 0.0001, "p_mcnemar": 1e-40, "equivalent": false}
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from postprocess.schema.parts import Estimate, IntervalModel, Latency, Part, Quantity
from postprocess.schema.run import Economics

PairedMetric = Literal["exact_match", "f1", "abstained"]


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
    exact_match: Estimate
    f1: Estimate
    headline: Estimate
    abstention_recall: Estimate
    false_abstention: Estimate
    recall_at_5: Estimate | None
    stale: Estimate | None
    compute: dict[str, Quantity]
    latency: Latency
    economics: Economics
    tokens_computed_share: float | None = Field(
        description="Prompt tokens computed for those asked, where prefixes were shared."
    )
    on_front: bool | None = Field(
        description="No other arm is both cheaper and better (operations, headline)."
    )


class Difference(Part):
    """Arm a minus arm b, over the questions that both answered, worlds as clusters.

    `interval` is the cluster-robust t interval, `bootstrap` the cluster percentile bootstrap;
    `p` is that of the t test behind the interval, `p_holm` adjusts it for all comparisons of this
    metric in the index, `p_permutation` flips the signs of worlds and assumes no distribution,
    `p_mcnemar` takes questions for independent; the last two are there for comparison.
    `equivalent` says whether the 90% interval lies within ± `margin`.
    """

    a: str
    b: str
    metric: PairedMetric
    n: int
    worlds: int
    differing_worlds: int = Field(
        description="Worlds in which the arms differ; with few, trust the permutation more."
    )
    unpaired: int = Field(description="Questions that only one of the two answered; left out.")
    mean_a: float
    mean_b: float
    difference: float
    interval: IntervalModel | None
    bootstrap: IntervalModel | None
    p: float | None
    p_holm: float | None
    p_permutation: float | None
    p_mcnemar: float | None
    minimum_detectable_effect: float | None
    margin: float
    equivalent: bool | None


class BreakEven(Part):
    """From how many questions about one log on a kept cache is cheaper than another arm."""

    kept: str = Field(description="Arm whose memory stays in the cache.")
    against: str
    memory_flops: float
    further_question_flops: float
    against_flops: float
    questions: int | None = Field(description="Null: it never is.")


class HardNegativeEffect(Part):
    """Exact match with hard negatives minus without, the same questions of the same arm."""

    arm: str
    setting: str = Field(description="What was changed: confounders_ratio 1.0 against 0.0.")
    run_with: str
    run_without: str
    effect: Difference


class Figure(Part):
    """A picture: figures/NAME.svg, .png, and its data as .csv."""

    name: str
    title: str
    description: str


class Experiment(Part):
    """Arms that answered the same questions with the same model and prompt."""

    id: str
    scenario: Literal["A", "B", "C", "D", "E"]
    task: str
    task_version: str | None
    model: str
    rows_sha256: str | None
    dataset: str = Field(description="Settings that the questions were made with, as JSON.")
    verdict: str
    arms: list[ArmRow]
    differences: list[Difference]
    break_even: list[BreakEven]
    hard_negatives: list[HardNegativeEffect]
    figures: list[Figure]


class Refused(Part):
    """Two sets of runs of one scenario and model that are not compared, and why."""

    a: list[str]
    b: list[str]
    reason: str


class Index(Part):
    """Everything the index says, for programs."""

    schema_version: Literal[1] = 1
    seed: int = Field(description="Of bootstrap and permutation.")
    resamples: int
    comparisons: int = Field(description="Tests of exact match that Holm's adjustment is over.")
    experiments: list[Experiment]
    not_compared: list[Refused]
