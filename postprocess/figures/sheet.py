"""The sheet of paper that charts are drawn on, in inches from the top left, and its bytes.

A drawing is made and written inside `settings()`: nothing then depends on the user's matplotlibrc.
matplotlib is imported by the functions that need it, for importing it takes half a second.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from postprocess.errors import visible
from postprocess.figures.charts import Chart
from postprocess.figures.labels import width_of
from postprocess.figures.palette import FAINT, GRID, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 7.0
MARGIN = 0.12
SIZE = 12.0  # points; 8.6 px where a phone shows the sheet 360 px wide
SMALL = 11.0
LINE = 0.25  # inches from one line of text to the next
BOLD = 0.85  # how much less of bold text fits than of plain text
_DPI = 200
_HANDLE = 0.36  # inches from a key's start to its text
_BETWEEN_KEYS = 0.3
_ROOT = 'role="img" stroke-linejoin="round" stroke-linecap="butt"'

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
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        yield


class Sheet:
    """An empty picture, 7 inches wide.

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
        """The picture as PNG, 1400 pixels wide."""
        out = io.BytesIO()
        self.figure.savefig(out, format="png", dpi=_DPI, metadata={"Software": None})
        return out.getvalue()

    def svg(self, chart: Chart) -> bytes:
        """The picture as SVG with the chart's title and description in it.

        Its ids begin with the chart's name, so that several can stand in one page. It names no
        file or address to load: neither a document type nor metadata is written.
        """
        out = io.BytesIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        self.figure.savefig(out, format="svg", metadata=nothing)
        text = out.getvalue().decode()
        text = text[text.index("<svg") :]
        # Comments repeat every text; a label's own "-->" is escaped in them.
        text = re.sub(r"\s*<!--.*?-->", "", text, flags=re.DOTALL)
        # A style sheet would hold for the whole page that the picture stands in.
        text = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.DOTALL)
        # No group is referred to by its id.
        text = re.sub(r'<g id="[^"]*"', "<g", text)
        text = re.sub(r"\n\s*", "\n", text)
        text = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{chart.name}-", text)
        said = f"<title>{_xml(chart.title)}</title>\n <desc>{_xml(chart.description)}</desc>"
        text = re.sub(r"<svg([^>]*)>", lambda m: f"<svg{m[1]} {_ROOT}>\n {said}", text, count=1)
        return text.encode()


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
    """Says in the middle of empty axes that they are empty because nothing is known."""
    look: dict[str, Any] = {
        "ha": "center",
        "va": "center",
        "color": FAINT,
        "backgroundcolor": "#FFFFFF",
    }
    axes.text(0.5, 0.5, "no data", transform=axes.transAxes, **look)


def _key_width(key: Key) -> float:
    return _HANDLE + width_of(key.label, SMALL) + _BETWEEN_KEYS


def _xml(text: str) -> str:
    return escape(visible(text))
