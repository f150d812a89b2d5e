"""From what a memory did to the record of an answer: what it cost, and what it recalled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from generators.tokens import ESTIMATE
from hei_nw_tasks.compute.record import Costs, CostValue, measured, unknown
from hei_nw_tasks.memory.recalling import Recall
from hei_nw_tasks.memory.replayed import RecalledItem, Replay, Slept
from hei_nw_tasks.memory.stores import Store
from hei_nw_tasks.memory_record import MemoryRecord, SleepRecord, StoreRecord
from hei_nw_tasks.scoring.shown import answer_shown, mistaken, names_any

if TYPE_CHECKING:
    from generators.records import Event


def recall_costs(recall: Recall) -> Costs:
    """What it cost to recall."""
    searched = recall.retrieval_s is not None
    unsaid = "the memory does not tell it" if searched else "this arm embeds nothing"
    return {
        "retrieval_s": _known(recall.retrieval_s, "this arm searches nothing"),
        "embed_flops": _known(recall.flops, unsaid),
    }


def writing_costs(recall: Recall, *, is_measured: bool) -> Costs:
    """The share of one question in what it cost to write its store.

    All questions of a store have the same share, so that the sum over them is the whole. Language
    model calls for this question come on top of its share.

    Args:
        recall: What was recalled for the question.
        is_measured: Whether the arm is a memory, in another mode than B0.
    """
    replay = recall.replay
    if replay is None or not is_measured:
        names = ("write_s", "write_flops", "lm_calls", "lm_tokens", "store_bytes")
        costs = {name: unknown("measured of memories, not in mode B0") for name in names}
        return costs if recall.write_s is None else {**costs, "write_s": measured(recall.write_s)}
    share, uncounted = len(recall.store.questions), "the memory does not count it"

    def summed(writing: float | None, recalling: float | None) -> float | None:
        both = writing is not None and recalling is not None
        return writing / share + recalling if both else None  # type: ignore[operator]

    files = None if replay.bytes is None else replay.bytes / max(1, len(replay.written))
    flops = None if replay.flops is None else replay.flops / share
    return {
        "write_s": measured(replay.seconds / share),
        "write_flops": _known(flops, uncounted),
        "lm_calls": _known(summed(replay.calls, recall.calls), uncounted),
        "lm_tokens": _known(summed(replay.tokens, recall.tokens), uncounted),
        "store_bytes": _known(files, "the memory has no files of its own"),
    }


def sleeping_costs(recall: Recall, doc: Mapping[str, Any]) -> Costs:
    """The share of one question in what sleep cost, over all cycles.

    All questions of a moment have the same share, so that the sum over them is the whole.

    Args:
        recall: What was recalled for the question.
        doc: The dataset row.
    """
    names = {"sleep_s": "seconds", "sleep_tokens": "trained_tokens", "sleep_flops": "trained_flops"}
    cycles = _cycles(recall, doc)
    if not cycles:
        return dict.fromkeys(names, unknown("measured in modes B2 and B3"))
    share = sum(question.store_size == doc["store_size"] for question in recall.store.questions)
    costs: Costs = {}
    for cost, name in names.items():
        values = [getattr(cycle, name) for cycle in cycles]
        whole = None if None in values else sum(values) / share
        costs[cost] = _known(whole, "the memory does not count it")
    return costs


def _cycles(recall: Recall, doc: Mapping[str, Any]) -> list[Slept]:
    """The cycles of sleep at the moment of a question."""
    return [slept for slept in recall.sleeps if slept.told == doc["store_size"]]


def _least_replayed(recall: Recall, doc: Mapping[str, Any]) -> int | None:
    """How often the least replayed event of the evidence was trained on; None if unknown."""
    counts = [cycle.replayed for cycle in _cycles(recall, doc)]
    known = [count for count in counts if count is not None]
    if not counts or len(known) < len(counts) or not doc["evidence"]:
        return None
    return min(sum(count.get(id_, 0) for count in known) for id_ in doc["evidence"])


def memory_record(
    recall: Recall, doc: Mapping[str, Any], response: str, *, mode: str, whole: bool
) -> MemoryRecord | None:
    """What a memory recalled for a question.

    Args:
        recall: The same.
        doc: The dataset row.
        response: What the model answered.
        mode: In which it was recalled.
        whole: Whether to tell what it made of the whole store.

    Returns:
        None for other arms.
    """
    replay, scopes = recall.replay, recall.scopes
    if replay is None or mode == "B0":
        return None
    is_asked = mode != "B3"
    told, found = recall.store.events[: doc["store_size"]], replay.recalled[doc["id"]].items
    can = {name: is_asked and can for name, can in replay.capabilities.items()}
    forgotten = {id_ for event in told for id_ in event.forgets}
    evidence = [event for event in told if event.event_id in set(doc["evidence"])]
    first = [item.text for item in found[:1]]
    return MemoryRecord(
        store=replay.store,
        told=len(told),
        stored=sum(event.stored for event in replay.written[: len(told)]),
        recalled=recall.recalled,
        answer_shown=answer_shown(doc, recall.texts) if is_asked else None,
        near_miss=mistaken(doc, first) if can["ranked"] else None,
        collision=mistaken(doc, recall.texts) if is_asked else None,
        foreign=recall.foreign if scopes else None,
        foreign_answer=scopes.is_foreign(replay.store, doc, response) if scopes else None,
        resurrected=recall.resurrected if forgotten and can["delete"] else None,
        brought_back=_brought_back(doc, found, told, forgotten) if can["delete"] else None,
        weights=None if recall.weights is None else recall.weights.digest,
        replayed=_least_replayed(recall, doc),
        pinned=any(event.pinned for event in evidence) if evidence else None,
        of_store=_store_record(replay, recall) if whole else None,
    )


def _brought_back(
    doc: Mapping[str, Any],
    found: Sequence[RecalledItem],
    told: Sequence[Event],
    forgotten: Set[str],
) -> bool | None:
    """Whether items hold what was to be forgotten; None if the question asks for something else.

    An item that is an event's text does if the event was to be forgotten, any other one if it names
    a forgotten value.
    """
    if not forgotten or doc["answers"] or not doc["prior_answers"]:
        return None
    ids = {event.text: event.event_id for event in told}
    known = [item.event_id or ids.get(item.text) for item in found]
    own_words = [item.text for item, id_ in zip(found, known, strict=True) if id_ is None]
    return not forgotten.isdisjoint(id_ for id_ in known if id_ is not None) or names_any(
        own_words, doc["prior_answers"]
    )


def _store_record(replay: Replay, recall: Recall) -> StoreRecord:
    told = recall.store.events[: len(replay.written)]
    return StoreRecord(
        stored=[event.stored for event in replay.written],
        scores=[event.score for event in replay.written],
        should_remember=[event.should_remember for event in told],
        roles=[event.role for event in told],
        pinned=[event.pinned for event in told],
        text_tokens=sum(ESTIMATE.count([event.text for event in told])),
        seconds=replay.seconds,
        calls=replay.calls,
        tokens=replay.tokens,
        flops=replay.flops,
        bytes=replay.bytes,
        lost=replay.lost,
        to_forget=replay.forgotten.asked,
        deleted=replay.forgotten.deleted,
        left_on_disk=replay.forgotten.on_disk,
        capabilities=replay.capabilities,
        sleeps=[_sleep_record(slept, recall.store) for slept in recall.sleeps] or None,
    )


def _sleep_record(slept: Slept, store: Store) -> SleepRecord:
    count, told = slept.replayed, store.events[: slept.told]
    return SleepRecord(
        **slept.model_dump(exclude={"artefact", "replayed", "recalled"}),
        artefact=next(iter(slept.artefact or ()), None),
        replayed=None if count is None else [count.get(event.event_id, 0) for event in told],
    )


def _known(value: float | None, reason: str) -> CostValue:
    return unknown(reason) if value is None else measured(value)
