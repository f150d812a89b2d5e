"""What training costs, and whether the budget has room for it.

Of the T tokens of a row that come after P others, computed before, a forward and a backward pass
take

    2 · (linear + head) · T + 3 · pair · ((P + T)² - P²) + gradients

FLOPs with the rates of `hei_nw_tasks.compute.flops`; padding is left out. Gradients are
6 · (weights of the adapter) · T through frozen layers, and 4 · (linear + head) · T where all
weights are trained.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.memory.protocol import SleepBudget


class Spent:
    """What was trained on so far.

    Args:
        budget: What may be.
        model: Of lm_eval.
        adapter: Number of weights of the adapter; None where all weights are trained.

    Attributes:
        flops: None if they are unknown.

    Raises:
        ConfigError: FLOPs are limited, and unknown.
    """

    def __init__(self, budget: SleepBudget, model: Any, adapter: int | None) -> None:
        # Of the model without the adapter.
        rates = model.work_done().get("flop_rates")
        if budget.flops is not None and rates is None:
            raise ConfigError(
                "sleep_flops: the FLOPs of this model are unknown → set sleep_tokens alone"
            )
        self._budget = budget
        self._linear = self._pair = 0.0
        if rates is not None:
            forward = rates["linear"] + rates["head"]
            # Frozen layers have no gradients of their own.
            self._linear = 3 * forward if adapter is None else 2 * forward + 6 * adapter
            self._pair = 3 * rates["pair"]
        self.tokens, self.flops = 0, None if rates is None else 0.0
        self.replayed = Counter[str]()

    @property
    def share(self) -> float:
        """Of the budget."""
        of_flops = 0.0 if self._budget.flops is None else (self.flops or 0) / self._budget.flops
        return max(self.tokens / self._budget.tokens, of_flops)

    def affordable(self) -> float:
        """Tokens that the budget allows, at the cost of a token that follows no other."""
        flops = math.inf if self._budget.flops is None else self._budget.flops / self._linear
        return min(self._budget.tokens, flops)

    def takes(self, event: str, tokens: int, after: int) -> bool:
        """Whether there is room for a row, which is trained on then.

        Args:
            event: That it is about.
            tokens: Those to compute.
            after: Those before them, computed already.
        """
        flops = self._linear * tokens + self._pair * ((after + tokens) ** 2 - after**2)
        most = math.inf if self._budget.flops is None else self._budget.flops
        if self.tokens + tokens > self._budget.tokens or (self.flops or 0) + flops > most:
            return False
        self.tokens += tokens
        self.flops = None if self.flops is None else self.flops + flops
        self.replayed[event] += 1
        return True
