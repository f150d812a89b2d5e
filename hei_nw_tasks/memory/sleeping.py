"""The arms of modes B2 and B3: memories sleep, and the weights that they make answer.

    for position, recall in BySleep(…).recalls([doc, …]):
        recall.weights -> Weights(kind="peft", folder=Path(".../sleeps/01d9…/adapter"), …)

A memory is told the events of a store. At each moment of asking it is closed, and a copy of its
folder put by. Each copy sleeps on its own, one cycle after the other, so that

- the weights for a question hold nothing that was told after its moment,
- what happens at one moment of asking has no influence on another one,
- cycle 3 goes on from what cycle 2 has left, whichever process made it.

Mode B2 asks the memory after it has slept, B3 does not ask it at all. For drift, B3 shows the
evidence instead, and the weights of another world read it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.memory.baselines import Count
from hei_nw_tasks.memory.keeping import Keeper, digest_of, files_below
from hei_nw_tasks.memory.options import SleepOptions
from hei_nw_tasks.memory.protocol import SleepBudget
from hei_nw_tasks.memory.recalling import ByReplay, FromEvidence, Recall, Weights
from hei_nw_tasks.memory.replay import MakeMemory, naming, recalled_now, replay
from hei_nw_tasks.memory.replayed import RecalledNow, Replay, Slept
from hei_nw_tasks.memory.stores import Store, store_of

_NOTHING = RecalledNow(items=[], seconds=0.0, calls=0, tokens=0, flops=None)


class BySleep:
    """Tells memories the events of the stores, and lets them sleep before each moment of asking.

    Args:
        make: Makes the memory of a scope.
        options: Of the arm.
        identity: All that a store depends on, see `Keeper`.
        count: Counts the tokens of a text.
        model: Of lm_eval; memories train a change of its weights. Its `prompt_of` says how it is
            asked about a store.
        model_identity: Tells it from others.
        asks: Whether the memory is asked, too (mode B2).
    """

    def __init__(
        self,
        make: MakeMemory,
        options: SleepOptions,
        identity: Mapping[str, Any],
        count: Count,
        model: Any,
        model_identity: str,
        *,
        asks: bool,
    ) -> None:
        with suppress(ImportError):  # said by whoever needs it
            import_module("peft")  # takes seconds, which are not the memory's
        self._make, self._options, self._asks = make, options, asks
        self._model, self._name = model, f"memory={options.memory!r}"
        self._known = {
            "model": model_identity,
            "sleep_tokens": options.sleep_tokens,
            "sleep_flops": options.sleep_flops,
        }
        # Weights are needed until the questions are answered.
        self._temporary = None
        if (folder := options.memory_folder) is None:
            self._temporary = TemporaryDirectory(prefix="heinw-", ignore_cleanup_errors=True)
            folder = self._temporary.name
        self._keeper = Keeper(folder, {**identity, "asked": "asleep"})
        self._recalled = ByReplay(
            make, options, self._keeper, count, seed=options.memory_seed, warn_as=None
        )

    def recalls(
        self, docs: Sequence[Mapping[str, Any]], *, quiet: bool
    ) -> Iterator[tuple[int, Recall]]:
        """Store by store, when the memory has slept at each of its moments.

        Raises:
            PluginError: The memory misbehaves, or cannot sleep.
            ConfigError: Drift is asked for, and there is no other world.
        """
        from tqdm import tqdm

        stores, asked = dict[str, Store](), dict[str, list[int]]()
        for position, doc in enumerate(docs):
            store = store_of(doc)
            stores[store.id] = store
            asked.setdefault(store.id, []).append(position)
        moments = {
            id_: sorted({docs[position]["store_size"] for position in positions})
            for id_, positions in asked.items()
        }
        sleeps = sum(map(len, moments.values())) * self._options.cycle
        with tqdm(total=sleeps, desc="Sleeping", unit="cycle", disable=quiet) as progress:
            for store, other in _with_others(list(stores.values()), self._options.drift):
                made = self._told(other)
                slept = {
                    size: self._slept(other, size, progress.update) for size in moments[other.id]
                }
                every = [cycle for cycles in slept.values() for cycle, _ in cycles]
                for position in asked[store.id]:
                    doc = docs[position]
                    if self._options.drift:
                        ((_, shown),) = FromEvidence().recalls([doc], quiet=True)
                        weights = self._weights(*slept[max(slept)][-1])
                        yield position, replace(shown, weights=weights)
                        continue
                    last, folder = slept[doc["store_size"]][-1]
                    yield position, self._recall(store, made, doc, last, folder, every)

    def _told(self, store: Store) -> Replay:
        """What the memory made of a store; its folders at each moment are kept beside it."""

        def write(folder: Path) -> list[Replay]:
            memory = folder / "memory"
            memory.mkdir()
            return replay(
                [store],
                self._make,
                memory,
                self._options.budget(),
                seed=self._options.memory_seed,
                reopen=True,
                before_asking=lambda size: shutil.copytree(memory, _at(folder, size)),
            )

        (made,) = self._keeper.replays([store], write)
        return made

    def _slept(
        self, store: Store, size: int, advance: Callable[[], object]
    ) -> list[tuple[Slept, Path]]:
        """The cycles of sleep at a moment, each with its folder."""
        cycles: list[tuple[Slept, Path]] = []
        for cycle in range(1, self._options.cycle + 1):
            before = cycles[-1] if cycles else None

            def sleep(
                folder: Path, cycle: int = cycle, before: tuple[Slept, Path] | None = before
            ) -> Slept:
                from_ = _at(self._keeper.folder_of([store]), size) if before is None else before[1]
                shutil.copytree(from_, folder, dirs_exist_ok=True)
                return self._sleep(store, size, cycle, folder, before and before[0].artefact)

            prompt = asdict(self._model.prompt_of(store.id))
            known = {**self._known, "told": size, "cycle": cycle, "prompt": prompt}
            cycles.append(self._keeper.slept(store, known, sleep))
            advance()
        return cycles

    def _sleep(
        self,
        store: Store,
        size: int,
        cycle: int,
        folder: Path,
        previous: Mapping[str, str] | None,
    ) -> Slept:
        """Let the memory of a folder sleep, and ask it the questions of its moment."""
        options, told = self._options, store.events[:size]
        own = {event.event_id for event in told}
        memory = self._make(set(own))
        try:
            with naming(f"world {store.id!r}, cycle {cycle}"):
                memory.open(store.id, folder, options.memory_seed)
                start = time.perf_counter()
                made = memory.consolidate(
                    SleepBudget(options.sleep_tokens, options.sleep_flops),
                    self._model,
                    cycle,
                    previous,
                    self._model.prompt_of(store.id),
                )
                seconds = time.perf_counter() - start
            can_delete = memory.capabilities.delete
            deleted = {id_ for event in told for id_ in event.forgets} if can_delete else set()
            ids = {event.text: event.event_id for event in told}
            recalled = {
                question.id: recalled_now(memory, question, options.budget(), ids, own, deleted)
                for question in store.questions
                if question.store_size == size
            }
            with naming(f"world {store.id!r}"):
                memory.close()
        finally:
            memory.end()
        artefact: Any = made.artefact
        files = [file for path in (artefact or {}).values() for file in files_below(folder / path)]
        digest = digest_of(folder, artefact)
        return Slept(
            told=size,
            cycle=cycle,
            artefact=artefact,
            digest=digest,
            bytes=sum(file.stat().st_size for file in files) if files else None,
            seconds=seconds,
            trained_tokens=made.tokens,
            trained_flops=made.flops,
            replayed=None if made.replayed is None else dict(made.replayed),
            learnt=made.learnt,
            calls=made.usage.calls,
            tokens=made.usage.tokens,
            recalled=recalled,
        )

    def _recall(
        self,
        store: Store,
        made: Replay,
        doc: Mapping[str, Any],
        last: Slept,
        folder: Path,
        every: Sequence[Slept],
    ) -> Recall:
        found = last.recalled if self._asks else {doc["id"]: _NOTHING}
        now = made.model_copy(update={"recalled": found})
        weights = self._weights(last, folder)
        recall = replace(self._recalled.recall(store, now, doc), weights=weights, sleeps=every)
        return recall if self._asks else replace(recall, ranked=None, retrieval_s=None)

    def _weights(self, slept: Slept, folder: Path) -> Weights | None:
        """What a cycle of sleep made; None if it changed nothing."""
        if slept.artefact is None:
            return None
        ((kind, path),) = slept.artefact.items()
        return Weights(kind, folder / path, slept.digest or "", self._name)


def _with_others(stores: Sequence[Store], drift: str | None) -> Iterator[tuple[Store, Store]]:
    """Each store with the one whose weights answer: its own, or for drift one of another world.

    Raises:
        ConfigError: There is no other world.
    """
    if not drift:
        yield from zip(stores, stores, strict=True)
        return
    worlds: dict[str, list[Store]] = {}
    for store in stores:
        worlds.setdefault(store.events[0].world_id, []).append(store)
    if len(worlds) < 2:
        raise ConfigError(
            f"drift={drift}: the weights of a world are asked about another one "
            "→ ask about two worlds or more"
        )
    others = [*worlds.values()]
    for own, other in zip(others, [others[-1], *others[:-1]], strict=True):
        for place, store in enumerate(own):
            # In scenario D, a world has a store of each size.
            yield store, other[min(place, len(other) - 1)]


def _at(folder: Path, size: int) -> Path:
    """Where the memory is put by at a moment."""
    return folder / f"told-{size}"
