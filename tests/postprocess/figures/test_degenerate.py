"""Nothing that a record can hold makes drawing fail, and no such number is drawn wrongly."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postprocess.figures.bars import BarRow, Bars
from postprocess.figures.chart import Chart
from postprocess.figures.curve import Curve, Point, Series
from postprocess.figures.forest import Forest, ForestRow
from postprocess.figures.heatmap import HeatCell, Heatmap, HeatPanel
from postprocess.figures.labels import fitted, shown, width_of
from postprocess.figures.matrix import Matrix, MatrixPanel
from postprocess.figures.pareto import Pareto, ParetoPoint
from postprocess.figures.render import render
from postprocess.figures.sheet import settings as our_settings

NUMBERS = st.none() | st.floats() | st.floats(-1, 1) | st.integers(-2, 2)
RATES = st.none() | st.floats(0, 1) | st.sampled_from([0, 1, math.nan, math.inf, 1.5, -0.1])
COUNTS = st.integers(0, 10**9) | st.just(0)
TEXTS = st.text(max_size=60) | st.sampled_from(["rag", "none", "a" * 300, ""])


def tuples(of: st.SearchStrategy[object], most: int = 4) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(of, max_size=most).map(tuple)


def chart(kind: type[Chart], **fields: st.SearchStrategy[object]) -> st.SearchStrategy[Chart]:
    named = {"name": st.just("x"), "title": TEXTS, "description": TEXTS}
    return st.builds(kind, **named, **fields)


ROWS = st.builds(
    ForestRow,
    *(TEXTS, NUMBERS, NUMBERS, NUMBERS, COUNTS, COUNTS, RATES),
    st.sampled_from([None, True, False]),
    st.none() | TEXTS,
)
POINTS = st.builds(Point, TEXTS | st.floats() | st.integers(1, 512), RATES, RATES, RATES, COUNTS)
PANELS = st.builds(HeatPanel, TEXTS, tuples(tuples(st.builds(HeatCell, RATES, COUNTS))))
ARMS = st.builds(
    ParetoPoint, TEXTS, NUMBERS | st.floats(1, 1e20), RATES, RATES, RATES, st.booleans()
)
OUTCOMES = st.dictionaries(st.sampled_from(["correct", "stale", "new"]) | TEXTS, COUNTS, max_size=4)
ANY = {
    "forest": chart(Forest, rows=tuples(ROWS), margin=NUMBERS),
    "curve": chart(
        Curve,
        series=tuples(st.builds(Series, TEXTS, tuples(POINTS), st.none() | TEXTS)),
        x_label=TEXTS,
        scale=st.sampled_from(["bins", "log2", "rate"]),
        bins=tuples(TEXTS, 2),
    ),
    "heatmap": chart(
        Heatmap,
        panels=tuples(PANELS, 3),
        depths=tuples(TEXTS | st.floats()),
        lengths=tuples(TEXTS | st.floats()),
    ),
    "pareto": chart(Pareto, points=tuples(ARMS)),
    "matrix": chart(
        Matrix, panels=tuples(st.builds(MatrixPanel, TEXTS, COUNTS, COUNTS, COUNTS, COUNTS), 3)
    ),
    "bars": chart(Bars, rows=tuples(st.builds(BarRow, TEXTS, OUTCOMES, OUTCOMES), 3)),
}


@pytest.mark.parametrize("kind", ANY)
def test_any_record_can_be_drawn(kind: str) -> None:
    @settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
    @given(ANY[kind])
    def check(drawn: Chart) -> None:
        made = render(drawn)
        ET.fromstring(made.svg)
        assert made.csv.count("\n") >= 1 + len(list(drawn.rows_of_data()))

    check()


EMPTY = (
    Forest("x", "t", "d", ()),
    Curve("x", "t", "d", (), "lag"),
    Curve("x", "t", "d", (Series("a", (Point("b", None),)),), "lag"),
    Heatmap("x", "t", "d", (), (), ()),
    Pareto("x", "t", "d", ()),
    Bars("x", "t", "d", ()),
    Matrix("x", "t", "d", ()),
)


@pytest.mark.parametrize("empty", EMPTY, ids=lambda chart: type(chart).__name__)
def test_an_empty_picture_says_so(empty: Chart) -> None:
    with our_settings():
        figure = empty.draw().figure
    said = [text.get_text() for text in figure.texts]
    said += [text.get_text() for axes in figure.axes for text in axes.texts]
    assert "no data" in said


LARGE = (
    Forest("x", "t", "d", tuple(ForestRow(f"arm {i}", i / 60, 0, 0.6) for i in range(60))),
    Pareto("x", "t", "d", tuple(ParetoPoint(f"arm {i}", 1e9, 0.5) for i in range(30))),
    Curve("x", "t", "d", tuple(Series(f"arm {i}", (Point("a", 0.5),)) for i in range(30)), "x"),
)


@pytest.mark.parametrize("large", LARGE, ids=lambda chart: type(chart).__name__)
def test_pictures_grow_with_what_they_show(large: Chart) -> None:
    with our_settings():
        sheet = large.draw()
    assert sheet.height > 5
    said = [text.get_text() for text in sheet.figure.texts]
    said += [text.get_text() for text in sheet.figure.axes[0].texts]
    assert {f"arm {i}" for i in range(30)} <= set(said)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1.2, -0.2, None])
def test_what_is_no_rate_is_not_drawn(bad: float | None) -> None:
    curve = Curve("x", "t", "d", (Series("a", (Point("b", bad, 0, 1, 3),)),), "lag")
    pareto = Pareto("x", "t", "d", (ParetoPoint("a", 1e9, bad, 0, 1, on_front=True),))
    with our_settings():
        lines = curve.draw().figure.axes[0].lines
        assert all(math.isnan(y) for line in lines for y in line.get_ydata())
        assert not pareto.draw().figure.axes[0].lines


def test_long_names_are_cut_in_the_middle_and_stay_apart() -> None:
    assert shown("a" * 30 + "b" * 30) == "a" * 20 + "…" + "b" * 19
    assert shown("x" * 40) == "x" * 40
    names = [f"{'a' * 40}{i}{'b' * 40}" for i in range(3)]
    made = fitted([*names, names[0]], 2.0, 11)
    assert len(set(made)) == 3
    assert made[0] == made[3]
    assert all(width_of(name, 11) <= 2.4 for name in made)


@given(st.text(max_size=200))
def test_labels_are_short_printable_and_never_empty(text: str) -> None:
    label = shown(text)
    assert 0 < len(label) <= 40
    assert label.isprintable()
    if not {"⟨", "⟩"} & set(text):
        # A code point is there as a whole or not at all.
        assert not {"⟨", "⟩"} & set(re.sub("⟨U\\+[0-9A-F]{4,6}⟩", "", label))
