"""A memory inside the model that answers: an adapter, a KV cache, edited weights.

The inner model's class has a method besides those of lm_eval, and `memory=model` uses it:

    class Remembers(LM):
        def observe(self, events: Sequence[Episode], scope: str) -> None:
            "From now on the questions are about this scope, and these events are new in it."

Events come in time order. Questions are answered right after the events that precede them, so that
the answers of one moment are a batch of their own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from generators.errors import ConfigError
from hei_nw_tasks.memory.recalling import Recall
from hei_nw_tasks.memory.stores import Store, store_of, told_digest
from hei_nw_tasks.plugins import blaming

if TYPE_CHECKING:
    from hei_nw_tasks.model.asked import Asked


class NothingShown:
    """The arm of a model that remembers: the prompt shows nothing."""

    def recalls(
        self, docs: Sequence[Mapping[str, Any]], *, quiet: bool
    ) -> Iterator[tuple[int, Recall]]:
        """No items, and a digest of the events that precede the question."""
        for position, doc in enumerate(docs):
            store = store_of(doc)
            yield position, Recall([], [], store, told=told_digest(store, doc["store_size"]))


def require_observer(model: Any, inner: str) -> None:
    """See that a model can be told events.

    Raises:
        ConfigError: It cannot.
    """
    if not callable(getattr(model, "observe", None)):
        raise ConfigError(
            f"memory='model': inner={inner!r} has no method observe(events, scope) "
            "→ name a model type that has it, or another memory"
        )


def observed(model: Any, questions: Sequence[Asked]) -> Iterator[list[Asked]]:
    """Tell a model the events of each store.

    Args:
        model: Has `observe`.
        questions: To be answered.

    Yields:
        The questions of one moment, when the model was told what precedes them.

    Raises:
        PluginError: The model raises.
    """
    stores: dict[str, Store] = {q.recall.store.id: q.recall.store for q in questions}
    for store in stores.values():
        own = [q for q in questions if q.recall.store.id == store.id]
        episodes, told = store.episodes(), 0
        for size in sorted({q.request.doc["store_size"] for q in own}):
            start = time.perf_counter()
            with blaming("memory='model'"):
                model.observe(episodes[told:size], store.id)
            seconds, told = time.perf_counter() - start, size
            now = [q for q in own if q.request.doc["store_size"] == size]
            yield [replace(q, recall=replace(q.recall, write_s=seconds / len(now))) for q in now]
