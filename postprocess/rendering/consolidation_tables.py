"""The tables about memories after sleep, modes B2 and B3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from postprocess.rendering import values
from postprocess.rendering.tables import Table, column
from postprocess.rendering.values import MISSING, Ours
from postprocess.schema.index import AfterSleep, Consolidation, Difference, Kept
from postprocess.schema.memory import Ratio
from postprocess.schema.sleep import Sleep


def cycles(of: Consolidation) -> Table[AfterSleep]:
    """A memory after each cycle of sleep."""
    return Table(
        [
            column("Cycle", lambda row: Ours(row.cycle)),
            column("Correct, memory on (B2)", lambda row: values.rate(row.correct_on)),
            column("Correct, memory off (B3)", lambda row: values.rate(row.correct_off)),
            column("B3 / B1", lambda row: _ratio(row.retention)),
            column("B3 − B0", lambda row: _points(row.uplift)),
            column("B2 − B1", lambda row: _points(row.beside_recall)),
        ],
        of.cycles,
    )


@dataclass(frozen=True)
class Drift:
    """What sleep did to something that it was not to change."""

    cycle: int
    where: str
    is_share: bool
    effect: Difference


def drift(of: Consolidation) -> Table[Drift]:
    """What sleep did to reading, to facts that nothing has changed, and to other tasks."""
    return Table(
        [
            column("Cycle", lambda row: Ours(row.cycle)),
            column("What", lambda row: row.where),
            column("n", lambda row: Ours(row.effect.n)),
            column("Before sleep", lambda row: _score(row, row.effect.mean_b)),
            column("After", lambda row: _score(row, row.effect.mean_a)),
            column("Difference", _drifted),
        ],
        [
            Drift(one.cycle, where, is_share, effect)
            for one in of.cycles
            for where, is_share, effect in (
                (Ours("Reading from the evidence"), True, one.drift),
                (Ours("Facts that nothing has changed"), True, one.locality),
                *((f"{t.task}: {t.metric}", t.is_share, t.effect) for t in one.others),
            )
            if effect is not None
        ],
    )


def learnt(of: Consolidation) -> Table[tuple[int, Sleep]]:
    """What is memorised, as the memory tests itself, against what of it can be used."""
    return Table(
        [
            column("Cycle", lambda row: Ours(row[0])),
            column("Events told", lambda row: _number(row[1].events)),
            column("Trained on", lambda row: _number(row[1].replayed)),
            column("Memorised", lambda row: values.share(row[1].learnt)),
            column("Usable (B3)", lambda row: values.rate(row[1].usable)),
            column("of questions", lambda row: Ours(row[1].usable.n) if row[1].usable else MISSING),
        ],
        [(one.cycle, one.sleep) for one in of.cycles if one.sleep],
    )


def costs(of: Consolidation) -> Table[tuple[int, Sleep]]:
    """What sleep cost up to each cycle, on average over the moments that were asked about."""
    return Table(
        [
            column("Cycle", lambda row: Ours(row[0])),
            column("Weights made", lambda row: Ours(f"{row[1].changed} of {row[1].moments}")),
            column("Tokens trained on", lambda row: _number(row[1].trained_tokens)),
            column("FLOPs", lambda row: values.amount(row[1].trained_flops, "FLOP")),
            column("FLOPs per event", lambda row: _flops_per_event(row[1])),
            column("Time", lambda row: values.seconds(row[1].seconds)),
            column("Artefact", lambda row: values.amount(row[1].bytes, "B")),
        ],
        [(one.cycle, one.sleep) for one in of.cycles if one.sleep],
    )


def kept(rows: Sequence[Kept]) -> Table[Kept]:
    """What was kept, by what."""
    return Table(
        [
            column("By", lambda row: Ours(row.by)),
            column("", lambda row: row.name),
            column("n", lambda row: Ours(row.kept.n)),
            column("Before, memory on (B1)", lambda row: values.rate(row.recalled)),
            column("After, memory off (B3)", lambda row: values.rate(row.kept)),
        ],
        rows,
    )


def _ratio(found: Ratio | None) -> Ours:
    if found is None or found.value is None:
        return MISSING
    if found.interval is None:
        return values.share(found.value)
    low, high = 100 * found.interval.low, 100 * found.interval.high
    return Ours(f"{values.share(found.value)} ({low:.1f} to {high:.1f})")


def _points(found: Difference | None) -> Ours:
    if found is None:
        return MISSING
    ends = "" if found.interval is None else f" ({values.point_interval(found.interval)})"
    return Ours(f"{values.points(found.difference)}{ends}")


def _score(row: Drift, value: float) -> Ours:
    return values.share(value) if row.is_share else Ours(f"{value:.4g}")


def _drifted(row: Drift) -> Ours:
    found = row.effect
    size = values.amount_of_difference(found.difference, share=row.is_share)
    ends = values.difference_interval(found.interval, share=row.is_share)
    interval = "" if found.interval is None else f" ({ends})"
    return Ours(f"{size}{interval}{', within ±1' if found.equivalent else ''}")


def _number(value: float | None) -> Ours:
    return MISSING if value is None else Ours(f"{value:,.0f}")


def _flops_per_event(sleep: Sleep) -> Ours:
    spent, events = sleep.trained_flops, sleep.replayed
    return values.amount(spent / events if spent is not None and events else None, "FLOP")
