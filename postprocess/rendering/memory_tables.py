"""The tables about memories of mode B1: of one run, and side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from postprocess.rendering import values
from postprocess.rendering.tables import Column, Table, column
from postprocess.rendering.values import MISSING, Ours
from postprocess.schema.memory import (
    Forgetting,
    Isolation,
    Memory,
    Ratio,
    RoleStored,
    ScoreBin,
    WriteGate,
    Written,
)
from postprocess.schema.parts import Estimate

# What a memory cannot do, or does not tell: never 0.
NOT_APPLICABLE = Ours("n/a")


class Line(NamedTuple):
    """A row of the table of memories."""

    label: str
    of: Callable[[Memory], str]


def measures(memories: Mapping[str, Memory]) -> Table[Line]:
    """What memories did with what they were told, side by side.

    Args:
        memories: By the label of their arm.
    """
    shown = memories.values()
    lines = [
        *_TOLD,
        *(_GATE if any(memory.gate for memory in shown) else ()),
        *_SHOWN,
        *_COSTS,
        *(_FORGETTING if any(memory.forgetting for memory in shown) else ()),
        *(_ISOLATION if any(memory.isolation for memory in shown) else ()),
        Line("Acknowledged events lost", lambda m: _count(m.durability.lost)),
    ]
    return Table([column("", lambda line: Ours(line.label)), *_columns(memories)], lines)


def capabilities(memories: Mapping[str, Memory]) -> Table[Line]:
    """What memories can do, side by side."""
    names = dict.fromkeys(name for memory in memories.values() for name in memory.capabilities)
    lines = [
        Line(name, lambda m, name=name: values.yes_or_no(m.capabilities.get(name)))  # type: ignore[misc]
        for name in names
    ]
    return Table([column("Capability", lambda line: line.label), *_columns(memories)], lines)


def roles(memory: Memory) -> Table[RoleStored]:
    """What was stored, by why the generator wrote it."""
    return Table(
        [
            column("Kind of event", lambda row: row.role),
            column("Events", lambda row: Ours(f"{row.stored.n:,}")),
            column("Durable facts", lambda row: Ours(f"{row.should_remember:,}")),
            column("Stored", lambda row: values.rate(row.stored)),
            column("Mean score", lambda row: _number(row.score)),
        ],
        memory.by_role,
    )


def score_bins(gate: WriteGate) -> Table[ScoreBin]:
    """How often events with a score state a durable fact."""
    return Table(
        [
            column("Score", lambda row: Ours(f"{row.low:.3g} to {row.high:.3g}")),
            column("Events", lambda row: Ours(f"{row.should_remember.n:,}")),
            column("Mean score", lambda row: _number(row.score)),
            column("Durable facts", lambda row: values.rate(row.should_remember)),
        ],
        gate.bins,
    )


def _columns(memories: Mapping[str, Memory]) -> list[Column[Line]]:
    return [
        Column(label, lambda line, memory=memory: line.of(memory))  # type: ignore[misc]
        for label, memory in memories.items()
    ]


def _rate(estimate: Estimate | None) -> Ours:
    """A share with its interval; n/a where there is nothing that it could be a share of."""
    return NOT_APPLICABLE if estimate is None or not estimate.n else values.rate(estimate)


def _ratio(ratio: Ratio, shown: Callable[[float], str]) -> Ours:
    if ratio.value is None:
        return NOT_APPLICABLE
    if ratio.interval is None:
        return Ours(shown(ratio.value))
    low, high = shown(ratio.interval.low), shown(ratio.interval.high)
    return Ours(f"{shown(ratio.value)} ({low} to {high})")


def _count(value: float | None) -> Ours:
    return NOT_APPLICABLE if value is None else Ours(f"{value:,.0f}")


def _number(value: float | None) -> Ours:
    return MISSING if value is None else Ours(f"{value:.3g}")


def _three(value: float) -> str:
    return f"{value:.3g}"


def _of_gate(of: Callable[[WriteGate], Ours]) -> Callable[[Memory], Ours]:
    return lambda memory: of(memory.gate) if memory.gate else NOT_APPLICABLE


def _of_forgetting(of: Callable[[Forgetting], Ours]) -> Callable[[Memory], Ours]:
    return lambda memory: of(memory.forgetting) if memory.forgetting else NOT_APPLICABLE


def _of_isolation(of: Callable[[Isolation], Ours]) -> Callable[[Memory], Ours]:
    return lambda memory: of(memory.isolation) if memory.isolation else NOT_APPLICABLE


def _per_event(
    of: Callable[[Memory], Written], shown: Callable[[float], str]
) -> Callable[[Memory], Ours]:
    return lambda memory: _ratio(of(memory).per_event, shown)


_TOLD = (
    Line("Events told", lambda m: Ours(f"{m.told:,}")),
    Line("Stored", lambda m: _rate(m.stored)),
    Line("Clutter: stored per 1,000 tokens told", lambda m: _ratio(m.clutter, _three)),
)
_GATE = (
    Line("Write gate: precision", _of_gate(lambda gate: _rate(gate.precision))),
    Line("Write gate: recall", _of_gate(lambda gate: _rate(gate.recall))),
    Line(
        "Write gate: PR-AUC of its score",
        _of_gate(lambda gate: _ratio(gate.pr_auc, lambda value: values.share(value))),
    ),
    Line("Durable facts among all events", _of_gate(lambda gate: values.share(gate.chance))),
    Line(
        "Write gate: calibration error",
        _of_gate(
            lambda gate: (
                NOT_APPLICABLE
                if gate.calibration_error is None
                else values.share(gate.calibration_error)
            )
        ),
    ),
)
_SHOWN = (
    Line("Answer shown", lambda m: _rate(m.answer_shown)),
    Line("Near misses: a look-alike comes first", lambda m: _rate(m.near_miss)),
    Line(
        "Collisions: a look-alike is shown without the answer", lambda m: _rate(m.collision_shown)
    ),
    Line("Collisions: a look-alike's value is the answer", lambda m: _rate(m.collision_answered)),
)
_COSTS = (
    Line("Writing time per event", _per_event(lambda m: m.writing.seconds, values.seconds)),
    Line("Language model calls per event", _per_event(lambda m: m.writing.lm_calls, _three)),
    Line("Tokens of these calls per event", _per_event(lambda m: m.writing.lm_tokens, _three)),
    Line(
        "FLOPs to write per event",
        _per_event(lambda m: m.writing.flops, lambda value: values.amount(value, "FLOP")),
    ),
    Line(
        "Bytes on disk per event",
        _per_event(lambda m: m.writing.bytes, lambda value: values.amount(value, "B")),
    ),
    Line("Recall time p50", lambda m: values.seconds(m.recall_p50_s)),
    Line("Recall time p95", lambda m: values.seconds(m.recall_p95_s)),
)
_FORGETTING = (
    Line("Events to forget", _of_forgetting(lambda found: _count(found.asked))),
    Line("Deleted of these", _of_forgetting(lambda found: _count(found.deleted))),
    Line("Still in its files", _of_forgetting(lambda found: _count(found.left_on_disk))),
    Line("Recalled items that were deleted", _of_forgetting(lambda found: _rate(found.items))),
    Line("Forgotten, and recalled", _of_forgetting(lambda found: _rate(found.brought_back))),
    Line("Forgotten, and answered", _of_forgetting(lambda found: _rate(found.answered))),
    Line("Answer shown beside it", _of_forgetting(lambda found: _rate(found.beside))),
    Line("Answer shown elsewhere", _of_forgetting(lambda found: _rate(found.elsewhere))),
)
_ISOLATION = (
    Line("Recalled items of another scope", _of_isolation(lambda found: _rate(found.items))),
    Line("Answers from another scope", _of_isolation(lambda found: _rate(found.answers))),
)
