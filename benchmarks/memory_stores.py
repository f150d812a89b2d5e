"""What memories cost to write and to ask, and what is left of what they were asked to forget.

    python -m benchmarks.memory_stores --args embedder=FOLDER --n 50 mem0 langgraph

Each world of scenario A is told to a memory of its own, and its questions are asked. Every tenth
event asks to forget the one before it. Then the worlds are told again, two to a folder.

- Resurrected: recalled items whose event was deleted before. Held: deleted events whose text the
  files still hold, byte for byte, after the memory closed.
- Foreign: recalled items of the other world in the folder.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import Cell, Tables, parser, run
from generators.datasets.source import config_from
from generators.datasets.tables import build
from hei_nw_tasks.memory.options import RANKING_DEPTH, MemoryOptions
from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.protocol import Budget
from hei_nw_tasks.memory.replay import replay
from hei_nw_tasks.memory.replayed import Replay
from hei_nw_tasks.memory.stores import Store
from hei_nw_tasks.memory.systems import made_with

MEMORIES = ("mem0", "langgraph")
EVERY = 10


def stores_of_a(n: int) -> list[Store]:
    """The worlds of a dataset of `n` questions, with wishes to forget."""
    stores = []
    for world in build("A", config_from("A", {"n": n})).worlds:
        events = list(world.store(len(world.events)))
        for number in range(EVERY, len(events), EVERY):
            forgets = (events[number - 1].event_id,)
            events[number] = events[number]._replace(forgets=forgets)
        stores.append(Store(world.world_id, events, list(world.questions)))
    return stores


def told(name: str, make: Callable[[], Any], stores: Sequence[Store], scopes: int) -> list[Replay]:
    """Tell and ask the memories of all stores, so many to a folder."""

    def plugged(known: set[str]) -> PluggedMemory:
        return PluggedMemory(name, make, known=known)

    made, left = [], iter(stores)
    while group := list(islice(left, scopes)):
        with tempfile.TemporaryDirectory() as folder:
            made += replay(group, plugged, Path(folder), Budget(RANKING_DEPTH))
    return made


def row(name: str, make: Callable[[], Any], stores: Sequence[Store]) -> dict[str, Cell]:
    """Measure one memory."""
    alone, shared = told(name, make, stores, 1), told(name, make, stores, 2)
    events = sum(len(store.events) for store in stores)
    asked = [found for made in alone for found in made.recalled.values()]
    p50, p95 = np.percentile([1e3 * found.seconds for found in asked], [50, 95])
    held = [made.forgotten.on_disk for made in alone]
    in_pairs = [found for made in shared for found in made.recalled.values()]
    return {
        "memory": name,
        "events": events,
        "write (ms an event)": 1e3 * sum(made.seconds for made in alone) / events,
        "recall p50 (ms)": float(p50),
        "recall p95 (ms)": float(p95),
        "bytes an event": sum(made.bytes or 0 for made in alone) / events,
        "lost": sum(made.lost or 0 for made in alone),
        "deleted": sum(made.forgotten.deleted for made in alone),
        "resurrected": sum(found.resurrected for found in asked),
        "held": None if None in held else sum(number or 0 for number in held),
        "foreign": sum(found.foreign for found in in_pairs),
    }


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill the table."""
    stores = stores_of_a(options.n)
    for name in options.memories or MEMORIES:
        given = MemoryOptions(memory=name, memory_args=options.args).memory_args
        tables.add("Scenario A", row(name, made_with(name, given), stores))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; return its exit code."""
    made = parser(__doc__)
    made.add_argument("memories", nargs="*", metavar="MEMORY", help="a name, or module:Class")
    made.add_argument("--args", default="", help="of each memory: name=value;name=value")
    made.add_argument("--n", type=int, default=50, help="questions")
    options = made.parse_args(argv)
    if options.quick:
        options.n = 10
    return run(measure, options)


if __name__ == "__main__":
    sys.exit(main())
