"""One chart of each kind, with numbers that tell places apart."""

from __future__ import annotations

from postprocess.figures.bars import BarRow, Bars
from postprocess.figures.chart import Chart
from postprocess.figures.curve import Curve, Point, Series
from postprocess.figures.forest import Forest, ForestRow
from postprocess.figures.heatmap import HeatCell, Heatmap, HeatPanel
from postprocess.figures.matrix import Matrix, MatrixPanel
from postprocess.figures.pareto import Pareto, ParetoPoint

HOSTILE = (
    "</svg><script>alert(1)</script>",
    '"><image href="https://evil.example/x.png"/>',
    "<![CDATA[x]]><!ENTITY a SYSTEM 'file:///etc/passwd'>",
    "--><script src=//evil.example></script><!--",
    "&lt;script&gt;&#x3C;script>",
    "url(https://evil.example/a.css)",
    "javascript:alert(1)",
    r"$\frac{1}{0}$",
    r"$\undefined{$ 100% #1 _x^2",
    "_nolegend_",
    "a\x00b\x0b\x1b[2J\x7f\x85",
    "a\u202eb\u2066c\u200f",
    "half \ud800 pair \udfff",
    "\ufffe\uffff\u2028",
    "模型 千问 𐎀 🦜",
    "line\nbreak\ttab\rreturn",
    "",
    "   ",
    "=HYPERLINK(1)",
    "x" * 4000,
    "{{7*7}} %s {0}",
)

FOREST = Forest(
    "forest",
    "Arms",
    "Differences",
    rows=(
        ForestRow("rag", 0.31, 0.22, 0.41, 400, 50, p_holm=0.003, group="A"),
        ForestRow("recent", -0.0123, -0.07, 0.046, 401, 51, p_holm=0.6, equivalent=True, group="A"),
        ForestRow("oracle", 0.5, None, None, 12, 4, group="B"),
        ForestRow("none", None, n=0, group="B"),
    ),
    margin=0.1,
)
LAG = Curve(
    "lag",
    "Lag",
    "Lines",
    series=(
        Series("rag", (Point("0-1", 0.81, 0.7, 0.9, 96), Point("1-3", 0.62, 0.5, 0.7, 90))),
        Series("none", (Point("0-1", 0.11, 0.05, 0.2, 96), Point("1-3", None, n=0))),
    ),
    x_label="Lag (days)",
    bins=("0-1", "1-3"),
)
STORES = Curve(
    "stores",
    "Stores",
    "Lines",
    series=(
        Series("rag", (Point(64, 0.3), Point(8, 0.9, 0.8, 1.0, 7)), note="slope −0.2 per doubling"),
    ),
    x_label="Facts",
    scale="log2",
)
WRITTEN = Curve(
    "written",
    "Written",
    "Lines",
    series=(
        Series("gated", (Point(0.4, 0.3, 0.2, 0.5, 60), Point(0.2, 0.1), Point(0.9, None))),
        Series("notebook", (Point(1.0, 0.8, 0.7, 0.9, 60),)),
    ),
    x_label="Events stored",
    scale="rate",
)
HEAT = Heatmap(
    "heat",
    "Depth and length",
    "Cells",
    panels=(
        HeatPanel(
            "rag", ((HeatCell(0.25, 12), HeatCell(None)), (HeatCell(0.5, 8), HeatCell(1.0, 3)))
        ),
        HeatPanel("none", ((HeatCell(0.07, 12), HeatCell(0.004, 250)),)),
    ),
    depths=("early", "late"),
    lengths=(1024, 4096),
)
PARETO = Pareto(
    "pareto",
    "Quality and cost",
    "Points",
    points=(
        ParetoPoint("none", 1e11, 0.05, 0.02, 0.09, on_front=True, n=500),
        ParetoPoint("rag", 1e12, 0.7, 0.6, 0.8, on_front=True, n=500),
        ParetoPoint("recent", 2.5e12, 0.4, None, None),
        ParetoPoint("oracle", None, 0.9),
    ),
)
MATRIX = Matrix(
    "matrix",
    "Retrieval and reading",
    "Fields",
    (MatrixPanel("rag", 60, 25, 5, 10), MatrixPanel("b", 0, 0, 0, 0)),
)
BARS = Bars(
    "bars",
    "Outcomes",
    "Bars",
    rows=(
        BarRow("rag", {"correct": 60, "stale": 30, "empty": 10}, {"correct": 3, "out_of_world": 1}),
        BarRow("none", {"correct": 1, "new_kind": 3}, {}),
    ),
)
CHARTS: tuple[Chart, ...] = (FOREST, LAG, STORES, WRITTEN, HEAT, PARETO, MATRIX, BARS)


def labelled(texts: tuple[str, ...]) -> tuple[Chart, ...]:
    """A chart of each kind with the texts wherever a chart takes text from data."""
    first = texts[0]
    return (
        Forest("f", first, first, tuple(ForestRow(t, 0.1, 0, 0.2, group=t) for t in texts), first),
        Curve(
            "c",
            first,
            first,
            tuple(Series(t, (Point(t, 0.5),), note=t) for t in texts),
            first,
            first,
        ),
        Heatmap(
            "h",
            first,
            first,
            tuple(HeatPanel(t, ((HeatCell(0.5, 1),),)) for t in texts[:4]),
            texts[:4],
            texts[-4:],
            first,
            first,
        ),
        Pareto("p", first, first, tuple(ParetoPoint(t, 1e9, 0.5) for t in texts), first, first),
        Matrix("m", first, first, tuple(MatrixPanel(t, 1, 2, 3, 4) for t in texts)),
        Bars("b", first, first, tuple(BarRow(t, {t: 1}, {t: 2}) for t in texts)),
    )
