"""Which figures an experiment has, and the numbers in them.

charts(experiment, summaries)  # of scenario D
-> [Forest("D_differences", …), Curve("D_interference", …), Bars("D_outcomes", …),
    Pareto("D_pareto", …), Matrix("D_reading", …)]
"""

from __future__ import annotations

from collections.abc import Mapping

from hei_nw_tasks.metrics import PRIMARY
from postprocess.comparison.cycles import cycles, point
from postprocess.comparison.pairing import MARGIN
from postprocess.figures.bars import BarRow, Bars
from postprocess.figures.chart import Chart
from postprocess.figures.curve import Curve, Point, Series
from postprocess.figures.forest import Forest, ForestRow
from postprocess.figures.heatmap import HeatCell, Heatmap, HeatPanel
from postprocess.figures.labels import points
from postprocess.figures.matrix import Matrix, MatrixPanel
from postprocess.figures.pareto import Pareto, ParetoPoint
from postprocess.measures import ABSTENTION, HEADLINE, heading, label, main_axis
from postprocess.schema.index import Experiment
from postprocess.schema.parts import Estimate
from postprocess.schema.run import Summary
from postprocess.statistics.trend import Slope

# Of more experiments, each has the main figure only: a figure takes longer than all its tables.
MOST_ILLUSTRATED = 12


def charts(
    experiment: Experiment, summaries: Mapping[str, Summary], *, all_of_them: bool = True
) -> list[Chart]:
    """The figures of an experiment; those that would be empty are left out.

    Args:
        experiment: Its differences and arms.
        summaries: The reports of its arms by label, in the same order.
        all_of_them: Or only the main one: scores by what the scenario varies.
    """
    last = {one.off or one.on for of in experiment.consolidation for one in of.cycles[-1:]}
    # Of the cycles of sleep, the figure of cycles has all, and the others the last.
    summaries = {
        label: summary
        for label, summary in summaries.items()
        if summary.cycle is None or label in last
    }
    every = (_forest, _cycles, _lag, _interference, _stored, _heatmap, _outcomes, _pareto, _reading)
    wanted = every if all_of_them else (_cycles, _lag, _interference, _heatmap)
    drawn = (draw(experiment, summaries) for draw in wanted)
    return [chart for chart in drawn if chart is not None]


def _forest(experiment: Experiment, _: Mapping[str, Summary]) -> Chart | None:
    found = [one for one in experiment.differences if one.metric == PRIMARY]
    if not found:
        return None
    rows = []
    for one in found:
        low, high = (one.interval.low, one.interval.high) if one.interval else (None, None)
        rows.append(
            ForestRow(
                label=f"{one.a} − {one.b}",
                difference=one.difference,
                low=low,
                high=high,
                n=one.n,
                worlds=one.worlds,
                p_holm=one.p_holm,
                equivalent=one.equivalent,
            )
        )
    return Forest(
        name=f"{experiment.id}_differences",
        title=f"{heading(PRIMARY)}: differences between arms",
        description=(
            "Pairs of arms over the questions that both answered, with 95% CIs that treat"
            " worlds as independent. Filled markers: Holm-adjusted p below 0.05."
        ),
        rows=tuple(rows),
        x_label=f"Difference in {label(PRIMARY)}",
        margin=MARGIN,
    )


def _cycles(experiment: Experiment, summaries: Mapping[str, Summary]) -> Chart | None:
    return cycles(experiment)


def _lag(experiment: Experiment, summaries: Mapping[str, Summary]) -> Chart | None:
    if main_axis(experiment.scenario) != "lag":
        return None
    lines = tuple(
        Series(
            arm,
            tuple(point(row.name, row.scores[PRIMARY]) for row in summary.lag_bins),
            arm=summary.baseline,
        )
        for arm, summary in summaries.items()
    )
    if not any(point.y is not None for line in lines for point in line.points):
        return None
    return Curve(
        name=f"{experiment.id}_lag",
        title=f"{heading(PRIMARY)} by time lag",
        description=(
            "The lag is the number of days between the event that answers a question and the day"
            " it is asked. Bands are 95% CIs."
        ),
        series=lines,
        x_label="Lag (days)",
        y_label=heading(PRIMARY),
    )


def _interference(experiment: Experiment, summaries: Mapping[str, Summary]) -> Chart | None:
    lines = tuple(
        Series(
            arm,
            tuple(
                point(row.store_size, row.scores[PRIMARY])
                for row in summary.interference.by_store_size
            ),
            note=_slope(summary.interference.score_slope),
            arm=summary.baseline,
        )
        for arm, summary in summaries.items()
        if summary.interference
    )
    if not lines:
        return None
    return Curve(
        name=f"{experiment.id}_interference",
        title=f"{heading(PRIMARY)} by store size",
        description=(
            "The same questions, asked over growing numbers of near-identical events. Slopes are"
            " per doubling of the store, with 95% CIs."
        ),
        series=lines,
        x_label="Events in the store",
        y_label=heading(PRIMARY),
        scale="log2",
    )


