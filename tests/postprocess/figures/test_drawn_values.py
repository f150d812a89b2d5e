"""What stands in the picture is what stands in the record, at the right place."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from postprocess.figures.bars import BarRow, Bars
from postprocess.figures.chart import Chart
from postprocess.figures.curve import Curve, Point, Series
from postprocess.figures.forest import Forest, ForestRow
from postprocess.figures.palette import ARMS, OUTCOMES
from postprocess.figures.pareto import Pareto, ParetoPoint
from postprocess.figures.sheet import settings
from tests.postprocess.figures.charts_for_tests import (
    BARS,
    FOREST,
    HEAT,
    LAG,
    MATRIX,
    PARETO,
    STORES,
    WRITTEN,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def drawn(chart: Chart) -> Figure:
    with settings():
        return chart.draw().figure


def lines(figure: Figure, label: str, panel: int = 0) -> list[tuple[list[float], list[float]]]:
    """The x and y of every line of a kind."""
    return [
        ([float(x) for x in line.get_xdata()], [float(y) for y in line.get_ydata()])
        for line in figure.axes[panel].lines
        if line.get_label() == label
    ]


def texts(figure: Figure) -> list[str]:
    """All text beside the axes, from top to bottom."""
    return [text.get_text() for text in figure.texts]


def tick_labels(axis: Any) -> dict[float, str]:
    ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
    return {float(place): label.get_text() for place, label in ticks}


def test_forest_draws_differences_and_the_ends_of_their_intervals() -> None:
    figure = drawn(FOREST)
    # Headings take rows 0 and 3.
    assert lines(figure, "difference") == [([0.31], [1]), ([-0.0123], [2]), ([0.5], [4])]
    assert lines(figure, "interval") == [([0.22, 0.41], [1, 1]), ([-0.07, 0.046], [2, 2])]
    low, high = figure.axes[0].get_xlim()
    assert low < -0.1
    assert high > 0.5
    said = texts(figure)
    rows = [said[said.index(name) : said.index(name) + 3] for name in ("rag", "recent", "oracle")]
    assert rows[0] == ["rag", "+31.0", "400"]
    assert rows[1] == ["recent", "−1.2", "401"]
    assert rows[2] == ["oracle", "+50.0", "12"]
    assert said[said.index("none") + 1] == "–"
    assert "margin of ±10 points" in said


@pytest.mark.parametrize(
    ("p_holm", "equivalent", "filled", "marker", "says"),
    [
        (0.0499, None, True, "o", "p < 0.05 (Holm)"),
        (0.05, False, False, "o", "not significant"),
        (None, None, False, "o", "not significant, or not tested"),
        (0.2, True, False, "D", "equivalent"),
        (0.01, True, True, "D", "equivalent, p < 0.05"),
    ],
)
def test_forest_fills_only_what_is_significant(
    p_holm: float | None, equivalent: bool | None, filled: bool, marker: str, says: str
) -> None:
    row = ForestRow("rag", 0.02, 0.01, 0.03, 9, 9, p_holm, equivalent)
    figure = drawn(Forest("f", "t", "d", (row,)))
    (mark,) = [line for line in figure.axes[0].lines if line.get_label() == "difference"]
    assert (mark.get_markerfacecolor() != "#FFFFFF") == filled
    assert mark.get_marker() == marker
    assert texts(figure)[-1] == says


def test_curve_draws_rates_at_their_bins_with_gaps_and_counts() -> None:
    figure = drawn(LAG)
    (rag, none) = lines(figure, "rate")
    assert rag == ([0, 1], [0.81, 0.62])
    assert none[1][0] == 0.11
    assert math.isnan(none[1][1])
    ends = [([0, 0], [0.7, 0.9]), ([1, 1], [0.5, 0.7]), ([0, 0], [0.05, 0.2])]
    assert lines(figure, "interval") == ends
    assert tick_labels(figure.axes[0].xaxis) == {0: "0-1\nn 96", 1: "1-3\nn 0–90"}
    assert figure.axes[0].get_ylim() == (0, 1)
    assert figure.axes[0].get_ylabel() == "Score"


def test_curve_band_lies_between_the_ends() -> None:
    vertices = drawn(LAG).axes[0].collections[0].get_paths()[0].vertices
    corners = {(round(float(x), 9), round(float(y), 9)) for x, y in vertices}
    assert corners == {(0, 0.7), (0, 0.9), (1, 0.5), (1, 0.7)}


def test_curve_over_numbers_is_logarithmic_sorted_and_has_its_note() -> None:
    figure = drawn(STORES)
    assert lines(figure, "rate") == [([3, 6], [0.9, 0.3])]
    assert tick_labels(figure.axes[0].xaxis) == {3: "8\nn 7", 6: "64\nn 0"}
    assert texts(figure) == ["rag: slope −0.2 per doubling"]


def test_curve_names_ends_of_lines_beside_them_where_there_is_room() -> None:
    def curve(*ends: float) -> Figure:
        series = [Series(f"arm {i}", (Point("a", 0.5), Point("b", y))) for i, y in enumerate(ends)]
        return drawn(Curve("c", "t", "d", tuple(series), "x"))

    apart = curve(0.2, 0.9)
    names = [(text.get_text(), text.xy[1]) for text in apart.axes[0].texts]
    assert names == [("arm 0", 0.2), ("arm 1", 0.9)]
    assert texts(apart) == []
    heights = [t.xy[1] for t in curve(0.5, 0.51).axes[0].texts]
    assert heights[1] - heights[0] > 0.06
    crowded = curve(0.5, 0.5, 0.5, 0.5)
    assert not crowded.axes[0].texts
    assert texts(crowded) == ["arm 0", "arm 1", "arm 2", "arm 3"]


def test_curve_says_what_has_no_place() -> None:
    points = (Point(0, 0.5), Point(8, 0.5), Point(-2, 0.5))
    figure = drawn(Curve("c", "t", "d", (Series("a", points),), "x", scale="log2"))
    assert texts(figure) == ["not drawn: 2 of the points, off the x axis"]


def test_curve_over_a_rate_is_drawn_from_left_to_right_over_0_to_100_percent() -> None:
    axes = drawn(WRITTEN).axes[0]
    assert axes.get_xlim() == (0, 1)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == [
        "0%",
        "25%",
        "50%",
        "75%",
        "100%",
    ]
    gated, notebook = (line for line in axes.lines if line.get_label() == "rate")
    assert list(gated.get_xdata()) == [0.2, 0.4, 0.9]
    assert list(gated.get_ydata())[:2] == [0.1, 0.3]
    assert list(notebook.get_xdata()) == [1.0]
    beyond = Curve("c", "t", "d", (Series("a", (Point(1.5, 0.5),)),), "x", scale="rate")
    assert texts(drawn(beyond)) == ["a", "not drawn: 1 of the points, off the x axis"]


def cell_texts(figure: Figure, panel: int) -> dict[tuple[float, float], list[str]]:
    """Texts in cells by (column, row)."""
    found: dict[tuple[float, float], list[str]] = {}
    for text in figure.axes[panel].texts:
        x, y = text.get_position()
        found.setdefault((x, round(y)), []).append(text.get_text())
    return found


def test_heatmap_cells_hold_their_means() -> None:
    figure = drawn(HEAT)
    # (column, row): lengths go to the right, depths down.
    first = {(0, 0): ["25%"], (1, 0): ["–"], (0, 1): ["50%"], (1, 1): ["100%"]}
    assert cell_texts(figure, 0) == first
    assert cell_texts(figure, 1) == {(0, 0): ["7%"], (1, 0): ["<1%"], (0, 1): ["–"], (1, 1): ["–"]}
    assert tick_labels(figure.axes[0].xaxis) == {0: "1024", 1: "4096"}
    assert tick_labels(figure.axes[0].yaxis) == {0: "early", 1: "late"}
    assert figure.axes[0].get_ylim() == (1.5, -0.5)  # the first depth on top
    hatches = [patch.get_hatch() for patch in figure.axes[0].patches]
    assert [bool(hatch) for hatch in hatches] == [False, True, False, False]
    assert "n 3–250 per cell; –: no questions" in texts(figure)


def test_heatmap_is_darker_where_the_mean_is_higher() -> None:
    faces = [sum(patch.get_facecolor()[:3]) for patch in drawn(HEAT).axes[0].patches]
    assert faces[0] > faces[2] > faces[3]


def test_pareto_points_stand_at_cost_and_quality() -> None:
    figure = drawn(PARETO)
    assert lines(figure, "arm") == [
        ([11], [0.05]),
        ([12], [0.7]),
        ([pytest.approx(math.log10(2.5e12))], [0.4]),
    ]
    assert lines(figure, "interval") == [([11, 11], [0.02, 0.09]), ([12, 12], [0.6, 0.8])]
    ((xs, ys),) = lines(figure, "front")
    assert (xs[:2], ys) == ([11, 12], [0.05, 0.7, 0.7])
    (front,) = [line for line in figure.axes[0].lines if line.get_label() == "front"]
    assert front.get_drawstyle() == "steps-post"
    labels = tick_labels(figure.axes[0].xaxis)
    assert labels[11] == "10¹¹"
    assert labels[12] == "10¹²"
    assert texts(figure) == ["Pareto front", "oracle: not drawn, cost or quality unknown"]


def test_pareto_names_touch_neither_points_nor_each_other() -> None:
    points = [
        ParetoPoint(f"arm number {i}", 10 ** (11 + (i * 7 % 12) / 6), y, y - 0.05, y + 0.05)
        for i in range(12)
        if (y := 0.3 + (i * 5 % 12) / 40)
    ]
    figure = drawn(Pareto("p", "t", "d", tuple(points)))
    axes = figure.axes[0]
    with settings():
        figure.canvas.draw()
        boxes = [text.get_window_extent() for text in axes.texts]
        spots = [
            axes.transData.transform((line.get_xdata()[0], line.get_ydata()[0]))
            for line in axes.lines
            if line.get_label() == "arm"
        ]
    assert len(boxes) >= 6
    assert len(boxes) + len(texts(figure)) == len(points)
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])
        assert not any(box.contains(*spot) for spot in spots)


def test_matrix_fields_hold_counts_and_shares() -> None:
    figure = drawn(MATRIX)
    # (wrong, missed)
    assert cell_texts(figure, 0) == {
        (0, 0): ["60", "60%"],
        (1, 0): ["25", "25%"],
        (0, 1): ["5", "5%"],
        (1, 1): ["10", "10%"],
    }
    assert tick_labels(figure.axes[0].xaxis) == {0: "right", 1: "wrong"}
    assert tick_labels(figure.axes[0].yaxis) == {0: "retrieved", 1: "missed"}
    assert set(map(tuple, cell_texts(figure, 1).values())) == {("–",)}
    assert "n 100" in texts(figure)


def segments(figure: Figure, panel: int) -> Iterator[tuple[int, float, float, str]]:
    """Row, start, length and colour of each segment of the bars."""
    from matplotlib.colors import to_hex

    for bar in figure.axes[panel].patches:
        row = round(bar.get_y() + bar.get_height() / 2)
        colour = to_hex(bar.get_facecolor()).upper()
        yield row, round(bar.get_x(), 9), round(bar.get_width(), 9), colour


def test_bars_are_shares_stacked_in_order() -> None:
    figure = drawn(BARS)
    colours = {kind: fill.colour for kind, fill in OUTCOMES.items()}
    assert list(segments(figure, 0))[:4] == [
        (0, 0.0, 0.6, colours["correct"]),
        (0, 0.6, 0.3, colours["stale"]),
        (0, 0.9, 0.1, colours["empty"]),
        (1, 0.0, 0.25, colours["correct"]),
    ]
    new = list(segments(figure, 0))[4]
    assert new[:3] == (1, 0.25, 0.75)
    assert new[3] not in colours.values()
    assert [one[:3] for one in segments(figure, 1)] == [(0, 0.0, 0.75), (0, 0.75, 0.25)]
    assert [text.get_text() for text in figure.axes[0].texts][:2] == ["60%", "30%"]
    assert [text.get_text() for text in figure.axes[1].texts] == ["75%", "25%", "–"]
    assert [text for text in texts(figure) if text.isdigit()] == ["100", "4", "4", "0"]
    assert {"correct", "stale", "empty", "out of world", "new_kind"} <= set(texts(figure))


def test_a_narrow_segment_has_no_text() -> None:
    figure = drawn(Bars("b", "t", "d", (BarRow("a", {"correct": 97, "stale": 3}),)))
    assert [text.get_text() for text in figure.axes[0].texts] == ["97%"]


@pytest.mark.parametrize("arm", sorted(ARMS))
def test_an_arm_has_its_colour_and_marker_in_every_chart(arm: str) -> None:
    others = [Series(f"x{i}", (Point("a", 0.5),)) for i in range(3)]
    curve = Curve("c", "t", "d", (*others, Series("long name", (Point("a", 0.9),), arm=arm)), "x")
    pareto = Pareto("p", "t", "d", (ParetoPoint("other", 1e9, 0.1), ParetoPoint(arm, 1e9, 0.5)))
    for chart, label in ((curve, "rate"), (pareto, "arm")):
        mark = [line for line in drawn(chart).axes[0].lines if line.get_label() == label][-1]
        assert (mark.get_color(), mark.get_marker()) == (ARMS[arm].colour, ARMS[arm].marker)
