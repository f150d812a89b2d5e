"""The baselines of mode B0 as memories: what each of them keeps, and shows for a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from hei_nw_tasks.memory.blocks import block
from hei_nw_tasks.memory.protocol import Budget, Capabilities, Episode, Item, Recalled, Usage
from hei_nw_tasks.retrieval.plugins import checked_positions
from hei_nw_tasks.retrieval.protocols import Log

if TYPE_CHECKING:
    from hei_nw_tasks.retrieval.protocols import Retriever

# Counts the tokens of a text.
Count = Callable[[str], int]


class NoMemory:
    """Keeps nothing: the model alone."""

    capabilities = Capabilities(ranked=False)

    def write(self, event: Episode) -> bool:
        """Turn it away."""
        return False

    def recall(self) -> list[Item]:
        """Nothing."""
        return []


class LongContext:
    """Shows everything."""

    capabilities = Capabilities(ranked=False)

    def __init__(self) -> None:
        self._items: list[Item] = []

    def write(self, event: Episode) -> None:
        """Keep it."""
        self._items.append(Item(event.text, event.id))

    def recall(self) -> list[Item]:
        """All events."""
        return self._items


class Recent:
    """Shows as many of the latest events as fit a budget.

    Args:
        count: Counts the tokens of a text.
    """

    capabilities = Capabilities(ranked=False)

    def __init__(self, count: Count) -> None:
        self._count = count
        self._items: list[Item] = []
        self._lengths: list[int] = []

    def write(self, event: Episode) -> None:
        """Keep it."""
        self._items.append(Item(event.text, event.id))
        self._lengths.append(self._count(f"{event.text}\n"))

    def recall(self, budget: Budget) -> list[Item]:
        """The latest events, whole ones, whose block has at most the budget's tokens."""
        most, used, first = budget.tokens or 0, 0, len(self._items)
        while first > 0 and used + self._lengths[first - 1] <= most:
            first -= 1
            used += self._lengths[first]
        # Lines that are tokenised together may take more tokens than one by one.
        while self._items[first:] and self._tokens(self._items[first:]) > most:
            first += 1
        return self._items[first:]

    def _tokens(self, items: Sequence[Item]) -> int:
        return self._count(block([item.text for item in items]))


class Rag:
    """Shows the events that a retriever ranks first.

    Args:
        name: Of the retriever, for messages.
        retriever: Shared by all stores, for its embedder.
    """

    capabilities = Capabilities(provenance=True)

    def __init__(self, name: str, retriever: Retriever) -> None:
        self._name, self._retriever = name, retriever
        self._items: list[Item] = []
        self._scope = ""

    def write(self, event: Episode) -> None:
        """Keep it."""
        self._items.append(Item(event.text, event.id))
        self._scope = event.scope

    def recall(self, query: str, as_of: datetime, budget: Budget) -> Recalled:
        """The best events.

        Raises:
            PluginError: What the retriever or its embedder gives cannot be used.
        """
        log = Log(self._scope, tuple(item.text for item in self._items))
        found = self._retriever.search(query, log, budget.k or len(self._items))
        ranked = checked_positions(self._name, found, len(self._items))
        flops = self._retriever.query_flops(query)
        return Recalled([self._items[i] for i in ranked], Usage(flops=flops))
