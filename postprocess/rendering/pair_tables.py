"""The tables of `python -m postprocess pair`."""

from __future__ import annotations

from collections.abc import Sequence

from postprocess.comparison.pairing import MARGIN
from postprocess.rendering import values
from postprocess.rendering.tables import Column, Table, column
from postprocess.rendering.values import Ours
from postprocess.schema.pair import Comparison, Flip, Pairing, SideOfPair
from postprocess.statistics.intervals import Interval

MOST_FLIPS = 10


def sides(found: Sequence[SideOfPair]) -> Table[SideOfPair]:
    """What is compared."""
    return Table(
        [
            column("Side", lambda side: side.label),
            column("Model", lambda side: side.model),
            column("Tasks", lambda side: Ours(len(side.results))),
            column("Older runs, not used", lambda side: Ours(len(side.superseded))),
        ],
        found,
    )


def comparisons(found: Sequence[Comparison]) -> Table[Comparison]:
    """Every comparison, with all tests."""
    binary: list[Column[Comparison]] = [
        column("Only first right", lambda row: _count(row.only_a)),
        column("Only second right", lambda row: _count(row.only_b)),
        column("p (McNemar)", lambda row: values.p_value(row.difference.p_mcnemar)),
    ]
    several = any(row.difference.worlds != row.difference.n for row in found)
    clusters: list[Column[Comparison]] = [
        column("Clusters", lambda row: Ours(row.difference.worlds))
    ]
    return Table(
        [
            column("Task", lambda row: row.task),
            column("Metric", measure),
            column("First − second", lambda row: f"{row.difference.a} − {row.difference.b}"),
            column("n", lambda row: Ours(row.difference.n)),
            *(clusters if several else []),
            column("First", lambda row: _mean(row.difference.mean_a, row)),
            column("Second", lambda row: _mean(row.difference.mean_b, row)),
            column("Difference", lambda row: _amount(row.difference.difference, row)),
            column("95% CI", lambda row: _interval(row.difference.interval, row)),
            column("95% CI (bootstrap)", lambda row: _interval(row.difference.bootstrap, row)),
            column("p (Holm)", lambda row: values.p_value(row.difference.p_holm)),
            column("p", lambda row: values.p_value(row.difference.p)),
            column("p (permutation)", lambda row: values.p_value(row.difference.p_permutation)),
            *(binary if any(row.only_a is not None for row in found) else []),
            column("MDE (80% power)", lambda row: _size(row)),
            column(
                f"Equivalent within ±{100 * MARGIN:g} points",
                lambda row: values.yes_or_no(row.difference.equivalent),
            ),
        ],
        found,
    )


def unpaired(found: Pairing) -> Table[Comparison]:
    """What documents that one side alone has could change."""
    return Table(
        [
            column("Task", lambda row: row.task),
            column("Metric", measure),
            column("First − second", lambda row: f"{row.difference.a} − {row.difference.b}"),
            column("Only in first", lambda row: Ours(row.unpaired.a)),
            column("Their mean", lambda row: _mean(row.unpaired.mean_a, row)),
            column("Only in second", lambda row: Ours(row.unpaired.b)),
            column("Their mean", lambda row: _mean(row.unpaired.mean_b, row)),
            column("Difference over all, at least", lambda row: _amount(row.unpaired.least, row)),
            column("At most", lambda row: _amount(row.unpaired.most, row)),
        ],
        [row for row in found.comparisons if row.unpaired.a or row.unpaired.b],
    )


def flips(found: Comparison) -> Table[Flip]:
    """The first documents on which two sides disagree, of either direction."""
    gained = [flip for flip in found.flips if flip.value_a > flip.value_b]
    lost = [flip for flip in found.flips if flip.value_a < flip.value_b]
    return Table(
        [
            column("Document", lambda flip: Ours(flip.doc_id)),
            column("First", lambda flip: Ours(f"{flip.value_a:g}")),
            column("Second", lambda flip: Ours(f"{flip.value_b:g}")),
            Column(Ours("End of the prompt"), lambda flip: flip.prompt[-100:]),
            Column(Ours("Target"), lambda flip: flip.target),
            Column(Ours("First said"), lambda flip: flip.answer_a),
            Column(Ours("Second said"), lambda flip: flip.answer_b),
        ],
        [*gained[:MOST_FLIPS], *lost[:MOST_FLIPS]],
    )


def measure(row: Comparison) -> str:
    """Metric and filter as lm_eval's table has them, with the direction."""
    note = {True: " (lower is better)", None: " (direction unknown)"}.get(row.lower_is_better, "")
    return f"{row.difference.metric},{row.filter}{note}"


def _count(count: int | None) -> Ours:
    return values.MISSING if count is None else Ours(count)


def _mean(value: float | None, row: Comparison) -> Ours:
    if row.unit == "share":
        return values.share(value)
    return values.MISSING if value is None else Ours(f"{value:.5g}".replace("-", "−"))


def _amount(value: float | None, row: Comparison) -> Ours:
    if value is None:
        return values.MISSING
    return values.amount_of_difference(value, share=row.unit == "share")


def _interval(interval: Interval | None, row: Comparison) -> Ours:
    return values.difference_interval(interval, share=row.unit == "share")


def _size(row: Comparison) -> Ours:
    found = _amount(row.difference.minimum_detectable_effect, row)
    return Ours(found.removeprefix("+"))
