"""The memory that is checked: told worlds like in a run, in folders of its own.

subject = Subject("mine:Notebook", {}, timeout_s=60, seed=0)
subject.recalled(world) -> {"7be2…-32": ["On 7 October …", …], …}
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generators.records import World
from hei_nw_tasks.memory.conformance.words import marks
from hei_nw_tasks.memory.conformance.worlds import NAMES, small_world, store_of_world, without_key
from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.protocol import Budget, Episode, Item, Written
from hei_nw_tasks.memory.replay import replay
from hei_nw_tasks.memory.replayed import Replay
from hei_nw_tasks.memory.stores import registered
from hei_nw_tasks.memory.systems import asks_for_model, made_with
from hei_nw_tasks.plugins import PluginError

# What is recalled of a world, by the id of the question.
Texts = dict[str, list[str]]
BUDGET = Budget(10)


@dataclass
class Subject:
    """A memory under check.

    Attributes:
        name: Of the memory, or module:Class.
        arguments: What its class is called with.
        timeout_s: Most seconds of a call.
        seed: Of the worlds.
    """

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    timeout_s: float = 600.0
    seed: int = 0
    _worlds: dict[str, World] = field(default_factory=dict, init=False, repr=False)
    _replays: dict[str, Replay] = field(default_factory=dict, init=False, repr=False)

    def world(self, name: str) -> World:
        """A world without its key; nothing is registered while a memory is told it."""
        if name not in self._worlds:
            self._worlds[name] = without_key(small_world(name, self.seed))
        return self._worlds[name]

    def replayed(self, name: str) -> Replay:
        """What the memory makes of a world, asked in the middle and at the end."""
        if name not in self._replays:
            (self._replays[name],) = self.replay([self.world(name)])
        return self._replays[name]

    def replays(self) -> list[Replay]:
        """What it makes of all worlds."""
        return [self.replayed(name) for name in NAMES]

    @property
    def can(self) -> dict[str, bool]:
        """What it can do, by name."""
        return self.replayed("episodes").capabilities

    @property
    def is_silent(self) -> bool:
        """Whether it recalls nothing for any question."""
        return not any(any(texts_of(self.replayed(name)).values()) for name in NAMES)

    @cached_property
    def is_steady(self) -> bool:
        """Whether it recalls the same when it is told the same again."""
        return self.recalled(self.world("episodes")) == texts_of(self.replayed("episodes"))

    @cached_property
    def _model(self) -> Any:
        """The embedded reader, for memories that ask a model."""
        from lm_eval.models.huggingface import HFLM

        from hei_nw_tasks.reader import checkpoint

        return HFLM(pretrained=str(checkpoint()), device="cpu")

    def memory(self, known: set[str] | None = None) -> PluggedMemory:
        """A new memory of its class."""
        make = made_with(self.name, self.arguments)
        made = PluggedMemory(f"memory={self.name!r}", make, self.timeout_s, known)
        if asks_for_model(self.name, self.arguments):
            made.use_model(self._model)
        return made

    def replay(
        self, worlds: Sequence[World], *, reopen: bool = False, visible: Sequence[World] = ()
    ) -> list[Replay]:
        """What it makes of worlds that share a folder.

        Args:
            worlds: To be told.
            reopen: Whether it is closed and opened between telling and asking.
            visible: Worlds that are registered meanwhile, as those of a dataset are.
        """
        stores = [store_of_world(world) for world in worlds]
        with registered(visible), folder_of_its_own() as folder:
            return replay(stores, self.memory, folder, BUDGET, reopen=reopen)

    def recalled(self, world: World, **options: Any) -> Texts:
        """The texts that it recalls."""
        return texts_of(self.replay([world], **options)[0])

    @contextmanager
    def session(self, world: World, folder: Path | None = None) -> Iterator[Session]:
        """A memory that is open for a world.

        Args:
            world: Names the scope.
            folder: Of the memory; None for a new one.
        """
        with folder_of_its_own() as temporary, registered(()):
            memory = self.memory({event.event_id for event in world.events})
            try:
                memory.open(world.world_id, folder or temporary, 0)
                yield Session(world, memory, folder or temporary)
                memory.close()
            finally:
                memory.end()

    def elsewhere(self, job: Callable[..., Any], *given: Any) -> Any:
        """What a job gives in another process, which ends at once when it is done.

        Args:
            job: A function of a module.
            given: What it gets, after a subject like this one.

        Raises:
            PluginError: The memory misbehaves there, or ends the process.
        """
        # Importing it gives the running program a second name.
        import multiprocessing

        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe(duplex=False)
        same = Subject(self.name, self.arguments, self.timeout_s, self.seed)
        child = context.Process(target=_run, args=(there, job, same, given), daemon=True)
        child.start()
        there.close()
        try:
            # Its calls have their limits there, too.
            value, error = here.recv()
        except EOFError:
            value, error = None, f"memory={self.name!r} ends the process that it is told in"
        finally:
            child.kill()
            child.join()
        if error is not None:
            raise PluginError(error)
        return value


@dataclass
class Session:
    """An open memory, and the world that it is for."""

    world: World
    memory: PluggedMemory
    folder: Path

    @cached_property
    def marks(self) -> dict[str, set[str]]:
        """The names that tell each event from all others, by its id."""
        return marks({event.event_id: event.text for event in self.world.events})

    def episodes(self) -> list[Episode]:
        """The events of the world as a memory is told them."""
        return store_of_world(self.world).episodes()

    def tell(self, times: int = 1) -> dict[str, Written]:
        """Tell it all events; returns what became of each by its id."""
        written = {}
        for episode in self.episodes():
            for _ in range(times):
                written[episode.id] = self.memory.write(episode)
        self.memory.flush()
        return written

    def ask(self, query: str, budget: Budget = BUDGET) -> list[Item]:
        """What it recalls at the end of the world."""
        last = datetime.combine(self.world.events[-1].date, time.max, UTC)
        return [*self.memory.recall(query, last, budget).items]

    def again(self) -> None:
        """Close it, and open another one on the folder."""
        self.memory.close()
        self.memory.reopen()


def texts_of(replay: Replay) -> Texts:
    """The texts of a replay."""
    return {id_: [item.text for item in found.items] for id_, found in replay.recalled.items()}


@contextmanager
def folder_of_its_own() -> Iterator[Path]:
    """A folder that goes afterwards."""
    with TemporaryDirectory(prefix="heinw-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _run(pipe: Any, job: Callable[..., Any], subject: Subject, arguments: tuple[Any, ...]) -> None:
    try:
        pipe.send((job(subject, *arguments), None))
    except Exception as error:
        pipe.send((None, str(error)))
    pipe.close()
    # As a process ends that is killed: nothing is closed, no buffer is written.
    os._exit(0)
