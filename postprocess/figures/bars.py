"""Stacked bars of what kinds of right and wrong an arm's answers are.

One panel for answerable questions and one for those without an answer, where "correct" is to
abstain. The number of questions stands at the right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from postprocess.figures import values
from postprocess.figures.charts import Bars
from postprocess.figures.labels import MISSING, fitted, percent, shown, width_of
from postprocess.figures.palette import FAINT, OUTCOMES, UNKNOWN_OUTCOME, Fill
from postprocess.figures.sheet import LINE, MARGIN, SIZE, SMALL, WIDTH, Key, Sheet, legend_rows

_ROW = 0.36
_BAR = 0.74  # of a row
_HEAD = 0.34
_AXIS = 0.36
_WIDEST_LABEL = 2.0
_N = 0.75  # room for the number of questions at the right


def draw(chart: Bars) -> Sheet:
    """Draws the chart."""
    labels = fitted([row.label for row in chart.rows], _WIDEST_LABEL, SMALL)
    left = MARGIN + max((width_of(text, SMALL) for text in labels), default=0.5) + 0.12
    kinds = _kinds(chart)
    keys = legend_rows([Key(_name(kind), patch=_patch(_fill(kind))) for kind in kinds])
    rows = max(len(labels), 1)
    panel = _HEAD + rows * _ROW + _AXIS
    sheet = Sheet(2 * panel + 0.1 + LINE * len(keys) + MARGIN)
    for number, (head, counts) in enumerate(
        (
            ("Answerable questions", [row.answerable for row in chart.rows]),
            (
                "Unanswerable questions (correct: abstains)",
                [row.unanswerable for row in chart.rows],
            ),
        )
    ):
        _panel(sheet, number * panel, left, head, labels, counts, kinds)
    sheet.legend(keys, 2 * panel + 0.1)
    return sheet


def _kinds(chart: Bars) -> list[str]:
    """The outcomes that occur, in our order, then those that are new to us."""
    met = [
        kind
        for row in chart.rows
        for counts in (row.answerable, row.unanswerable)
        for kind, count in counts.items()
        if count > 0
    ]
    return [kind for kind in dict.fromkeys([*OUTCOMES, *met]) if kind in met]


def _panel(
    sheet: Sheet,
    top: float,
    left: float,
    head: str,
    labels: Sequence[str],
    counts: Sequence[Mapping[str, int]],
    kinds: Sequence[str],
) -> None:
    rows, width = max(len(labels), 1), WIDTH - left - _N
    axes = sheet.axes(left, top + _HEAD, width, rows * _ROW)
    axes.set_xlim(0, 1)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axes.set_yticks([])
    axes.grid(True, axis="x")
    axes.spines["left"].set_visible(False)
    sheet.text(MARGIN, top + _HEAD / 2, head, weight="bold")
    sheet.text(WIDTH - MARGIN, top + _HEAD / 2, "n", ha="right", color=FAINT)
    for place, (label, outcomes) in enumerate(zip(labels, counts, strict=True)):
        middle = top + _HEAD + (place + 0.5) * _ROW
        total = sum(outcomes.values())
        sheet.text(MARGIN, middle, label)
        sheet.text(WIDTH - MARGIN, middle, f"{total}", ha="right", color=FAINT)
        start = 0.0
        for kind in kinds:
            part, fill = values.share(outcomes.get(kind, 0), total), _fill(kind)
            if part <= 0:
                continue
            axes.barh([place], [part], left=[start], height=_BAR, **_patch(fill))
            text = percent(part)
            if width_of(text, SMALL) + 0.14 < part * width:
                axes.text(
                    start + part / 2,
                    place,
                    text,
                    size=SMALL,
                    color=fill.text,
                    ha="center",
                    va="center_baseline",
                    bbox=_behind(fill),
                )
            start += part
        if not total:
            axes.text(0.01, place, MISSING, size=SIZE, va="center")


def _name(kind: str) -> str:
    return shown(kind.replace("_", " "))


def _fill(kind: str) -> Fill:
    return OUTCOMES.get(kind, UNKNOWN_OUTCOME)


def _patch(fill: Fill) -> dict[str, object]:
    """A hatch has the colour of the edge."""
    edges = {"edgecolor": fill.lines, "linewidth": 0.8}
    return {"facecolor": fill.colour, "hatch": fill.hatch, **edges}


def _behind(fill: Fill) -> dict[str, object] | None:
    """Keeps the hatch away from the text on it."""
    return {"facecolor": fill.colour, "linewidth": 0, "pad": 1.5} if fill.hatch else None
