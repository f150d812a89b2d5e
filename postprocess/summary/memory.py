"""What a memory of mode B1 did with the events that it was told, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from hei_nw_tasks.memory_record import StoreRecord
from hei_nw_tasks.metrics import PRIMARY
from postprocess.reading.runs import Run
from postprocess.schema.answer import Answer
from postprocess.schema.memory import (
    Durability,
    Forgetting,
    Isolation,
    Memory,
    Ratio,
    Writing,
    Written,
)
from postprocess.schema.parts import Estimate
from postprocess.schema.scenario import Reading
from postprocess.statistics.intervals import ratio_interval
from postprocess.summary.estimates import FEW_WORLDS, estimate
from postprocess.summary.measured import quantiles
from postprocess.summary.write_gate import (
    Records,
    Told,
    by_role,
    events_of,
    stored_share,
    write_gate,
)

# Scenario C asks for what is near something that was to be forgotten.
BESIDE_FORGOTTEN = "beside_forgotten"


def memory_of(run: Run) -> Memory | None:
    """The memory's part of the report; None for the arms of mode B0."""
    stores, answers = run.samples.stores, run.answers
    if not stores.asked:
        return None
    records = stores.records
    events = events_of(records)
    p50, p95 = quantiles(answers, "retrieval_s")
    return Memory(
        stores=len(records),
        stores_asked=len(stores.asked),
        capabilities=_capabilities(records),
        told=len(events),
        stored=stored_share(events),
        clutter=_clutter(records),
        by_role=by_role(events),
        gate=write_gate(events),
        answer_shown=_measured(answers, "answer_shown"),
        near_miss=_measured(answers, "near_miss"),
        collision_shown=_measured(answers, "collision"),
        collision_answered=estimate(
            (answer for answer in answers if answer.answerable and answer.hard_negatives),
            lambda answer: answer.outcome == "distractor",
        ),
        reading=_reading(answers),
        writing=_writing(records),
        recall_p50_s=p50,
        recall_p95_s=p95,
        forgetting=_forgetting(records, answers),
        isolation=_isolation(run.arm.scopes or 1, answers),
        durability=_durability(records, events, reopened=run.arm.reopen == "always"),
    )


def _capabilities(records: Records) -> dict[str, bool]:
    """What it can do: some of it shows only where it is used."""
    stated = [store.capabilities for _, store in records.values()]
    names = dict.fromkeys(name for one in stated for name in one)
    return {name: any(one.get(name, False) for one in stated) for name in names}


def _measured(answers: Sequence[Answer], name: str) -> Estimate:
    return estimate(answers, lambda answer: answer.measured.get(name))


def _clutter(records: Records) -> Ratio:
    return _ratio(
        records,
        lambda store: 1000 * sum(store.stored),
        lambda store: store.text_tokens,
        # If all were stored.
        lambda store: 1000 * len(store.stored),
    )


def _writing(records: Records) -> Writing:
    uncounted = "the memory does not count it"
    return Writing(
        seconds=_written(records, lambda store: store.seconds, ""),
        lm_calls=_written(records, lambda store: store.calls, uncounted),
        lm_tokens=_written(records, lambda store: store.tokens, uncounted),
        flops=_written(records, lambda store: store.flops, uncounted),
        bytes=_written(
            records, lambda store: store.bytes, "stores have no files, or share a folder"
        ),
    )


def _written(
    records: Records, cost: Callable[[StoreRecord], float | None], unknown: str
) -> Written:
    found = [cost(store) for _, store in records.values()]
    known = [value for value in found if value is not None]
    if not known or len(known) < len(found):
        none = Ratio(value=None, interval=None, note=unknown or "no store was written")
        return Written(total=None, per_event=none)
    return Written(
        total=float(sum(known)),
        per_event=_ratio(
            records, lambda store: cost(store) or 0.0, lambda store: len(store.stored)
        ),
    )


def _ratio(
    records: Records,
    above: Callable[[StoreRecord], float],
    below: Callable[[StoreRecord], float],
    most: Callable[[StoreRecord], float] | None = None,
) -> Ratio:
    worlds = [world for world, _ in records.values()]
    stores = [store for _, store in records.values()]
    total = sum(map(below, stores))
    if not total:
        return Ratio(value=None, interval=None, note="no events were told")
    bound = {} if most is None else {"highest": sum(map(most, stores)) / total}
    interval = ratio_interval([*map(above, stores)], [*map(below, stores)], worlds, **bound)
    value = sum(map(above, stores)) / total
    return Ratio(value=value, interval=interval, note=None if interval else FEW_WORLDS)


def _reading(answers: Sequence[Answer]) -> Reading:
    cells = Counter(
        (answer.measured["answer_shown"] == 1.0, answer.scores[PRIMARY] == 1.0)
        for answer in answers
        if "answer_shown" in answer.measured
    )
    return Reading(
        shown_right=cells[True, True],
        shown_wrong=cells[True, False],
        missed_right=cells[False, True],
        missed_wrong=cells[False, False],
    )


def _forgetting(records: Records, answers: Sequence[Answer]) -> Forgetting | None:
    stores = [store for _, store in records.values()]
    asked = sum(store.to_forget for store in stores)
    if not asked:
        return None
    if not _capabilities(records).get("delete"):
        return Forgetting(
            asked=asked,
            **dict.fromkeys(
                (
                    *("deleted", "left_on_disk", "items", "brought_back"),
                    *("answered", "beside", "elsewhere"),
                )
            ),
            note="the memory cannot delete",
        )
    left = [store.left_on_disk for store in stores]
    known = [count for count in left if count is not None]
    about = [answer for answer in answers if "brought_back" in answer.measured]
    beside = [answer for answer in answers if answer.query_kind == BESIDE_FORGOTTEN]
    others = [answer for answer in answers if answer.query_kind != BESIDE_FORGOTTEN]
    return Forgetting(
        asked=asked,
        deleted=sum(store.deleted for store in stores),
        left_on_disk=sum(known) if known else None,
        items=_measured(answers, "resurrected"),
        brought_back=_measured(about, "brought_back"),
        answered=estimate(about, lambda answer: answer.outcome == "stale"),
        beside=_measured(beside, "answer_shown"),
        elsewhere=_measured(others, "answer_shown"),
        note=None if known else "the memory has no files of its own",
    )


def _isolation(scopes: int, answers: Sequence[Answer]) -> Isolation | None:
    if scopes == 1:
        return None
    return Isolation(
        scopes=scopes,
        items=_measured(answers, "foreign"),
        answers=_measured(answers, "foreign_answer"),
    )


def _durability(records: Records, events: Sequence[Told], *, reopened: bool) -> Durability:
    lost = [store.lost for _, store in records.values() if store.lost is not None]
    return Durability(
        reopened=reopened,
        stored=sum(event.stored for event in events),
        lost=sum(lost) if lost else None,
        note=None if lost else "the memory does not tell what it holds",
    )