def _stored(experiment: Experiment, summaries: Mapping[str, Summary]) -> Chart | None:
    """Memories that choose what they store; the arms of one, with different options, are a line."""
    lines: dict[str, list[Point]] = {}
    for row in experiment.arms:
        memory = None if row.cycle else summaries[row.label].memory
        if memory and (share := memory.stored.mean):
            lines.setdefault(row.baseline, []).append(point(share, row.scores[PRIMARY]))
    if all(point.x == 1 for line in lines.values() for point in line):
        return None
    return Curve(
        name=f"{experiment.id}_stored",
        title=f"{heading(PRIMARY)} by what was stored",
        description=(
            "Share of the events told that the memory stored. A line joins the arms of one memory"
            " with different options. Bands are 95% CIs."
        ),
        series=tuple(Series(name, tuple(line), arm=name) for name, line in lines.items()),
        x_label="Events stored",
        y_label=heading(PRIMARY),
        scale="rate",
    )


def _slope(slope: Slope | None) -> str | None:
    if slope is None:
        return None
    text = f"{points(slope.per_doubling)} points per doubling"
    if slope.interval is None:
        return text
    return f"{text} ({points(slope.interval.low)} to {points(slope.interval.high)})"


def _heatmap(experiment: Experiment, summaries: Mapping[str, Summary]) -> Chart | None:
    places = [cell for summary in summaries.values() for cell in summary.depth_length]
    depths = sorted({cell.depth for cell in places})
    lengths = sorted({cell.target_tokens for cell in places})
    if not places:
        return None
    panels = []
    for arm, summary in summaries.items():
        means = {(c.depth, c.target_tokens): c.scores[PRIMARY] for c in summary.depth_length}
        cells = tuple(
            tuple(_cell(means.get((depth, length))) for length in lengths) for depth in depths
        )
        panels.append(HeatPanel(arm, cells))
    return Heatmap(
        name=f"{experiment.id}_depth_length",
        title=f"{heading(PRIMARY)} by depth and length",
        description=(
            "Depth of the evidence in the transcript (0% is its start), and length of the"
            " transcript in tokens."
        ),
        panels=tuple(panels),
        depths=tuple(f"{100 * depth:g}%" for depth in depths),
        lengths=tuple(f"{length:,}" for length in lengths),
    )


def _outcomes(experiment: Experiment, summaries: Mapping[str, Summary]) -> Chart:
    rows = []
    for arm, summary in summaries.items():
        counts = summary.counts
        lost = (counts.overflowed_answerable, counts.overflowed - counts.overflowed_answerable)
        answerable, unanswerable = (
            {**{name: count for name, count in outcomes.items() if count}, "overflow": overflow}
            for outcomes, overflow in zip(
                (summary.outcomes_answerable, summary.outcomes_unanswerable), lost, strict=True
            )
        )
        rows.append(BarRow(arm, answerable, unanswerable))
    return Bars(
        name=f"{experiment.id}_outcomes",
        title="Outcomes",
        description=(
            "Shares of responses by kind, for answerable and for unanswerable questions, where"
            " abstaining is correct."
        ),
        rows=tuple(rows),
    )


def _pareto(experiment: Experiment, _: Mapping[str, Summary]) -> Chart | None:
    arms = []
    for row in experiment.arms:
        quality = row.scores[HEADLINE]
        interval = quality.interval
        arms.append(
            ParetoPoint(
                label=row.label,
                flops=row.economics.flops_per_question,
                quality=quality.mean,
                low=interval.low if interval else None,
                high=interval.high if interval else None,
                on_front=bool(row.on_front),
                n=row.questions,
                arm=row.baseline,
            )
        )
    if not any(arm.flops for arm in arms):
        return None
    return Pareto(
        name=f"{experiment.id}_pareto",
        title="Quality against compute",
        description=(
            f"Headline (harmonic mean of {label(PRIMARY)} and {label(ABSTENTION)}) against the"
            " FLOPs of an answer computed alone. The line joins the arms that no other arm beats"
            " on both."
        ),
        points=tuple(arms),
        y_label=heading(HEADLINE),
    )


def _reading(experiment: Experiment, summaries: Mapping[str, Summary]) -> Chart | None:
    panels = tuple(
        MatrixPanel(
            arm,
            found.reading.shown_right,
            found.reading.shown_wrong,
            found.reading.missed_right,
            found.reading.missed_wrong,
        )
        for arm, summary in summaries.items()
        if (found := summary.retrieval) and found.ranking
    )
    if not panels:
        return None
    return Matrix(
        name=f"{experiment.id}_reading",
        title="Retrieval and reading",
        description=(
            "Answerable questions with evidence: whether all of it was retrieved, and whether the"
            " answer was right."
        ),
        panels=panels,
    )


def _cell(estimate: Estimate | None) -> HeatCell:
    return HeatCell(estimate.mean, estimate.n) if estimate else HeatCell(None)
