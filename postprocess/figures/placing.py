"""Finds room for names beside their points: greedy, in inches, no two boxes over each other.

place([Box(...)], …) → the name's box, or None: then a legend has to name the point.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Steps from the point to the nearest edge of its name: beside it first, then above and below.
_DISTANCES = (0.11, 0.18, 0.28, 0.4)
_SIDES = ((1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1))


@dataclass(frozen=True)
class Box:
    """A rectangle, in inches from the lower left of the axes."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )

    def within(self, other: Box) -> bool:
        """Whether all of it lies in the other."""
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.bottom <= self.bottom
            and self.top <= other.top
        )


def around(x: float, y: float, reach: float) -> Box:
    """A square around a point."""
    return Box(x - reach, y - reach, x + reach, y + reach)


def place(
    x: float, y: float, width: float, height: float, taken: Iterable[Box], room: Box
) -> Box | None:
    """The nearest free box of a size beside a point; None where there is none."""
    obstacles = list(taken)
    for box in _candidates(x, y, width, height):
        if box.within(room) and not any(box.meets(other) for other in obstacles):
            return box
    return None


def _candidates(x: float, y: float, width: float, height: float) -> Iterator[Box]:
    for distance, (across, up) in itertools.product(_DISTANCES, _SIDES):
        # A step aslant is no longer than one along an axis.
        step = distance if 0 in (across, up) else 0.75 * distance
        left = x - width / 2 if across == 0 else x + step if across > 0 else x - step - width
        bottom = y - height / 2 if up == 0 else y + step if up > 0 else y - step - height
        yield Box(left, bottom, left + width, bottom + height)
