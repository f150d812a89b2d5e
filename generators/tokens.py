"""Counting tokens without knowing a tokenizer: whoever has one hands a counter over.

>>> ESTIMATE.count(["Which box did Nora get?"])
[6]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TokenCounter:
    """Counts tokens as the model of a run does.

    Attributes:
        name: Name of the tokenizer.
        count: Number of tokens of each of some texts, without special ones.
        added: Number of special tokens that every prompt has besides.
    """

    name: str
    count: Callable[[Sequence[str]], list[int]]
    added: int = 0


def _quarters(texts: Sequence[str]) -> list[int]:
    return [-(-len(text) // 4) for text in texts]


# Four characters a token, rounded up: about what tokenizers need for plain English.
ESTIMATE = TokenCounter("estimate", _quarters)
