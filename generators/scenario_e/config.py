"""The settings of scenario E.

>>> TranscriptConfig(n=3).settings()["tokenizer"]
'estimate'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Annotated, Any, Self, TypeVar

from pydantic import Field, PrivateAttr, field_validator

from generators.config import Config
from generators.errors import ConfigError
from generators.tokens import ESTIMATE, TokenCounter

N = TypeVar("N", int, float)

DEFAULT_LENGTHS = (1000, 2000, 4000, 8000)
DEFAULT_DEPTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
MAX_LENGTH = 1_000_000
MAX_STEPS = 1000


class TranscriptConfig(Config):
    """Settings of transcripts.

    Attributes:
        lengths: Numbers of tokens that the prompt with the whole transcript, a question and the
            room for an answer takes at most, and at least 98% of.
        depths: Places of the evidence in the transcript, from 0 (start) to 1 (end).
        tokenizer: Name of the tokenizer that the lengths are measured with. Where it is not given,
            a run's own; "estimate" or null is four characters a token.
        prompt_overhead: Tokens that a run's chat template adds to every prompt; the transcripts
            leave room for them.
    """

    lengths: Annotated[
        tuple[Annotated[int, Field(strict=True, ge=1, le=MAX_LENGTH)], ...],
        Field(min_length=1, max_length=MAX_STEPS),
    ] = DEFAULT_LENGTHS
    depths: Annotated[
        tuple[Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)], ...],
        Field(min_length=1, max_length=MAX_STEPS),
    ] = DEFAULT_DEPTHS
    tokenizer: Annotated[str, Field(strict=True, min_length=1, max_length=1000)] = ESTIMATE.name
    prompt_overhead: Annotated[int, Field(strict=True, ge=0, le=MAX_LENGTH)] = 0
    # Not a setting: two counters of one tokenizer make the same dataset.
    _counter: TokenCounter | None = PrivateAttr(default=None)

    @field_validator("lengths", "depths")
    @classmethod
    def _increasing(cls, values: tuple[N, ...]) -> tuple[N, ...]:
        if any(low >= high for low, high in pairwise(values)):
            raise ValueError(
                f"values must increase, got {list(values)} → use {sorted(set(values))}"
            )
        return values

    @field_validator("tokenizer", mode="before")
    @classmethod
    def _none_is_estimated(cls, name: object) -> object:
        return ESTIMATE.name if name is None else name

    def settings(self) -> dict[str, Any]:
        """The settings as plain JSON values; without an overhead of 0, which changes nothing."""
        return {k: v for k, v in super().settings().items() if v or k != "prompt_overhead"}

    def counted_by(self, counter: TokenCounter) -> Self:
        """The settings with a counter and its tokenizer."""
        made = self.model_copy(update={"tokenizer": counter.name})
        made._counter = counter
        return made

    def for_run(self, run: Mapping[str, Any], load_counter: Callable[[str], TokenCounter]) -> Self:
        """The settings with a run's tokenizer: its `tokenizer`, or else its `pretrained`."""
        name = run.get("tokenizer", run.get("pretrained"))
        if not isinstance(name, str) or name == ESTIMATE.name:
            return self
        return self.counted_by(load_counter(name))

    def obstacle(self) -> str | None:
        """Says so if the tokenizer cannot be used here."""
        if self.tokenizer == ESTIMATE.name or self._counter is not None:
            return None
        return f"its tokenizer {self.tokenizer!r} is not at hand"

    @property
    def counter(self) -> TokenCounter:
        """Counts tokens, the overhead of a prompt included in what every prompt has besides.

        Raises:
            ConfigError: The tokenizer is not at hand.
        """
        counter = ESTIMATE if self.tokenizer == ESTIMATE.name else self._counter
        if counter is not None:
            return replace(counter, added=counter.added + self.prompt_overhead)
        raise ConfigError(
            f"tokenizer={self.tokenizer!r}: tokenizers are at hand in runs of lm_eval only "
            f"→ leave the key out for an estimate of 4 characters a token"
        )
