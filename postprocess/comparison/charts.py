"""Which pictures an experiment is shown by, and the numbers in them.

charts(experiment, summaries)  # of scenario D
-> [Forest("D_differences", …), Curve("D_interference", …), Bars("D_outcomes", …),
    Pareto("D_pareto", …), Matrix("D_reading", …)]
"""

from __future__ import annotations

from collections.abc import Mapping

from postprocess.figures.charts import (
    BarRow,
    Bars,
    Chart,
    Curve,
    Difference,
    Forest,
    HeatCell,
    Heatmap,
    HeatPanel,
    Matrix,
    MatrixPanel,
    Pareto,
    ParetoPoint,
    Point,
    Series,
)
from postprocess.schema.index import Experiment
from postprocess.schema.parts import Estimate
from postprocess.schema.run import Summary
from postprocess.schema.scenario import SlopeModel

# Scenarios whose lag does not follow from something else that is varied.
_BY_LAG = ("A", "B", "C")
_WITH_RETRIEVER = "rag"


def charts(experiment: Experiment, summaries: Mapping[str, Summary]) -> list[Chart]:
    """The pictures of an experiment; those that would be empty are left out.

    Args:
        experiment: Its differences and arms.
        summaries: The reports of its arms by label, in the same order.
    """
    drawn = [
        _forest(experiment),
        _lag(experiment, summaries) if experiment.scenario in _BY_LAG else None,
        _interference(experiment, summaries),
        _heatmap(experiment, summaries),
        _outcomes(experiment, summaries),
        _pareto(experiment),
        _reading(experiment, summaries),
    ]
    return [chart for chart in drawn if chart is not None]


def _forest(experiment: Experiment) -> Chart | None:
    rows = [
        Difference(
            label=f"{one.a} − {one.b}",
            difference=one.difference,
            low=one.interval.low if one.interval else None,
            high=one.interval.high if one.interval else None,
            n=one.n,
            worlds=one.worlds,
            p_holm=one.p_holm,
            equivalent=one.equivalent,
        )
        for one in experiment.differences
        if one.metric == "exact_match"
    ]
    if not rows:
        return None
    return Forest(
        name=f"{experiment.id}_differences",
        title="Differences between arms in exact match",
        description=(
            "Every pair of arms over the questions that both answered, with 95% intervals that take"
            " worlds for independent draws. Filled: Holm-adjusted p below 0.05."
        ),
        rows=tuple(rows),
        margin=experiment.differences[0].margin,
    )


def _lag(experiment: Experiment, summaries: Mapping[str, Summary]) -> Chart | None:
    lines = tuple(
        Series(
            label,
            tuple(_point(row.name, row.scores.exact_match) for row in summary.lag_bins),
            arm=summary.baseline,
        )
        for label, summary in summaries.items()
    )
    if not any(point.y is not None for line in lines for point in line.points):
        return None
    return Curve(
        name=f"{experiment.id}_lag",
        title="Exact match by time lag",
        description=(
            "Days between the event that answers a question and the day it is asked;"
            " bands are 95% intervals."
        ),
        series=lines,
        x_label="Lag in days",
    )


def _interference(experiment: Experiment, summaries: Mapping[str, Summary]) -> Chart | None:
    lines = tuple(
        Series(
            label,
            tuple(
                _point(row.store_size, row.exact_match)
                for row in summary.interference.by_store_size
            ),
            note=_slope(summary.interference.exact_match_slope),
            arm=summary.baseline,
        )
        for label, summary in summaries.items()
        if summary.interference
    )
    if not lines:
        return None
    return Curve(
        name=f"{experiment.id}_interference",
        title="Exact match by size of the store",
        description=(
            "The same questions among growing numbers of near-identical events; slopes are per"
            " doubling of the store, with 95% intervals."
        ),
        series=lines,
        x_label="Events in the store",
        scale="log2",
    )


