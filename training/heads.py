"""An attention head whose weights can be set to implement a simple rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Head:
    """A head of an attention layer with as many key as query heads.

    Rotary embedding turns the pairs of dimensions (i, i + size / 2) by an angle that grows with the
    position, the first pair fastest.

    Attributes:
        attention: The layer's attention module.
        number: Number of the head.
        size: Dimensions of the head.
    """

    attention: Any
    number: int
    size: int

    @property
    def start(self) -> int:
        """First row of the head in the projections."""
        return self.number * self.size

    @property
    def rows(self) -> slice:
        """Rows of the head in the projections."""
        return slice(self.start, self.start + self.size)

    def match(self, query: Tensor, key: Tensor) -> None:
        """Attend to tokens whose key reading equals the query reading, both (size, width)."""
        self.attention.q_proj.weight[self.rows] = query
        self.attention.k_proj.weight[self.rows] = key

    def look_back(self, steps: int, turning: Tensor, amplitude: float) -> None:
        """Attend to the token `steps` before, whatever the tokens are.

        Args:
            steps: Distance in tokens.
            turning: Angle per position of each pair.
            amplitude: Amplitude of the four fastest pairs.
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
        """Add to all scores a sum of cosines of the distance, one per pair from the first on.

        Args:
            amplitudes: Amplitudes of the cosines, in units of the score.
        """
        for pair, amplitude in enumerate(amplitudes):
            self._add_score(pair, amplitude, self.attention.k_proj.bias, 1.0)

    def favour(self, direction: Tensor, score: float) -> None:
        """Add a score for tokens along a direction, (width,), using the slowest pair."""
        self._add_score(self.size // 2 - 1, score, self.attention.k_proj.weight, direction)

    def _add_score(self, pair: int, score: float, key: Tensor, along: Any) -> None:
        half = (abs(score) * self.size**0.5) ** 0.5
        key[self.start + pair] = along * half
        self.attention.q_proj.bias[self.start + pair] = half if score > 0 else -half

    def carry(self, reading: Tensor, writing: Tensor) -> None:
        """Write what is read at the attended place.

        Args:
            reading: Directions of the normed states that are read, (size, width).
            writing: Directions that they are written along, (size, width).
        """
        self.attention.v_proj.weight[self.rows] = reading
        self.attention.o_proj.weight[:, self.rows] = writing.T
