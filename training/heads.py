"""One attention head, whose weights are set to do something that can be said in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Head:
    """A head of an attention layer with as many key as query heads.

    Dimensions are turned in pairs (i, i + size / 2) by an angle that grows with the position, the
    first pair fastest.

    Attributes:
        attention: The layer's attention module.
        number: Of the head.
        size: Dimensions of the head.
    """

    attention: Any
    number: int
    size: int

    @property
    def start(self) -> int:
        """The head's first row of the projections."""
        return self.number * self.size

    @property
    def rows(self) -> slice:
        """The head's rows of the projections."""
        return slice(self.start, self.start + self.size)

    def match(self, query: Tensor, key: Tensor) -> None:
        """Look for tokens whose key reading equals the query reading, both (size, width)."""
        self.attention.q_proj.weight[self.rows] = query
        self.attention.k_proj.weight[self.rows] = key

    def look_back(self, steps: int, turning: Tensor, amplitude: float) -> None:
        """Look at the token `steps` before, whatever the tokens are.

        Args:
            steps: Distance in tokens.
            turning: Angle per position of each pair.
            amplitude: Of the four fastest pairs.
        """
        half = self.size // 2
        for projection in (self.attention.q_proj, self.attention.k_proj):
            projection.weight[self.rows] *= 0.1
        strength = torch.zeros(half)
        strength[:4] = amplitude
        # Rotating the query back by the angle of `steps` makes that distance the best.
        angle = -steps * turning
        query = torch.cat([strength * torch.cos(angle), strength * torch.sin(angle)])
        self.attention.q_proj.bias[self.rows] = query
        self.attention.k_proj.bias[self.rows] = torch.cat([strength, torch.zeros(half)])

    def favour_distances(self, amplitudes: Sequence[float]) -> None:
        """Add to all scores the sum of cosines of the distance, one for each pair from the first.

        Args:
            amplitudes: Of the cosines, in units of the score.
        """
        for pair, amplitude in enumerate(amplitudes):
            self._add_score(pair, amplitude, self.attention.k_proj.bias, 1.0)

    def favour(self, direction: Tensor, score: float) -> None:
        """Add a score for tokens along a direction, (width,), by the pair that hardly turns."""
        self._add_score(self.size // 2 - 1, score, self.attention.k_proj.weight, direction)

    def _add_score(self, pair: int, score: float, key: Tensor, along: Any) -> None:
        half = (abs(score) * self.size**0.5) ** 0.5
        key[self.start + pair] = along * half
        self.attention.q_proj.bias[self.start + pair] = half if score > 0 else -half

    def carry(self, reading: Tensor, writing: Tensor) -> None:
        """Write what is read at the place that is looked at.

        Args:
            reading: Of the normed states, (size, width).
            writing: Directions that the reading is written along, (size, width).
        """
        self.attention.v_proj.weight[self.rows] = reading
        self.attention.o_proj.weight[:, self.rows] = writing.T
