"""What is kept of a replay: what became of each event, and what was recalled for each question.

{"store": "0f24…", "written": [{"event_id": "5b0c…", "stored": true, "score": null}, …],
"seconds": 0.31, "recalled": {"7be2…": {"items": [{"text": "On 7 October …", …}, …], …}}, …}
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _Kept(BaseModel):
    """A part of what is kept of a replay, as JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RecalledItem(_Kept):
    """An item that was recalled, see `hei_nw_tasks.memory.protocol.Item`."""

    text: str
    event_id: str | None
    score: float | None


class RecalledNow(_Kept):
    """What was recalled for a question.

    Attributes:
        items: Best first, as deep as the budget went.
        seconds: That recalling took.
        calls: Of a language model; None if unknown, as the next two.
        tokens: Of these calls.
        flops: Of the memory's own computing.
        foreign: Items of another scope in the same folder.
        resurrected: Items that come from deleted events.
    """

    items: list[RecalledItem]
    seconds: float
    calls: int | None
    tokens: int | None
    flops: float | None
    foreign: int = 0
    resurrected: int = 0


class WrittenEvent(_Kept):
    """What became of an event, see `hei_nw_tasks.memory.protocol.Written`."""

    event_id: str
    stored: bool
    score: float | None


class Forgotten(_Kept):
    """What became of the wishes to forget.

    Attributes:
        asked: Events that were to be forgotten.
        deleted: Those that were given to `delete`.
        on_disk: Those whose text the folder's files still hold.
    """

    asked: int = 0
    deleted: int = 0
    on_disk: int | None = None


class Slept(_Kept):
    """What a memory made of a store in one cycle of sleep, and recalled after it.

    Attributes:
        told: Events that it had been told.
        cycle: Of sleep since then, from 1.
        artefact: The change of the model's weights, see `Consolidated`: its folder relative to that
            of the memory, by the model argument that it stands for. None changes nothing.
        digest: Sha256 of the artefact's files, in hex; None without one.
        bytes: Of these files.
        seconds: That the memory took.
        trained_tokens: Tokens of training text; None if unknown, as all below but the last.
        trained_flops: FLOPs of training.
        replayed: How often each event was trained on, by its id.
        learnt: Share of what it was trained on that the memory found the model to know after it.
        calls: Of a language model.
        tokens: Of these calls.
        recalled: By the id of the question; questions of this moment alone.
    """

    told: int
    cycle: int
    artefact: dict[str, str] | None
    digest: str | None
    bytes: int | None
    seconds: float
    trained_tokens: int | None
    trained_flops: float | None
    replayed: dict[str, int] | None
    learnt: float | None
    calls: int | None
    tokens: int | None
    recalled: dict[str, RecalledNow]


class Replay(_Kept):
    """What a memory made of a store.

    Attributes:
        store: Its id.
        written: The events that were told, in their order.
        seconds: That writing took.
        calls: Of a language model, to write; None if unknown, as the next two.
        tokens: Of these calls.
        flops: Of the memory's own computing, to write.
        bytes: Of the files of the folder in the end; None without files.
        lost: Events that were acknowledged as stored, and are not there in the end; None if the
            memory does not tell.
        forgotten: What became of the wishes to forget.
        recalled: By the id of the question.
        capabilities: What the memory can do, by name.
    """

    store: str
    written: list[WrittenEvent]
    seconds: float
    calls: int | None
    tokens: int | None
    flops: float | None
    bytes: int | None
    lost: int | None
    forgotten: Forgotten
    recalled: dict[str, RecalledNow]
    capabilities: dict[str, bool]
