"""What a memory of mode B1 did with the events that it was told, in a run's metrics file.

What it cannot do is null, with the reason next to it. The write gate of one that keeps a third
(shortened):

    {"precision": {"mean": 0.93, "interval": {"low": 0.90, …}, …}, "recall": {"mean": 0.71, …},
     "pr_auc": {"value": 0.88, "interval": {"low": 0.84, …}, "note": null}, …}
"""

from __future__ import annotations

from pydantic import Field

from postprocess.schema.parts import Estimate, Part
from postprocess.schema.scenario import Reading
from postprocess.statistics.intervals import Interval


class Ratio(Part):
    """A number that is no mean of questions; `note` says why it or its interval is missing."""

    value: float | None
    interval: Interval | None
    note: str | None


class RoleStored(Part):
    """Events that the generator wrote for one reason, and how many of them were stored."""

    role: str
    should_remember: int = Field(description="Of these events; the others are chatter.")
    stored: Estimate
    score: float | None = Field(description="Mean score of the gate; null if it tells none.")


class ScoreBin(Part):
    """Events with a score in [low, high]."""

    low: float
    high: float
    score: float = Field(description="Their mean score.")
    should_remember: Estimate


class WriteGate(Part):
    """What was stored against what states a durable fact (`should_remember`).

    `pr_auc` is the average precision of the scores. Bins are of equal width if every score is in
    [0, 1], where a score may be read as a probability, else of equal numbers of events;
    `calibration_error` is the expected calibration error over the former.
    """

    precision: Estimate
    recall: Estimate
    chance: float | None = Field(
        description="Share of durable events: precision and PR-AUC of a coin."
    )
    pr_auc: Ratio
    calibration_error: float | None
    bins: list[ScoreBin]


class Written(Part):
    """What writing cost in all, and per event told."""

    total: float | None
    per_event: Ratio


class Writing(Part):
    """What it cost to write all stores, recalling not included."""

    seconds: Written
    lm_calls: Written
    lm_tokens: Written
    flops: Written
    bytes: Written = Field(description="Of files in the end; of stores with a folder of their own.")


class Forgetting(Part):
    """What became of requests to forget; a memory without `delete` has nulls, and a note.

    `brought_back` is over the questions that ask for what was to be forgotten: something recalled
    holds it. `answered` is the share of them whose answer names a forgotten value. Collateral loss
    is what `beside` (questions about what is near something forgotten) lacks compared with
    `elsewhere`; both are the share whose prompt shows the answer.
    """

    asked: int
    deleted: int | None
    left_on_disk: int | None = Field(description="Deleted events whose text is still in a file.")
    items: Estimate | None = Field(description="Share of recalled items that were deleted.")
    brought_back: Estimate | None
    answered: Estimate | None
    beside: Estimate | None
    elsewhere: Estimate | None
    note: str | None


class Isolation(Part):
    """What came through from worlds under other scopes of the same store."""

    scopes: int
    items: Estimate = Field(description="Share of recalled items that are of another scope.")
    answers: Estimate = Field(description="Answers that name a value that only other scopes have.")


class Durability(Part):
    """Events that were acknowledged, and are gone in the end."""

    reopened: bool = Field(description="Closed and opened between writing and asking.")
    stored: int
    lost: int | None
    note: str | None


class Memory(Part):
    """What a memory did with what it was told.

    `stores` counts the stores that the samples tell of, each once; `stores_asked` those that
    questions were about. `near_miss`: the first item recalled names the value of a hard negative
    and no right answer. `collision_shown`: all that the prompt shows does; `collision_answered`:
    the answer names the value of a hard negative. All three are over the answerable questions with
    hard negatives.
    """

    stores: int
    stores_asked: int
    capabilities: dict[str, bool]
    told: int
    stored: Estimate = Field(description="Share of the events told that were stored.")
    clutter: Ratio = Field(description="Events stored per 1,000 tokens told (estimated tokens).")
    by_role: list[RoleStored]
    gate: WriteGate | None = Field(description="Null if all was stored, and no score is told.")
    answer_shown: Estimate
    near_miss: Estimate
    collision_shown: Estimate
    collision_answered: Estimate
    reading: Reading = Field(description="By whether the answer was shown, whatever the words.")
    writing: Writing
    recall_p50_s: float | None
    recall_p95_s: float | None
    forgetting: Forgetting | None = Field(description="Null if nothing was to be forgotten.")
    isolation: Isolation | None = Field(description="Null if every store is alone in its folder.")
    durability: Durability