def _slope(slope: SlopeModel | None) -> str | None:
    if slope is None:
        return None
    text = f"{100 * slope.per_doubling:+.1f} points per doubling"
    if slope.interval is None:
        return text
    return f"{text} ({100 * slope.interval.low:+.1f} to {100 * slope.interval.high:+.1f})"


def _heatmap(experiment: Experiment, summaries: Mapping[str, Summary]) -> Chart | None:
    places = [cell for summary in summaries.values() for cell in summary.depth_length]
    depths = sorted({cell.depth for cell in places})
    lengths = sorted({cell.target_tokens for cell in places})
    if not places:
        return None
    panels = []
    for label, summary in summaries.items():
        means = {(c.depth, c.target_tokens): c.exact_match for c in summary.depth_length}
        panels.append(
            HeatPanel(
                label,
                tuple(
                    tuple(_cell(means.get((depth, length))) for length in lengths)
                    for depth in depths
                ),
            )
        )
    return Heatmap(
        name=f"{experiment.id}_depth_length",
        title="Exact match by depth and length",
        description=(
            "Depth of the evidence in the transcript (0% is its start) by length of the prompt in"
            " tokens."
        ),
        panels=tuple(panels),
        depths=tuple(f"{100 * depth:g}%" for depth in depths),
        lengths=tuple(f"{length:,}" for length in lengths),
    )


def _outcomes(experiment: Experiment, summaries: Mapping[str, Summary]) -> Chart:
    rows = []
    for label, summary in summaries.items():
        counts = summary.counts
        lost = (counts.overflowed_answerable, counts.overflowed - counts.overflowed_answerable)
        answerable, unanswerable = (
            {**{name: count for name, count in outcomes.items() if count}, "overflow": overflow}
            for outcomes, overflow in zip(
                (summary.outcomes_answerable, summary.outcomes_unanswerable), lost, strict=True
            )
        )
        rows.append(BarRow(label, answerable, unanswerable))
    return Bars(
        name=f"{experiment.id}_outcomes",
        title="What the answers were",
        description=(
            "Shares of answers by kind, of answerable and of unanswerable questions; to abstain is"
            " right where there is no answer."
        ),
        rows=tuple(rows),
    )


def _pareto(experiment: Experiment) -> Chart | None:
    points = tuple(
        ParetoPoint(
            label=row.label,
            flops=row.economics.flops_per_question,
            quality=row.headline.mean,
            low=row.headline.interval.low if row.headline.interval else None,
            high=row.headline.interval.high if row.headline.interval else None,
            on_front=bool(row.on_front),
            n=row.questions,
            arm=row.baseline,
        )
        for row in experiment.arms
    )
    if not any(point.flops for point in points):
        return None
    return Pareto(
        name=f"{experiment.id}_pareto",
        title="Quality against computation",
        description=(
            "Headline (harmonic mean of exact match and abstention recall) over floating-point"
            " operations of an answer computed alone; the line joins the arms that no other one"
            " beats on both."
        ),
        points=points,
        y_label="Headline",
    )


def _reading(experiment: Experiment, summaries: Mapping[str, Summary]) -> Chart | None:
    panels = tuple(
        MatrixPanel(
            label,
            found.reading.shown_right,
            found.reading.shown_wrong,
            found.reading.missed_right,
            found.reading.missed_wrong,
        )
        for label, summary in summaries.items()
        if (found := summary.retrieval) and summary.baseline == _WITH_RETRIEVER
    )
    if not panels:
        return None
    return Matrix(
        name=f"{experiment.id}_reading",
        title="Retrieval and reading, apart",
        description=(
            "Answerable questions with evidence: whether all of it was retrieved, and whether the"
            " answer was right."
        ),
        panels=panels,
    )


def _point(x: str | int, estimate: Estimate) -> Point:
    interval = estimate.interval
    low, high = (interval.low, interval.high) if interval else (None, None)
    return Point(x, estimate.mean, low, high, estimate.n)


def _cell(estimate: Estimate | None) -> HeatCell:
    return HeatCell(estimate.mean, estimate.n) if estimate else HeatCell(None)
