"""The figure of consolidation: correct answers over the cycles of sleep."""

from __future__ import annotations

from hei_nw_tasks.metrics import PRIMARY
from postprocess.figures.curve import Curve, Point, Series
from postprocess.measures import heading
from postprocess.schema.index import AfterSleep, Consolidation, Experiment
from postprocess.schema.parts import Estimate

_AWAKE = "before"


def cycles(experiment: Experiment) -> Curve | None:
    """A line for each memory with its recall on, one with it off; None if none slept."""
    found = experiment.consolidation
    if not found:
        return None
    scores = {row.label: row.scores[PRIMARY] for row in experiment.arms}
    lines = [line for one in found for line in _lines(one, scores)]
    numbers = sorted({one.cycle for of in found for one in of.cycles})
    return Curve(
        name=f"{experiment.id}_cycles",
        title=f"{heading(PRIMARY)} over cycles of sleep",
        description=(
            "Before sleep: the memory on (B1), and the model alone (B0). After each cycle: with the"
            " memory on (B2), and off (B3), where only the weights can tell. Bands are 95% CIs."
        ),
        series=tuple(lines),
        x_label="Cycle",
        y_label=heading(PRIMARY),
        bins=(_AWAKE, *map(str, numbers)),
    )


def point(x: str | float, estimate: Estimate) -> Point:
    """A point of a curve."""
    interval = estimate.interval
    low, high = (interval.low, interval.high) if interval else (None, None)
    return Point(x, estimate.mean, low, high, estimate.n)


def _lines(of: Consolidation, scores: dict[str, Estimate]) -> list[Series]:
    before = [(of.recalling, "on"), (of.without, "off")]
    return [
        Series(
            f"{of.label}: memory {state}",
            (
                *([point(_AWAKE, scores[label])] if label else []),
                *(
                    point(str(one.cycle), score)
                    for one in of.cycles
                    if (score := _score(one, state)) is not None
                ),
            ),
        )
        for label, state in before
    ]


def _score(one: AfterSleep, state: str) -> Estimate | None:
    return one.correct_on if state == "on" else one.correct_off
