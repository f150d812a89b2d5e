"""Colours, markers and hatches: an arm looks the same in every figure, also in grey print.

Colours are Okabe and Ito's (https://jfly.uni-koeln.de/color/), which stay apart for people with
any of the common kinds of colour blindness. No two arms of one figure share a marker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hei_nw_tasks.memory import registry

BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"

INK = "#222222"
FAINT = "#6B6B6B"
GRID = "#DDDDDD"
MARGIN_BAND = "#DCE9F2"


@dataclass(frozen=True)
class Style:
    """How an arm is drawn: colour, marker and dashes, as matplotlib names them."""

    colour: str
    marker: str
    dashes: str | tuple[int, tuple[int, ...]]

    @property
    def size(self) -> float:
        """Of the marker, in points: a star looks smaller than a square as wide."""
        return {"*": 11.0, "P": 8.5, "X": 8.5, "p": 8.5}.get(self.marker, 7.5)


@dataclass(frozen=True)
class Fill:
    """How an area is drawn: its colour, its hatch, and the colours of the hatch and of text."""

    colour: str
    hatch: str
    lines: str
    text: str


ARMS = {
    name: Style(arm.colour, arm.marker, arm.dashes)
    for name, arm in registry.ARMS.items()
    if arm.colour and arm.marker and arm.dashes
}
# The memories that come with this package, see `hei_nw_tasks.memory.systems`.
MEMORIES = {
    "episodic": Style(PURPLE, "P", "-"),
    "mem0": Style(ORANGE, "X", (0, (6, 2))),
    "langgraph": Style("#7A5195", "p", (0, (4, 1, 1, 1))),
}
_KNOWN = ARMS | MEMORIES
_OTHER_COLOURS = ("#8C6D1F", "#7F7F7F", PURPLE, ORANGE, "#7A5195")
# Those of the memories come last, and are not taken where a memory needs its own.
_OTHER_MARKERS = ("<", ">", "*", "h", "d", "p", "X", "P")
_OTHER_DASHES = ("-", (0, (6, 2)), (0, (1, 1)), (0, (4, 1, 1, 1)))

OUTCOMES = {
    "correct": Fill(GREEN, "", "#FFFFFF", BLACK),
    "stale": Fill(ORANGE, "//", "#F7D99A", BLACK),
    "distractor": Fill(VERMILLION, "\\\\", "#F0B48A", BLACK),
    "other_in_world": Fill(PURPLE, "||", "#F0D9E6", BLACK),
    "out_of_world": Fill(SKY, "xx", "#C9E7F8", BLACK),
    "abstained": Fill("#D0D0D0", "", "#FFFFFF", BLACK),
    "empty": Fill("#F4F4F4", "---", "#9A9A9A", BLACK),
    "unfinished": Fill("#EADFC8", "..", "#9A8A5A", BLACK),
    "overflow": Fill("#4A4A4A", "", "#FFFFFF", "#FFFFFF"),
}
_HEAT = ((0xF4, 0xF8, 0xFC), (0x6C, 0xAC, 0xD8), (0x08, 0x38, 0x70))
UNKNOWN_OUTCOMES = (
    Fill(YELLOW, "++", "#B8A800", BLACK),
    Fill("#7A5195", "\\\\\\", "#B79CC9", "#FFFFFF"),
    Fill("#8C6D1F", "xxx", "#C4AE72", "#FFFFFF"),
)


def styles(arms: Sequence[str]) -> list[Style]:
    """One style per arm, no two of them with the same marker as long as there are markers.

    A baseline has its own style, and so has a memory that comes with this package; met again, its
    colour with another marker. Other names take the other colours and markers in turn.
    """
    own = {_KNOWN[arm].marker for arm in arms if arm in _KNOWN}
    free = [marker for marker in _OTHER_MARKERS if marker not in own]
    seen, others, found = set[str](), 0, list[Style]()
    for arm in arms:
        if arm in _KNOWN and arm not in seen:
            seen.add(arm)
            found.append(_KNOWN[arm])
            continue
        if not free:
            free = [*_OTHER_MARKERS, *(style.marker for style in ARMS.values())]
        other = Style(
            _OTHER_COLOURS[others % len(_OTHER_COLOURS)],
            free.pop(0),
            _OTHER_DASHES[others // len(_OTHER_COLOURS) % len(_OTHER_DASHES)],
        )
        if arm in _KNOWN:
            other = replace(other, colour=_KNOWN[arm].colour, dashes=_OTHER_DASHES[2])
        else:
            others += 1
        found.append(other)
    return found


def heat(share: float) -> tuple[str, str]:
    """Colour of a cell, and of text on it: from nearly white at 0 to dark blue at 1."""
    place = min(max(share, 0.0), 1.0) * (len(_HEAT) - 1)
    first = min(int(place), len(_HEAT) - 2)
    ends = zip(_HEAT[first], _HEAT[first + 1], strict=True)
    red, green, blue = (round(a + (b - a) * (place - first)) for a, b in ends)
    # White shows better than ink where the luminance is below this.
    luminance = (0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2) / 255**2.2
    return f"#{red:02X}{green:02X}{blue:02X}", "#FFFFFF" if luminance < 0.18 else BLACK
