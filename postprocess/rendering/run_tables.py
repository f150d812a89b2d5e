"""The tables of one run's report: which columns they have, and from where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hei_nw_tasks.metrics import PRIMARY
from hei_nw_tasks.retrieval.ranking import RANKING
from postprocess.measures import (
    RECALL,
    SHARED,
    heading,
)
from postprocess.rendering import values
from postprocess.rendering.tables import Column, Table, column, named
from postprocess.rendering.values import Ours
from postprocess.schema.parts import Estimate, Quantity, Stratum
from postprocess.schema.run import LagBin, Summary
from postprocess.schema.scenario import DepthLength, StoreSize

_RECALLS = tuple(name for name in RANKING if name.startswith("recall_any@"))


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
            column("Latency p95", lambda row: values.seconds(row.latency.p95_s)),
            column("Recall time p95", lambda row: values.seconds(row.recall_p95_s)),
            column("Store", lambda row: values.amount(row.store_bytes, "B")),
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
            column(heading, lambda row: named(row[0])),
            column("n", lambda row: Ours(row[1].n)),
            column("Worlds", lambda row: Ours(row[1].worlds)),
            column("Mean", lambda row: values.share(row[1].mean)),
            column("95% CI", lambda row: values.interval(row[1])),
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
        column("95% CI", lambda row: values.interval(row.scores[PRIMARY])),
        *(score(name) for name in SHARED if name != PRIMARY),
    ]


def _ranked(name: str) -> Column[Stratum]:
    def mean(row: Stratum) -> Ours:
        return values.share(row.ranking[name].mean if name in row.ranking else None)

    return Column(named(name), mean)
