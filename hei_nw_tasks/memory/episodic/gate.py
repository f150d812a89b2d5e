"""The write gate: whether an event is worth keeping.

    S = α·surprise + β·novelty + γ·reward + δ·pin        stored if S > τ

Surprise and novelty are in [0, 1], a pin is 0 or 1, and a reward is what the event says.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.memory.calling import accepted
from hei_nw_tasks.memory.episodic.options import EpisodicOptions
from hei_nw_tasks.memory.protocol import Episode


class Gate:
    """The gate of a memory.

    Args:
        options: Its weights and its threshold.
    """

    def __init__(self, options: EpisodicOptions) -> None:
        self._options = options

    def score(
        self, event: Episode, surprise: Callable[[], float], novelty: Callable[[], float]
    ) -> float | None:
        """S of an event; None if all weights are 0.

        Args:
            event: The event.
            surprise: Called if its weight is not 0.
            novelty: Likewise.
        """
        weights = self._options
        if not weights.gated:
            return None
        return (
            (weights.alpha * surprise() if weights.alpha else 0.0)
            + (weights.beta * novelty() if weights.beta else 0.0)
            + weights.gamma * event.reward
            + weights.delta * event.pinned
        )

    def lets_in(self, score: float | None) -> bool:
        """Whether an event of this score is stored."""
        return score is None or self._options.tau is None or score > self._options.tau


def surprise(nats: float) -> float:
    """Surprise at a text, in [0, 1]: 1 minus the geometric mean of its tokens' probabilities.

    >>> surprise(0.0)
    0.0
    >>> round(surprise(math.log(4)), 2)
    0.75

    Args:
        nats: Mean negative log-likelihood of a token.
    """
    return -math.expm1(-nats)


def nats_per_token(model: Any, text: str) -> tuple[float, int]:
    """How unlikely a text is to a model of lm_eval.

    Args:
        model: Has `loglikelihood_rolling`, and `tok_encode`.
        text: Of an event.

    Returns:
        Mean negative log-likelihood of a token, in nats, and the number of tokens.

    Raises:
        ConfigError: The model does not tell.
    """
    from lm_eval.api.instance import Instance

    request = Instance("loglikelihood_rolling", {}, (text,), 0)
    try:
        quiet = accepted(model.loglikelihood_rolling, {"disable_tqdm": True})
        (total,) = model.loglikelihood_rolling([request], **quiet)
        tokens = len(model.tok_encode(text))
    except (AttributeError, NotImplementedError) as error:
        raise ConfigError(
            f"memory_args: alpha: {type(model).__name__} does not tell how likely a text is "
            f"({type(error).__name__}: {error}) → use alpha=0, or another model"
        ) from None
    return -float(total) / max(tokens, 1), tokens
