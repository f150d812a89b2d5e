"""Tells memories their events one by one, and asks them each question at its moment.

    replay([store], make, folder, budget, …) -> [Replay(recalled={"7be2…": RecalledNow(…)}, …)]

A memory is told what precedes a question, asked, and told more: it cannot look ahead. All questions
of a store are asked, whichever of them lm_eval wants to have answered, so that what is recalled
depends neither on `--limit` nor on which process asks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.protocol import Budget, Usage
from hei_nw_tasks.memory.replayed import (
    Forgotten,
    RecalledItem,
    RecalledNow,
    Replay,
    WrittenEvent,
)
from hei_nw_tasks.memory.stores import Store, moment
from hei_nw_tasks.plugins import PluginError

if TYPE_CHECKING:
    from generators.records import Question

# Makes the memory of a scope; it gets the set of the ids that memories of its folder were told.
MakeMemory = Callable[[set[str]], PluggedMemory]
Advance = Callable[[int], object]


def replay(
    stores: Sequence[Store],
    make: MakeMemory,
    folder: Path,
    budget: Budget,
    *,
    seed: int = 0,
    reopen: bool = False,
    advance: Advance = lambda events: None,
    before_asking: Callable[[int], object] = lambda size: None,
) -> list[Replay]:
    """Tell a memory the events of stores, and ask it their questions.

    Several stores share the folder under scopes of their own: all of them get their first events,
    then all are asked their first questions, and so on.

    Args:
        stores: Each becomes a scope.
        make: Makes the memory of a scope.
        folder: Of the memory, empty.
        budget: How much may be recalled.
        seed: Handed to the memories.
        reopen: Whether to close and open a memory between telling and asking. It is done for
            several stores in any case.
        advance: Called with the number of events told.
        before_asking: Called at each moment of the first store, with the number of events that it
            was told.

    Returns:
        One for each store.

    Raises:
        PluginError: A memory misbehaves, or cannot do what is asked of it; the message names store,
            event or question.
    """
    known: set[str] = set()
    sessions = [_Session(store, make(known), folder, seed) for store in stores]
    shared = len(sessions) > 1
    texts = {event.text: event.event_id for store in stores for event in store.events}
    try:
        for session in sessions:
            session.open()
            session.require(scopes=shared, reopen=shared or reopen)
        for turn in range(max(len(session.moments) for session in sessions)):
            for session in sessions:
                session.tell(turn, advance, close=shared or reopen)
            if turn < len(sessions[0].moments):
                before_asking(sessions[0].moments[turn])
            for session in sessions:
                session.ask(turn, budget, texts, close=shared or reopen)
        return [session.end(folder if not shared else None) for session in sessions]
    finally:
        for session in sessions:
            session.abandon()


class _Session:
    """The memory of one store while it is told and asked."""

    def __init__(self, store: Store, memory: PluggedMemory, folder: Path, seed: int) -> None:
        self.store, self.memory = store, memory
        self.moments = sorted({question.store_size for question in store.questions})
        self._folder, self._seed = folder, seed
        self._episodes = store.episodes()
        self._ids = {event.event_id for event in store.events}
        self._texts = {event.text: event.event_id for event in store.events}
        self._is_open = False
        self._written: list[WrittenEvent] = []
        self._recalled: dict[str, RecalledNow] = {}
        self._refs: dict[str, tuple[str, ...]] = {}
        self._deleted: set[str] = set()
        self._gone: set[str] = set()
        self._to_forget: set[str] = set()
        self._seconds, self._usage = 0.0, Usage(0, 0, 0.0)

    def open(self) -> None:
        with naming(f"world {self.store.id!r}"):
            self.memory.open(self.store.id, self._folder, self._seed)
        self._is_open = True

    def require(self, *, scopes: bool, reopen: bool) -> None:
        """See that it can share its folder and be opened again, as far as it has to."""
        can = self.memory.capabilities
        if (scopes and not can.scopes) or (reopen and not can.reopen):
            what = "share a folder" if scopes and not can.scopes else "be opened again"
            raise PluginError(
                f"{self.memory.name}: cannot {what}, as its capabilities say → leave out "
                f"{'scopes' if scopes else 'reopen'}"
            )
        if reopen:
            self._close()

    def tell(self, turn: int, advance: Advance, *, close: bool) -> None:
        """Tell the events up to a moment."""
        if turn >= len(self.moments):
            return
        self._reopen()
        told, size = len(self._written), self.moments[turn]
        for event, episode in zip(
            self.store.events[told:size], self._episodes[told:size], strict=True
        ):
            with naming(f"event {event.event_id!r}"):
                start = time.perf_counter()
                given = self.memory.write(episode)
                self._seconds += time.perf_counter() - start
                self._forget(event.forgets)
            self._usage += given.usage
            self._written.append(
                WrittenEvent(event_id=event.event_id, stored=given.stored, score=given.score)
            )
            if given.stored:
                self._refs[event.event_id] = given.refs
            advance(1)
        with naming(f"world {self.store.id!r}"):
            start = time.perf_counter()
            self.memory.flush()
            self._seconds += time.perf_counter() - start
        if close:
            self._close()

    def ask(self, turn: int, budget: Budget, texts: Mapping[str, str], *, close: bool) -> None:
        """Ask the questions of a moment; `texts` has the ids of all events in the folder."""
        if turn >= len(self.moments):
            return
        self._reopen()
        ids = {**texts, **self._texts}
        for question in self.store.questions:
            if question.store_size != self.moments[turn]:
                continue
            self._recalled[question.id] = recalled_now(
                self.memory, question, budget, ids, self._ids, self._deleted
            )
        if close:
            self._close()

    def end(self, folder: Path | None) -> Replay:
        """Close the memory, and look at what it leaves.

        Args:
            folder: Of this memory alone; None if others share it.
        """
        self._reopen()
        with naming(f"world {self.store.id!r}"):
            refs, lost = self.memory.refs(), None
        if refs is not None:
            kept = {id_: own for id_, own in self._refs.items() if id_ not in self._deleted}
            lost = sum(refs.isdisjoint(own) for own in kept.values())
        self._close()
        capabilities = asdict(self.memory.capabilities)
        held = None if folder is None else _contents(folder)
        return Replay(
            store=self.store.id,
            written=self._written,
            seconds=self._seconds,
            **asdict(self._usage),
            bytes=None if held is None else sum(map(len, held)) or None,
            lost=lost,
            forgotten=Forgotten(
                asked=len(self._to_forget),
                deleted=len(self._deleted),
                on_disk=None if not held else self._left_in(held),
            ),
            recalled=self._recalled,
            capabilities=capabilities,
        )

    def abandon(self) -> None:
        """Let go of the memory, whatever state it is in."""
        with suppress(PluginError):
            if self._is_open:
                self._close()
        self.memory.end()

    def _forget(self, ids: Sequence[str]) -> None:
        self._to_forget.update(ids)
        if not ids or not self.memory.capabilities.delete:
            return
        for id_ in ids:
            # Memories that merge have one name for several events.
            for ref in self._refs.get(id_, ()):
                if ref not in self._gone:
                    self.memory.delete(ref)
                    self._gone.add(ref)
            self._deleted.add(id_)

    def _left_in(self, held: Sequence[bytes]) -> int:
        gone = [e.text.encode() for e in self.store.events if e.event_id in self._deleted]
        return sum(any(text in content for content in held) for text in gone)

    def _reopen(self) -> None:
        if not self._is_open:
            with naming(f"world {self.store.id!r}"):
                self.memory.reopen()
            self._is_open = True

    def _close(self) -> None:
        with naming(f"world {self.store.id!r}"):
            self.memory.close()
        self._is_open = False


def recalled_now(
    memory: PluggedMemory,
    question: Question,
    budget: Budget,
    ids: Mapping[str, str],
    own: Set[str],
    deleted: Set[str],
) -> RecalledNow:
    """What a memory recalls for a question.

    Args:
        memory: Is open.
        question: To be asked at its moment.
        budget: How much may be recalled.
        ids: Of all events in its folder, by their texts.
        own: Ids of the events of its scope.
        deleted: Those of them that it was told to delete.

    Raises:
        PluginError: It misbehaves; the message names the question.
    """
    with naming(f"question {question.id!r}"):
        start = time.perf_counter()
        found = memory.recall(question.query, moment(question), budget)
        seconds = time.perf_counter() - start
    of = [item.event_id or ids.get(item.text) for item in found.items]
    return RecalledNow(
        items=[
            RecalledItem(text=item.text, event_id=item.event_id, score=item.score)
            for item in found.items
        ],
        seconds=seconds,
        calls=found.usage.calls,
        tokens=found.usage.tokens,
        flops=found.usage.flops,
        foreign=sum(id_ is not None and id_ not in own for id_ in of),
        resurrected=sum(id_ in deleted for id_ in of),
    )


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Add what was being done to the message of a memory.

    Raises:
        PluginError: In place of the memory's own.
    """
    try:
        yield
    except PluginError as error:
        raise type(error)(f"{what}: {error}") from error


def _contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
