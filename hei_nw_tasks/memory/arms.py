"""The arms: which of the events that a question may see are shown with it.

A memory gets the question and the store, and names events; the prompt shows them in time order,
one a line, whatever order they were found in:

    >>> arm = LongContext()
    >>> arm.recall(doc, store)  # doctest: +SKIP
    Recall(shown=[0, 1, 2, …, 22], ranked=None, retrieval_s=None, embed_flops=None)

`oracle` is the ceiling of reading, and the only arm that looks at the document's evidence.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from hei_nw_tasks.memory.stores import Store
    from hei_nw_tasks.retrieval.protocols import Retriever

# Deep enough for every recall@k that is reported, whatever k the prompt shows.
RANKING_DEPTH = 10


@dataclass(frozen=True)
class Recall:
    """What a memory brings back for one question.

    Attributes:
        shown: Positions of the events to show, in time order.
        ranked: Positions as they were ranked, best first; None if nothing was ranked.
        retrieval_s: Seconds that the search took, index building included; None without a search.
        embed_flops: Operations spent on embedding the question; None where unknown.
    """

    shown: list[int]
    ranked: list[int] | None = None
    retrieval_s: float | None = None
    embed_flops: float | None = None


class Memory(Protocol):
    """What an arm has to do; a memory system of your own fits in here."""

    def recall(self, doc: Mapping[str, Any], store: Store) -> Recall:
        """Choose events for a question.

        Args:
            doc: The dataset row. A fair memory reads `query` and nothing else of it.
            store: The events up to the question's date. What belongs to the log as a whole (an
                index) is best kept by `store.log.log_id`.
        """


class NoMemory:
    """Shows nothing: the model alone."""

    def recall(self, doc: Mapping[str, Any], store: Store) -> Recall:
        """No events."""
        return Recall([])


class Oracle:
    """Shows the evidence alone."""

    def recall(self, doc: Mapping[str, Any], store: Store) -> Recall:
        """The events that entail the answer; none if there is no answer."""
        return Recall(store.positions(doc["evidence"]))


class LongContext:
    """Shows everything up to the question's date."""

    def recall(self, doc: Mapping[str, Any], store: Store) -> Recall:
        """All visible events."""
        return Recall(list(range(store.visible)))


class Recent:
    """Shows as much of the end of the log as fits a budget.

    Args:
        budget: Most tokens that the memory block may have.
        count: Counts the tokens of a text.
    """

    def __init__(self, budget: int, count: Callable[[str], int]) -> None:
        self._budget, self._count = budget, count
        self._lengths: dict[str, list[int]] = {}

    def recall(self, doc: Mapping[str, Any], store: Store) -> Recall:
        """The latest visible events, whole ones."""
        texts = store.log.texts
        lengths = self._lengths.get(store.log.log_id)
        if lengths is None:
            lengths = self._lengths[store.log.log_id] = [self._count(f"{text}\n") for text in texts]
        first, used = store.visible, 0
        while first > 0 and used + lengths[first - 1] <= self._budget:
            first -= 1
            used += lengths[first]
        # A tokeniser may split the lines together in another way than one by one.
        while first < store.visible and self._count(block(texts[first : store.visible])) > (
            self._budget
        ):
            first += 1
        return Recall(list(range(first, store.visible)))


class Rag:
    """Shows the k events that a retriever ranks first.

    Args:
        retriever: Ranks the visible events of a log for a query.
        k: Events to show.
    """

    def __init__(self, retriever: Retriever, k: int) -> None:
        self._retriever, self._k = retriever, k

    def recall(self, doc: Mapping[str, Any], store: Store) -> Recall:
        """The best k of the visible events."""
        query, depth = doc["query"], max(self._k, RANKING_DEPTH)
        start = time.perf_counter()
        ranked = self._retriever.search(query, store.log, store.visible, depth)
        seconds = time.perf_counter() - start
        query_flops = getattr(self._retriever, "query_flops", None)
        return Recall(
            shown=sorted(ranked[: self._k]),
            ranked=ranked[:RANKING_DEPTH],
            retrieval_s=seconds,
            embed_flops=query_flops(query) if query_flops is not None else None,
        )


def block(texts: Sequence[str]) -> str:
    r"""Events as they stand in a prompt, before the question; empty if there are none.

    The same as in `generators.scenario_e`, which measures its transcripts with it.

    >>> block(["On Monday it rained.", "On Tuesday it did not."])
    'On Monday it rained.\nOn Tuesday it did not.\n\n'
    """
    return "".join(f"{text}\n" for text in texts) + "\n" if texts else ""


def build_context(record: Mapping[str, Any]) -> str:
    """The memory block of a seed record: what its `context` (or `episode_text`) says.

    Args:
        record: A row of `generators.scenario_x.generate`.

    Returns:
        Its evidence, one event a line; empty if the record has none.
    """
    return block((record.get("context") or record.get("episode_text") or "").splitlines())
