"""Panels of coloured cells side by side, shared by heatmap and matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from postprocess.figures.labels import MISSING, width_of
from postprocess.figures.palette import FAINT, INK, heat
from postprocess.figures.sheet import MARGIN, WIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GAP = 0.22  # between panels


@dataclass(frozen=True)
class Grid:
    """Where panels stand: how many side by side, and how wide each is."""

    left: float
    across: int
    width: float

    @property
    def middle(self) -> float:
        """Of a row of panels, in inches from the sheet's left edge."""
        return self.left + (self.across * (self.width + _GAP) - _GAP) / 2

    def place(self, number: int) -> tuple[int, float]:
        """Row, and left edge in inches, of the panel of a number."""
        return number // self.across, self.left + (number % self.across) * (self.width + _GAP)

    def rows(self, panels: int) -> int:
        """How many rows so many panels fill; at least one."""
        return max(-(-panels // self.across), 1)


def grid(panels: int, left: float, least_width: float, most_width: float, most: int) -> Grid:
    """As many panels side by side as are wide enough, evenly spread over their rows.

    Args:
        panels: How many there are.
        left: Room at the left of the first one, for the names of rows.
        least_width: How narrow one may get.
        most_width: How wide one may get.
        most: How many may be side by side.
    """
    room = WIDTH - left - MARGIN
    across = max(1, min(most, panels, int((room + _GAP) / (least_width + _GAP))))
    # Four panels look better as two and two than as three and one.
    across = max(1, -(-panels // max(-(-panels // across), 1)))
    width = min(most_width, (room + _GAP) / across - _GAP)
    return Grid(left, across, width)


def cells(axes: Axes, shares: Sequence[Sequence[float | None]]) -> None:
    """Fills axes with one coloured square per share, hatched where there is none."""
    from matplotlib.patches import Rectangle

    columns = max((len(line) for line in shares), default=0)
    axes.set_xlim(-0.5, max(columns, 1) - 0.5)
    axes.set_ylim(max(len(shares), 1) - 0.5, -0.5)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0)
    for row, line in enumerate(shares):
        for column, share in enumerate(line):
            look: dict[str, Any] = {"facecolor": "#F2F2F2", "hatch": "///"}
            if share is not None:
                look = {"facecolor": heat(share)[0], "hatch": ""}
            corner = (column - 0.5, row - 0.5)
            edge = "#FFFFFF" if share is not None else "#CFCFCF"
            axes.add_patch(Rectangle(corner, 1, 1, edgecolor=edge, linewidth=1.2, **look))


def write(
    axes: Axes, row: int, column: int, text: str, share: float | None, size: float, dy: float = 0
) -> None:
    """Writes on a square in the ink that shows on its colour."""
    ink = heat(share)[1] if share is not None else FAINT if text == MISSING else INK
    axes.text(column, row + dy, text, size=size, color=ink, ha="center", va="center_baseline")


def size_that_fits(texts: Sequence[str], inches: float, sizes: Sequence[float]) -> float | None:
    """The greatest of the sizes, given in falling order, at which all texts are narrow enough."""
    for size in sizes:
        if all(width_of(text, size) <= inches for text in texts):
            return size
    return None
