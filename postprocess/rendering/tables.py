"""The tables of reports, the same in Markdown and HTML: which columns they have, and from where.

A new metric, retrieval measure, cost or arm needs no change here: columns and rows of scores and
costs follow from the registries, and from what a run has beyond them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from hei_nw_tasks.compute.costs import COSTS
from hei_nw_tasks.metrics import PRIMARY
from hei_nw_tasks.retrieval.ranking import RANKING
from postprocess.measures import (
    ABSTENTION,
    HEADLINE,
    PAIRED,
    RECALL,
    SHARED,
    heading,
    label,
    lower_is_better,
)
from postprocess.rendering import values
from postprocess.rendering.values import Ours
from postprocess.schema.index import ArmRow, Difference, HardNegativeEffect
from postprocess.schema.parts import Estimate, Quantity, Stratum
from postprocess.schema.run import LagBin, Summary
from postprocess.schema.scenario import DepthLength, StoreSize

T = TypeVar("T")
Row = TypeVar("Row", contravariant=True)
_RECALLS = tuple(name for name in RANKING if name.startswith("recall_any@"))


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column: its heading, and the text of a row's cell. Text that is not `Ours` is data."""

    heading: str
    of: Callable[[Row], str]


def column(heading: str, of: Callable[[T], str]) -> Column[T]:
    """A column with a heading of ours."""
    return Column(Ours(heading), of)


@dataclass(frozen=True)
class Table(Generic[T]):
    """A table whose first column names the rows."""

    columns: Sequence[Column[T]]
    rows: Sequence[T]


# --- of a run ------------------------------------------------------------------------------------


def scores(summary: Summary) -> Table[tuple[str, Estimate]]:
    """Every metric, with its interval."""
    return _estimates("Metric", summary.aggregate | summary.own)


def ranking(summary: Summary) -> Table[tuple[str, Estimate]]:
    """Every retrieval measure, with its interval."""
    return _estimates("Measure", summary.retrieval.ranking if summary.retrieval else {})


def lag_bins(summary: Summary) -> Table[LagBin]:
    """Scores and recall by lag."""
    met = {name for row in summary.lag_bins for name in row.ranking}
    recalls = [name for name in _RECALLS if name in met]
    columns = [column("Lag (days)", lambda row: Ours(row.name)), *_scores_of_stratum()]
    return Table([*columns, *map(_ranked, recalls)], summary.lag_bins)


def strata(heading: str, rows: Sequence[Stratum]) -> Table[Stratum]:
    """Scores of groups of questions."""
    return Table([column(heading, lambda row: row.name), *_scores_of_stratum()], rows)


def hard_negatives(summary: Summary) -> Table[tuple[str, Estimate]]:
    """The primary metric with and without hard negatives, and the errors they cause."""
    found, score = summary.hard_negatives, heading(PRIMARY)
    return _estimates(
        "",
        {
            Ours("Distractor errors"): found.distractor_error,
            Ours(f"{score} with hard negatives"): found.with_hard_negatives.scores[PRIMARY],
            Ours(f"{score} without"): found.without_hard_negatives.scores[PRIMARY],
        },
    )


def store_sizes(rows: Sequence[StoreSize]) -> Table[StoreSize]:
    """Scores, retrieval, collisions and latency by size of the store."""
    met = {name for row in rows for name in row.ranking}
    return Table(
        [
            column("Events in the store", lambda row: Ours(row.store_size)),
            *_scores_of_stratum(),
            *(_ranked(name) for name in (RECALL, "mrr@10") if name in met),
            column("Collisions", lambda row: values.share(row.collision.mean)),
            column("Latency p50", lambda row: values.seconds(row.latency.p50_s)),
            column("p95", lambda row: values.seconds(row.latency.p95_s)),
        ],
        rows,
    )


def depth_length(rows: Sequence[DepthLength]) -> Table[DepthLength]:
    """Scores by length of the transcript and depth of the evidence."""
    return Table(
        [
            column("Tokens", lambda row: Ours(f"{row.target_tokens:,}")),
            column("Depth", lambda row: Ours(f"{100 * row.depth:g}%")),
            *_scores_of_stratum(),
        ],
        rows,
    )


def compute(summary: Summary) -> Table[tuple[str, Quantity]]:
    """Every cost, with where it comes from."""
    return Table(
        [
            column("Cost", lambda row: Ours(heading(row[0]))),
            column("Key", lambda row: row[0]),
            column("Mean", lambda row: values.cost(row[0], row[1].mean)),
            column("n", lambda row: Ours(row[1].n)),
            column("Basis", lambda row: Ours(row[1].basis or values.MISSING)),
            column("Missing because", lambda row: row[1].reason or values.MISSING),
        ],
        list(summary.compute.items()),
    )


def _estimates(heading: str, estimates: Mapping[str, Estimate]) -> Table[tuple[str, Estimate]]:
    return Table(
        [
            column(heading, lambda row: _named(row[0])),
            column("n", lambda row: Ours(row[1].n)),
            column("Worlds", lambda row: Ours(row[1].worlds)),
            column("Mean", lambda row: values.share(row[1].mean)),
            column("95% CI", lambda row: values.between(row[1].interval)),
            column("Note", lambda row: Ours(row[1].note or "")),
        ],
        list(estimates.items()),
    )


def _scores_of_stratum() -> list[Column[Stratum]]:
    def score(name: str) -> Column[Stratum]:
        return column(heading(name), lambda row: values.share(row.scores[name].mean))

    return [
        column("Questions", lambda row: Ours(row.questions)),
        score(PRIMARY),
        column("95% CI", lambda row: values.between(row.scores[PRIMARY].interval)),
        *(score(name) for name in SHARED if name != PRIMARY),
    ]


