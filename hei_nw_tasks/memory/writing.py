"""Writes the stores of a run before it, so that the evaluation finds them in `memory_folder`.

    python -m hei_nw_tasks.memory write --scenario A --n 64 \
        --model_args pretrained=CKPT,memory=episodic,memory_folder=stores

takes the model's arguments as lm_eval does, and loads no model. The work can be split: part r of W
writes every W-th folder of stores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.memory.options import MemoryOptions
from hei_nw_tasks.memory.recallers import by_memory
from hei_nw_tasks.memory.recalling import ByReplay
from hei_nw_tasks.memory.stores import Store, stores_with
from hei_nw_tasks.memory.systems import asks_for_model

Docs = list[Mapping[str, Any]]


@dataclass(frozen=True)
class Work:
    """The stores of a run in mode B1.

    Attributes:
        letter: Scenario.
        settings: Of its questions, as for lm_eval's `--metadata`.
        arguments: Of the model, by name, as for lm_eval's `--model_args`.
    """

    letter: str
    settings: Mapping[str, Any]
    arguments: Mapping[str, Any]

    def options(self) -> MemoryOptions:
        """Of the memory.

        Raises:
            ConfigError: The arguments name no memory that can be written without the model, or no
                folder that keeps what it writes.
        """
        from hei_nw_tasks.model.settings import split

        mode = self.arguments.get("mode", "B1")
        if mode != "B1":
            raise ConfigError(f"mode={mode!r}: only stores of B1 are written before a run")
        settings, _ = split({**self.arguments, "mode": mode})
        options = settings.options
        if not isinstance(options, MemoryOptions):
            raise TypeError(f"{settings} are not of B1")
        if options.memory_folder is None:
            raise ConfigError(
                "memory_folder: is not given → add memory_folder=DIR to --model_args, here and in "
                "the evaluation"
            )
        if settings.memory_inside or asks_for_model(options.memory, options.memory_args):
            raise ConfigError(
                f"memory={options.memory!r}: needs the model that answers → let the evaluation "
                "write its stores"
            )
        return options

    @property
    def folder(self) -> Path:
        """Where stores are kept."""
        return Path(self.options().memory_folder or "").expanduser()

    def write(self, rank: int = 0, world_size: int = 1, *, quiet: bool = True) -> int:
        """Write a part of the stores; those that are kept already are not written again.

        Args:
            rank: Of the part, from 0.
            world_size: Number of parts.
            quiet: Whether to show no progress.

        Returns:
            The number of stores.

        Raises:
            HeinwError: The work cannot be done, or the memory misbehaves.
        """
        memory, groups = self._prepared()
        mine = groups[rank::world_size]
        docs = [doc for _, asked in mine for doc in asked]
        for _ in memory.recalls(docs, quiet=quiet):
            pass
        return sum(len(stores) for stores, _ in mine)

    def kept(self, world_size: int) -> set[int]:
        """The parts that have nothing to write."""
        memory, groups = self._prepared()
        return {
            rank
            for rank in range(world_size)
            if all(memory.is_kept(stores) for stores, _ in groups[rank::world_size])
        }

    def _prepared(self) -> tuple[ByReplay, list[tuple[list[Store], Docs]]]:
        """The memory, and the stores of each folder with their questions."""
        from hei_nw_tasks.task import load_dataset

        options = self.options()
        memory = by_memory(options, lambda text: 0, None, "")
        if not isinstance(memory, ByReplay):
            raise TypeError(f"{memory} writes no stores")
        found: dict[tuple[str, ...], tuple[list[Store], Docs]] = {}
        for doc in load_dataset(self.letter, **{**self.arguments, **self.settings})["test"]:
            stores = stores_with(doc, options.scopes)
            found.setdefault(tuple(store.id for store in stores), (stores, []))[1].append(doc)
        return memory, list(found.values())
