"""Stacked bars: the outcomes of each arm's answers.

One panel for answerable questions and one for those without an answer, where "correct" is to
abstain. The number of questions is on the right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from postprocess.figures import values
from postprocess.figures.chart import Cell, Chart
from postprocess.figures.labels import MISSING, fitted, percent, shown, width_of
from postprocess.figures.palette import FAINT, OUTCOMES, UNKNOWN_OUTCOMES, Fill
from postprocess.figures.sheet import (
    LINE,
    MARGIN,
    SIZE,
    SMALL,
    WIDTH,
    Key,
    Sheet,
    legend_rows,
    no_data,
)

_ROW = 0.36
_BAR = 0.74  # of a row
_HEAD = 0.34
_AXIS = 0.36
_WIDEST_LABEL = 2.0


@dataclass(frozen=True)
class BarRow:
    """One arm: how many answers had which outcome, of answerable and unanswerable questions."""

    label: str
    answerable: Mapping[str, int] = field(default_factory=dict)
    unanswerable: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Bars(Chart):
    """Shares of the outcome types per arm, stacked; a name that is not known is drawn as well."""

    COLUMNS = ("label", "answerable", "outcome", "count", "share")

    rows: tuple[BarRow, ...]

    def rows_of_data(self) -> Iterator[tuple[Cell, ...]]:
        """One row per outcome that is given; shares are of the arm's questions of that kind."""
        for row in self.rows:
            for answerable, outcomes in ((True, row.answerable), (False, row.unanswerable)):
                total = sum(outcomes.values())
                for outcome, count in outcomes.items():
                    share = count / total if total else None
                    yield (row.label, answerable, outcome, count, share)

    def draw(self) -> Sheet:
        """The drawing, made within `settings()`."""
        labels = fitted([row.label for row in self.rows], _WIDEST_LABEL, SMALL)
        left = MARGIN + max((width_of(text, SMALL) for text in labels), default=0.5) + 0.12
        fills = _fills(_kinds(self))
        keys = legend_rows([Key(_name(kind), patch=_patch(fill)) for kind, fill in fills.items()])
        rows = max(len(labels), 1)
        panel = _HEAD + rows * _ROW + _AXIS
        sheet = Sheet(2 * panel + 0.1 + LINE * len(keys) + MARGIN)
        width = WIDTH - left - max(_n_width(self) + MARGIN + 0.15, 0.5)
        for number, (head, counts) in enumerate(
            (
                ("Answerable questions", [row.answerable for row in self.rows]),
                (
                    "Unanswerable questions (correct: abstains)",
                    [row.unanswerable for row in self.rows],
                ),
            )
        ):
            _panel(sheet, number * panel, left, width, head, labels, counts, fills)
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
    width: float,
    head: str,
    labels: Sequence[str],
    counts: Sequence[Mapping[str, int]],
    fills: Mapping[str, Fill],
) -> None:
    rows = max(len(labels), 1)
    axes = sheet.axes(left, top + _HEAD, width, rows * _ROW)
    axes.set_xlim(0, 1)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axes.set_yticks([])
    axes.grid(True, axis="x")
    axes.spines["left"].set_visible(False)
    sheet.text(MARGIN, top + _HEAD / 2, head, weight="bold")
    sheet.text(WIDTH - MARGIN, top + _HEAD / 2, "n", ha="right", color=FAINT)
    if not labels:
        no_data(axes)
    for place, (label, outcomes) in enumerate(zip(labels, counts, strict=True)):
        middle = top + _HEAD + (place + 0.5) * _ROW
        total = sum(outcomes.values())
        sheet.text(MARGIN, middle, label)
        sheet.text(WIDTH - MARGIN, middle, f"{total}", ha="right", color=FAINT)
        start = 0.0
        for kind, fill in fills.items():
            part = values.share(outcomes.get(kind, 0), total)
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


def _n_width(chart: Bars) -> float:
    counts = [kinds for row in chart.rows for kinds in (row.answerable, row.unanswerable)]
    return max((width_of(f"{sum(kinds.values())}", SMALL) for kinds in counts), default=0.0)


def _name(kind: str) -> str:
    return kind.replace("_", " ") if kind in OUTCOMES else shown(kind)


def _fills(kinds: Sequence[str]) -> dict[str, Fill]:
    """How each kind is drawn; those that are new to us take turns."""
    new = [kind for kind in kinds if kind not in OUTCOMES]
    places = {kind: place % len(UNKNOWN_OUTCOMES) for place, kind in enumerate(new)}
    return {
        kind: UNKNOWN_OUTCOMES[places[kind]] if kind in places else OUTCOMES[kind] for kind in kinds
    }


def _patch(fill: Fill) -> dict[str, Any]:
    """A hatch has the colour of the edge."""
    edges = {"edgecolor": fill.lines, "linewidth": 0.8}
    return {"facecolor": fill.colour, "hatch": fill.hatch, **edges}


def _behind(fill: Fill) -> dict[str, Any] | None:
    """Keeps the hatch away from the text on it."""
    return {"facecolor": fill.colour, "linewidth": 0, "pad": 1.5} if fill.hatch else None
