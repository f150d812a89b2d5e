"""The memory `episodic`: keeps what the gate lets in, recalls what a query is about.

In its sleep it trains an adapter on what it keeps, see `hei_nw_tasks.consolidation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generators.errors import ConfigError
from hei_nw_tasks.consolidation.settings import SleepSettings
from hei_nw_tasks.memory.episodic.gate import Gate, nats_per_token, surprise
from hei_nw_tasks.memory.episodic.options import EpisodicOptions, checked
from hei_nw_tasks.memory.episodic.searching import Search
from hei_nw_tasks.memory.episodic.storing import EpisodeFile, Limits
from hei_nw_tasks.memory.protocol import (
    Budget,
    Capabilities,
    Consolidated,
    Episode,
    Item,
    Prompt,
    Recalled,
    SleepBudget,
    Usage,
    Written,
)
from hei_nw_tasks.retrieval.registry import make_embedder

if TYPE_CHECKING:
    from hei_nw_tasks.retrieval.protocols import Embedder

FILE = "episodic.sqlite"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1) // _MICROSECOND


class Episodic:
    """Keeps events word for word in a SQLite file.

    Its options are those of `hei_nw_tasks.memory.episodic.options`, and from `order` on those of
    `hei_nw_tasks.consolidation.settings`.

    Raises:
        ConfigError: An option, or the file, cannot be used; all methods raise it.
    """

    def __init__(
        self,
        retriever: str | None = None,
        embedder: str | None = None,
        alpha: float = 0.0,
        beta: float = 0.0,
        gamma: float = 0.0,
        delta: float = 0.0,
        tau: float | None = None,
        max_events: int | None = None,
        ttl_days: float | None = None,
        order: str = "prioritised",
        rank: int = 16,
        repeats: int = 10,
        rate: float = 2e-3,
        targets: str = "all-linear",
        batch: int = 4,
    ) -> None:
        given = {name: value for name, value in locals().items() if name != "self"}
        self._sleep = checked(SleepSettings, given)
        self._options = options = checked(EpisodicOptions, given)
        self._gate = Gate(options)
        self._embedder = None if options.retriever == "bm25" else _embedder(options.embedder)
        self._model: Any = None
        # What has gone by itself is not recalled as of when it was there.
        self.capabilities = Capabilities(
            as_of=not options.forgets, idempotent=True, provenance=True, gate=options.gated
        )

    @staticmethod
    def asks_model(alpha: float = 0.0, **others: Any) -> bool:
        """Whether what is stored depends on the model that answers."""
        return bool(alpha)

    def use_model(self, model: Any) -> None:
        """Take the model of lm_eval that says how likely an event is."""
        self._model = model

    def open(self, scope: str, folder: Path, seed: int = 0) -> None:
        """Begin, or go on with what the folder holds."""
        self._folder, self._seed = folder, seed
        options, embedder = self._options, self._embedder
        age = None if options.ttl_days is None else round(options.ttl_days * _DAY)
        made_with = options.model_dump()
        if embedder is not None:
            made_with["embedder"] = f"{embedder.name} {getattr(embedder, 'weights', None)}"
        limits = Limits(options.max_events, age)
        self._file = EpisodeFile(folder / FILE, scope, made_with, limits)
        self._search = Search(self._file, options.retriever, embedder, age)

    def write(self, event: Episode) -> Written:
        """Store an event if the gate lets it in; one that is stored already is left as it is."""
        if (known := self._file.named(event.id)) is not None:
            ref, score = known
            return Written(True, score, (ref,), Usage(0, 0, 0.0))
        score, usage = self._weigh(event)
        if not self._gate.lets_in(score):
            return Written(False, score, usage=usage)
        return self._store(event, score, usage, None)

    def update(self, ref: str, event: Episode) -> Written:
        """Replace a text from the event's moment on; before it, the old text is recalled.

        A name that stands for nothing any more begins anew.
        """
        known = self._file.named(ref)
        return self._store(event, *self._weigh(event), known and known[0])

    def delete(self, ref: str) -> None:
        """Forget all that a name has stood for; with the next `flush` it is gone from the disk."""
        if (known := self._file.named(ref)) is not None:
            self._file.remove(known[0])

    def recall(self, query: str, as_of: datetime, budget: Budget) -> Recalled:
        """The events that match best, ties by the order in which they were written."""
        found = self._search.find(query, _microseconds(as_of), budget.k)
        items = [Item(text, id_, score) for id_, text, score in found]
        return Recalled(items, Usage(0, 0, self._search.flops(query)))

    def consolidate(
        self,
        budget: SleepBudget,
        model: Any,
        cycle: int,
        previous: Mapping[str, Path] | None,
        prompt: Prompt,
    ) -> Consolidated:
        """Train on all that is stored, and not replaced."""
        from hei_nw_tasks.consolidation import Stored, consolidated

        stored = [
            Stored(id_, text, _EPOCH + at * _MICROSECOND, score)
            for id_, text, at, score in self._file.current()
        ]
        return consolidated(
            *(stored, model, budget, self._folder, prompt),
            cycle=cycle,
            previous=previous,
            seed=self._seed,
            settings=self._sleep,
        )

    def refs(self) -> Iterable[str]:
        """The names of all that is stored."""
        return self._file.refs()

    def flush(self) -> None:
        """Sync to the disk, and erase what was removed."""
        self._search.embed()
        self._file.flush()

    def close(self) -> None:
        """Flush, and let go of the file."""
        self.flush()
        self._file.close()

    def _weigh(self, event: Episode) -> tuple[float | None, Usage]:
        """The gate's score of an event, and what it costs to store it with that."""
        calls = tokens = 0
        flops = self._search.flops(event.text)

        def surprise_at_it() -> float:
            nonlocal calls, tokens, flops
            if self._model is None:
                raise ConfigError(
                    "memory_args: alpha: there is no model to say how likely an event is "
                    "→ use it in mode B1, or alpha=0"
                )
            nats, tokens = nats_per_token(self._model, event.text)
            calls, flops = 1, None
            return surprise(nats)

        def novelty() -> float:
            return 1 - self._search.similarity(event.text, _microseconds(event.at))

        score = self._gate.score(event, surprise_at_it, novelty)
        return score, Usage(calls, tokens, flops)

    def _store(self, event: Episode, score: float | None, usage: Usage, ref: str | None) -> Written:
        stored = self._file.add(
            event.id,
            event.text,
            _microseconds(event.at),
            pinned=event.pinned,
            score=score,
            ref=ref,
        )
        return Written(stored, score, (ref or event.id,), usage)


@cache
def _embedder(name: str | None) -> Embedder:
    """An embedder; a process loads it once."""
    return make_embedder(name)


def _microseconds(moment: datetime) -> int:
    """Since 1970, of a moment in UTC or any other zone."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND
