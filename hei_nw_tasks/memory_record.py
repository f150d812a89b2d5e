"""What a memory did, in the record of an answer: for a question, for its store, and in its sleep.

The record of one question (shortened); the first question of a store tells of the whole store:

    {"store": "0f24…", "told": 74, "stored": 61, "recalled": 5, "answer_shown": true, …,
     "of_store": {"stored": [true, …], "seconds": 0.31, "sleeps": [{"cycle": 1, …}], …}}
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


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
        learnt: Share of what it was trained on that the memory found the model to know after it;
            None without such a test.
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
    learnt: float | None = None


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
