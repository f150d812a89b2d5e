"""Adjustment for multiple tests."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """P-values adjusted so that testing all of them at 5% has a family-wise error of at most 5%.

    With the m p-values in ascending order p_(1) <= … <= p_(m), the k-th becomes
    max_{j <= k} min(1, (m - j + 1) * p_(j)). The tests may depend on each other in any way.

    Source: Holm 1979, "A simple sequentially rejective multiple test procedure".

    Args:
        p_values: None where a test was not made; it stays None and does not count in m.

    Returns:
        The adjusted ones, in the order given.

    Raises:
        ValueError: One is not in [0, 1].
    """
    made = [(p, at) for at, p in enumerate(p_values) if p is not None]
    adjusted: list[float | None] = [None] * len(p_values)
    least = 0.0
    for rank, (p, at) in enumerate(sorted(made)):
        if not 0 <= p <= 1:
            raise ValueError(f"{p} is no p-value → give numbers from 0 to 1, or None")
        least = max(least, min(1.0, (len(made) - rank) * p))
        adjusted[at] = least
    return adjusted
