"""The sheet that charts are drawn on, in inches from the top left, and its bytes.

A drawing is made and written inside `settings()`: nothing then depends on the user's matplotlibrc.
matplotlib is imported there and by functions that are called there: importing takes half a second.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from postprocess.errors import visible
from postprocess.figures.labels import width_of
from postprocess.figures.loading import load
from postprocess.figures.palette import FAINT, GRID, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from postprocess.figures.chart import Chart

WIDTH = 7.0
MARGIN = 0.12
SIZE = 12.0  # points; 8.6 px where a phone shows the sheet 360 px wide
SMALL = 11.0
LINE = 0.25  # inches from one line of text to the next
BOLD = 0.85  # how much less of bold text fits than of plain text
_DPI = 200
_HANDLE = 0.36  # inches from a key's start to its text
_BETWEEN_KEYS = 0.3
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
ET.register_namespace("", _SVG[1:-1])
ET.register_namespace("xlink", _HREF.partition("}")[0][1:])

_SETTINGS: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": SIZE,
    "text.parse_math": False,  # a "$" in a label is a dollar sign
    "text.usetex": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "hatch.linewidth": 0.7,
    "svg.fonttype": "path",  # looks the same where the font is not installed
    "svg.hashsalt": "hei-nw-tasks",
}


@dataclass(frozen=True)
class Key:
    """An entry of a legend: its text, and either a line or a patch in matplotlib's properties."""

    label: str
    line: Mapping[str, Any] | None = None
    patch: Mapping[str, Any] | None = None


@contextmanager
def settings() -> Iterator[None]:
    """Our settings of matplotlib, those of the user put back afterwards."""
    matplotlib = load()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        yield


class Sheet:
    """An empty figure, 7 inches wide.

    Args:
        height: In inches.
    """

    def __init__(self, height: float) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.height = height
        self.figure = Figure(figsize=(WIDTH, height))
        FigureCanvasAgg(self.figure)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes at a place of the sheet."""
        bottom = self.height - top - height
        box = (left / WIDTH, bottom / self.height, width / WIDTH, height / self.height)
        return self.figure.add_axes(box)

    def text(self, left: float, top: float, text: str, **properties: Any) -> None:
        """Text at a place of the sheet, centred on it vertically."""
        properties = {"size": SMALL, "va": "center", **properties}
        place = self.figure.dpi_scale_trans
        self.figure.text(left, self.height - top, text, transform=place, **properties)

    def legend(self, rows: Sequence[Sequence[Key]], top: float) -> None:
        """Keys in the rows that `legend_rows` made, the first of them below `top`."""
        for row, keys in enumerate(rows):
            left, middle = MARGIN, top + (row + 0.5) * LINE
            for key in keys:
                self._handle(key, left, middle)
                bare = key.line is None and key.patch is None
                self.text(left if bare else left + _HANDLE, middle, key.label)
                left += _key_width(key)

    def _handle(self, key: Key, left: float, top: float) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Rectangle

        place, y = self.figure.dpi_scale_trans, self.height - top
        if key.line is not None:
            x = [left, left + 0.14, left + 0.28]
            line = Line2D(x, [y] * 3, transform=place, markevery=[1], **key.line)
            self.figure.add_artist(line)
        if key.patch is not None:
            box = Rectangle((left, y - 0.07), 0.28, 0.14, transform=place, **key.patch)
            self.figure.add_artist(box)

    def png(self) -> bytes:
        """The figure as PNG, 1400 pixels wide."""
        out = io.BytesIO()
        self.figure.savefig(out, format="png", dpi=_DPI, metadata={"Software": None})
        return out.getvalue()

    def svg(self, chart: Chart) -> bytes:
        """The figure as SVG with the chart's title and description in it.

        Its ids begin with the chart's name, so that several figures can be on one page. It
        refers to nothing outside itself: neither a document type nor metadata is written.
        """
        out = io.BytesIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        self.figure.savefig(out, format="svg", metadata=nothing)
        # Parsing drops the document type and the comments, which repeat every text.
        root = ET.fromstring(out.getvalue())
        # A style sheet would apply to the whole page that the figure is on.
        for defs in root.findall(f"{_SVG}defs"):
            if defs.find(f"{_SVG}style") is not None:
                root.remove(defs)
        root.attrib |= {"role": "img", "stroke-linejoin": "round", "stroke-linecap": "butt"}
        for element in root.iter():
            element.text = element.tail = None
            if element.tag == f"{_SVG}g":
                element.attrib.pop("id", None)  # nothing refers to a group
            for name, value in element.attrib.items():
                element.set(name, _prefixed(name, value, chart.name))
        for place, (tag, text) in enumerate((("title", chart.title), ("desc", chart.description))):
            element = ET.Element(f"{_SVG}{tag}")
            element.text = visible(text)
            root.insert(place, element)
        return ET.tostring(root)


def _prefixed(name: str, value: str, prefix: str) -> str:
    """An attribute of which ids, and what refers to them, begin with a prefix."""
    if name == "id":
        return f"{prefix}-{value}"
    if name in ("href", _HREF):
        return value.replace("#", f"#{prefix}-", 1)
    return value.replace("url(#", f"url(#{prefix}-")


def legend_rows(keys: Sequence[Key]) -> list[list[Key]]:
    """The keys in as few rows as the sheet's width allows."""
    rows: list[list[Key]] = []
    room = 0.0
    for key in keys:
        if not rows or room < _key_width(key) - _BETWEEN_KEYS:
            rows.append([])
            room = WIDTH - 2 * MARGIN
        rows[-1].append(key)
        room -= _key_width(key)
    return rows


def rate_axis(axis: Any) -> None:
    """Makes an axis one of rates: from 0 to 1, written as percentages."""
    axis.set_view_interval(0, 1, ignore=True)
    axis.set_ticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axis.grid(True)


def no_data(axes: Axes) -> None:
    """Writes "no data" in the middle of empty axes."""
    look: dict[str, Any] = {
        "ha": "center",
        "va": "center",
        "color": FAINT,
        "backgroundcolor": "#FFFFFF",
    }
    axes.text(0.5, 0.5, "no data", transform=axes.transAxes, **look)


def _key_width(key: Key) -> float:
    return _HANDLE + width_of(key.label, SMALL) + _BETWEEN_KEYS