def _ranked(name: str) -> Column[Stratum]:
    def mean(row: Stratum) -> Ours:
        return values.share(row.ranking[name].mean if name in row.ranking else None)

    return Column(_named(name), mean)


# --- of an experiment ----------------------------------------------------------------------------


def arms(rows: Sequence[ArmRow]) -> Table[ArmRow]:
    """The arms of an experiment, with the scores and costs that matter most."""

    def score(name: str) -> Column[ArmRow]:
        return column(heading(name), lambda row: values.rate(row.scores.get(name)))

    def cost(heading: str, name: str) -> Column[ArmRow]:
        return column(heading, lambda row: values.cost(name, row.compute[name].mean))

    return Table(
        [
            column("Arm", lambda row: row.label),
            column("n", lambda row: Ours(row.questions)),
            *(score(name) for name in (PRIMARY, HEADLINE, ABSTENTION)),
            *(score(name) for name in PAIRED if name not in (PRIMARY, ABSTENTION)),
            Column(_named(RECALL), lambda row: values.rate(row.ranking.get(RECALL))),
            column("Overflow", lambda row: Ours(row.overflowed)),
            cost("Prompt tokens", "prompt_tokens"),
            column("FLOPs", lambda row: values.amount(row.economics.flops_per_question, "FLOP")),
            cost("KV cache", "kv_cache_bytes"),
            column("Latency p50", lambda row: values.seconds(row.latency.p50_s)),
            column("p95", lambda row: values.seconds(row.latency.p95_s)),
        ],
        rows,
    )


def all_scores(rows: Sequence[ArmRow]) -> Table[str]:
    """Every metric and retrieval measure that an arm has, arms side by side."""

    def arm(row: ArmRow) -> Column[str]:
        estimates = row.scores | row.ranking
        return Column(row.label, lambda name: values.rate(estimates.get(name)))

    names = dict.fromkeys(name for row in rows for name in (*row.scores, *row.ranking))
    return Table([column("", _named), *map(arm, rows)], list(names))


def differences(found: Iterable[Difference]) -> Table[Difference]:
    """Arms against each other."""
    rows = list(found)
    margin = rows[0].margin if rows else 0.0
    several = len({row.metric for row in rows}) > 1
    metric: list[Column[Difference]] = [column("Metric", lambda row: _named(row.metric))]
    return Table(
        [
            column("Difference", lambda row: f"{row.a} − {row.b}"),
            *(metric if several else []),
            column("n", lambda row: Ours(row.n)),
            column("Worlds", lambda row: Ours(row.worlds)),
            column("Points", lambda row: values.points(row.difference)),
            column("95% CI", lambda row: values.point_interval(row.interval)),
            column("95% CI (bootstrap)", lambda row: values.point_interval(row.bootstrap)),
            column("p (Holm)", lambda row: values.p_value(row.p_holm)),
            column("p", lambda row: values.p_value(row.p)),
            column("p (permutation)", lambda row: values.p_value(row.p_permutation)),
            column("p (McNemar)", lambda row: values.p_value(row.p_mcnemar)),
            column("MDE (80% power)", lambda row: values.points(row.minimum_detectable_effect)),
            column(
                f"Equivalent within ±{100 * margin:g} points",
                lambda row: values.yes_or_no(row.equivalent),
            ),
        ],
        rows,
    )


def costs(rows: Sequence[ArmRow]) -> Table[tuple[str, Callable[[ArmRow], str]]]:
    """Every cost, arms side by side; "(e)" marks estimates."""

    def recorded(name: str) -> Callable[[ArmRow], str]:
        def cell(row: ArmRow) -> str:
            mark = " (e)" if row.compute[name].basis == "estimated" else ""
            return Ours(values.cost(name, row.compute[name].mean) + mark)

        return cell

    lines: list[tuple[str, Callable[[ArmRow], str]]] = [
        *((heading(name), recorded(name)) for name in COSTS),
        (
            "FLOPs per right answer",
            lambda row: values.amount(row.economics.flops_per_right_answer, "FLOP"),
        ),
        (
            "Time per right answer",
            lambda row: values.seconds(row.economics.seconds_per_right_answer),
        ),
        (
            "FLOPs of a further question (KV cache kept)",
            lambda row: values.amount(row.economics.further_question_flops, "FLOP"),
        ),
        (
            "Prompt tokens computed (whole run)",
            lambda row: values.share(row.tokens_computed_share),
        ),
    ]
    return Table(
        [
            column("", lambda line: Ours(line[0])),
            *(
                Column(row.label, lambda line, row=row: line[1](row))  # type: ignore[misc]
                for row in rows
            ),
        ],
        lines,
    )


def effects(rows: Sequence[HardNegativeEffect]) -> Table[HardNegativeEffect]:
    """The effect of hard negatives on each arm."""
    return Table(
        [
            column("Arm", lambda row: row.arm),
            column("Setting", lambda row: row.setting),
            column("n", lambda row: Ours(row.effect.n)),
            column("With", lambda row: values.share(row.effect.mean_a)),
            column("Without", lambda row: values.share(row.effect.mean_b)),
            column("Points", lambda row: values.points(row.effect.difference)),
            column("95% CI", lambda row: values.point_interval(row.effect.interval)),
            column("p", lambda row: values.p_value(row.effect.p)),
        ],
        rows,
    )


def _named(name: str) -> str:
    """The label of a measure; the name itself, as data, if it is not one of ours."""
    if isinstance(name, Ours):
        return name
    if label(name) == name != HEADLINE:
        return name
    note = " (lower is better)" if lower_is_better(name) else ""
    return Ours(f"{heading(name)}{note}")
