"""What an arm recalls for the questions that lm_eval asks.

    for position, recall in arm.recalls([doc, …]):
        recall.texts -> ["On 7 October …", …]

`ByReplay` has a memory told and asked, `FromEvidence` looks at the key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from hei_nw_tasks.memory.baselines import Count
from hei_nw_tasks.memory.blocks import block
from hei_nw_tasks.memory.keeping import Keeper
from hei_nw_tasks.memory.options import Options
from hei_nw_tasks.memory.protocol import Budget
from hei_nw_tasks.memory.replay import MakeMemory, replay
from hei_nw_tasks.memory.replayed import RecalledItem, Replay, Slept
from hei_nw_tasks.memory.stores import Store, store_of, stores_with
from hei_nw_tasks.scoring.scopes import ScopeValues

# Only loggers below "lm_eval" are shown by its command line.
_log = logging.getLogger("lm_eval.hei_nw_tasks")


@dataclass(frozen=True)
class Weights:
    """A change of the model's weights.

    Attributes:
        kind: The argument of lm_eval's `hf` model that it stands for: peft or pretrained.
        folder: Of the adapter or the checkpoint.
        digest: Sha256 of its files, in hex.
        maker: Who made it, for messages.
    """

    kind: str
    folder: Path
    digest: str
    maker: str


@dataclass(frozen=True)
class Recall:
    """What an arm recalls for one question.

    Attributes:
        texts: What the prompt shows, an item a line.
        event_ids: Of these items; None for one that is no event's text.
        ranked: Ids of events by rank, best first; None if nothing was ranked.
        retrieval_s: Seconds that the search took; None without one.
        flops: FLOPs of the search; None if unknown.
        store: The store that was asked.
        calls: Of a language model, to recall; None if unknown.
        tokens: Of these calls.
        recalled: Items that were recalled.
        foreign: Those of another scope.
        resurrected: Those of deleted events.
        write_s: The question's share of the seconds that telling took, where `replay` is None.
        told: Digest of the events that the model itself was told; None for other arms.
        replay: What the memory made of the store; None for the oracle.
        weights: What changes the model's weights for the question; None for its own.
        sleeps: What the memory made of each moment of the store in each cycle of sleep.
        scopes: Values of the stores that share a folder; None if the store is alone there.
    """

    texts: list[str]
    event_ids: list[str | None]
    store: Store
    ranked: list[str] | None = None
    retrieval_s: float | None = None
    flops: float | None = None
    calls: int | None = None
    tokens: int | None = None
    recalled: int = 0
    foreign: int = 0
    resurrected: int = 0
    write_s: float | None = None
    told: str | None = None
    replay: Replay | None = None
    weights: Weights | None = None
    sleeps: Sequence[Slept] = ()
    scopes: ScopeValues | None = None

    def share_shown(self, evidence: Sequence[str]) -> float | None:
        """The share of the evidence that the prompt shows.

        Returns:
            None if there is no evidence, or it is not said which events texts are of.
        """
        if not evidence or None in self.event_ids:
            return None
        return len(set(evidence) & set(self.event_ids)) / len(evidence)


class Recaller(Protocol):
    """An arm at work."""

    def recalls(
        self, docs: Sequence[Mapping[str, Any]], *, quiet: bool
    ) -> Iterator[tuple[int, Recall]]:
        """Recall for questions.

        Args:
            docs: Dataset rows.
            quiet: Whether to show no progress.

        Yields:
            Position of a row, and what is recalled for it; in any order.
        """


class FromEvidence:
    """The oracle: shows the evidence alone, and is the only arm that looks at the key."""

    def recalls(
        self, docs: Sequence[Mapping[str, Any]], *, quiet: bool
    ) -> Iterator[tuple[int, Recall]]:
        """The events that entail the answer; none if there is no answer."""
        for position, doc in enumerate(docs):
            store, evidence = store_of(doc), set(doc["evidence"])
            visible = store.events[: doc["store_size"]]
            found = [event for event in visible if event.event_id in evidence]
            yield (
                position,
                Recall([e.text for e in found], [e.event_id for e in found], store),
            )


class ByReplay:
    """Tells a memory the events of the stores, and asks it the questions.

    Args:
        make: Makes the memory of a scope.
        options: Of the arm.
        keeper: Keeps written stores.
        count: Counts the tokens of a text.
        seed: Handed to the memories.
        scopes: Stores that share a folder.
        warn_as: What warnings call the memory; None warns of nothing.
        reopen: Whether to close and open memories between telling and asking.
    """

    def __init__(
        self,
        make: MakeMemory,
        options: Options,
        keeper: Keeper,
        count: Count,
        *,
        seed: int = 0,
        scopes: int = 1,
        reopen: bool = False,
        warn_as: str | None = None,
    ) -> None:
        self._warn_as = warn_as
        self._make, self._options, self._keeper, self._count = make, options, keeper, count
        self._scopes, self._seed, self._reopen = scopes, seed, reopen

    def recalls(
        self, docs: Sequence[Mapping[str, Any]], *, quiet: bool
    ) -> Iterator[tuple[int, Recall]]:
        """Store by store.

        Raises:
            PluginError: The memory misbehaves.
        """
        from tqdm import tqdm

        groups: dict[tuple[str, ...], list[Store]] = {}
        asked: dict[str, list[int]] = {}
        for position, doc in enumerate(docs):
            group = stores_with(doc, self._scopes)
            groups[tuple(store.id for store in group)] = group
            asked.setdefault(store_of(doc).id, []).append(position)
        every = [store for group in groups.values() for store in group]
        events = sum(len(store.events) for store in every)
        with (
            tqdm(total=events, desc="Writing", unit="event", disable=quiet) as writing,
            tqdm(total=len(docs), desc="Recalling", unit="question", disable=quiet) as recalling,
        ):
            replays: list[Replay] = []
            for group in groups.values():
                scopes = ScopeValues(group) if len(group) > 1 else None
                for store, made in zip(group, self._replays(group, writing.update), strict=True):
                    replays.append(made)
                    for position in asked.get(store.id, ()):
                        yield position, self.recall(store, made, docs[position], scopes)
                        recalling.update()
        if self._warn_as is not None:
            for warning in _warnings(replays):
                _log.warning("heinw: %s %s", self._warn_as, warning)

    def _replays(self, group: list[Store], advance: Callable[[int], object]) -> list[Replay]:
        told = 0

        def step(events: int) -> None:
            nonlocal told
            told += events
            advance(events)

        budget = self._options.budget()
        made = self._keeper.replays(
            group,
            lambda folder: replay(
                group,
                self._make,
                folder,
                budget,
                seed=self._seed,
                reopen=self._reopen,
                advance=step,
            ),
        )
        advance(sum(len(store.events) for store in group) - told)
        return made

    def is_kept(self, group: Sequence[Store]) -> bool:
        """Whether stores that share a folder are written already."""
        return self._keeper.has(group)

    def recall(
        self, store: Store, made: Replay, doc: Mapping[str, Any], scopes: ScopeValues | None = None
    ) -> Recall:
        """What the prompt of a question shows of what was recalled for it.

        Args:
            store: That the question is about.
            made: What the memory made of it.
            doc: Dataset row.
            scopes: Values of the stores that share its folder.
        """
        found = made.recalled[doc["id"]]
        is_ranked, ids = made.capabilities["ranked"], [item.event_id for item in found.items]
        # An event that a memory has split counts once.
        ranked = [id_ for id_ in dict.fromkeys(ids) if id_ is not None]
        knows_all = made.capabilities["provenance"] and None not in ids
        items = self._shown(store, found.items)
        return Recall(
            texts=[item.text for item in items],
            event_ids=[item.event_id for item in items],
            store=store,
            ranked=ranked if is_ranked and knows_all else None,
            retrieval_s=found.seconds if is_ranked else None,
            flops=found.flops,
            calls=found.calls,
            tokens=found.tokens,
            recalled=len(found.items),
            foreign=found.foreign,
            resurrected=found.resurrected,
            replay=made,
            scopes=scopes,
        )

    def _shown(self, store: Store, items: Sequence[RecalledItem]) -> list[RecalledItem]:
        """The best items that the prompt has room for: events in time order, if all are events."""
        budget: Budget = self._options.budget()
        best = list(items[: self._options.shown])
        if budget.tokens is not None:
            while best and self._count(block([item.text for item in best])) > budget.tokens:
                best.pop()
        if any(item.event_id is None for item in best):
            return best
        order = {event.event_id: position for position, event in enumerate(store.events)}
        return sorted(best, key=lambda item: order.get(item.event_id or "", len(order)))


def _warnings(replays: Sequence[Replay]) -> Iterator[str]:
    """What makes all scores of a memory doubtful."""
    told = sum(len(made.written) for made in replays)
    if told and not any(event.stored for made in replays for event in made.written):
        yield f"stored none of the {told} events that it was told"
    asked = [found for made in replays for found in made.recalled.values()]
    if asked and not any(found.items for found in asked):
        yield f"recalled nothing for any of {len(asked)} questions"
    lost = sum(made.lost or 0 for made in replays)
    if lost:
        yield f"lost {lost} of {told} events that it had acknowledged"
    kept = sum(made.forgotten.on_disk or 0 for made in replays)
    if kept:
        yield f"left the text of {kept} deleted events in its files"
