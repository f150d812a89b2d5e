"""What a memory costs by the number of events: to write, to keep, to recall, to forget.

    python -m benchmarks.memory_growth                       # episodic, 100 to 100,000 events
    python -m benchmarks.memory_growth --memory mem0 --events 100,1000

The events are those of one log of scenario D, written one by one as a replay does, and flushed at
the end; the queries are its questions, asked at the log's end for the best ten. "After a write" is
a recall right after one more event, for which a memory may have to read anew what it had at hand;
"forget" is to delete one event and to flush. A ratio compares the time per event, or of a recall
per event in the store, with the row before: 1 is linear, less is better than that.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.measuring import Cell, Tables, parser, run, sizes
from benchmarks.memory_kills import arguments
from benchmarks.retrieval import log_and_queries
from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.protocol import Budget, Episode
from hei_nw_tasks.memory.systems import made_with

_START, _END = datetime(2024, 5, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_FORGET = 5


def timed(call: Callable[[int], object], times: int) -> list[float]:
    """Milliseconds of each call."""
    taken = []
    for number in range(times):
        begun = time.perf_counter()
        call(number)
        taken.append(1e3 * (time.perf_counter() - begun))
    return taken


def episodes(texts: Sequence[str]) -> list[Episode]:
    """Events, a second apart."""
    return [
        Episode(f"{number:016x}", text, _START + timedelta(seconds=number), "ada")
        for number, text in enumerate(texts)
    ]


def measured(options: argparse.Namespace, events: int, folder: Path) -> dict[str, float]:
    """The figures of one size."""
    log, queries = log_and_queries(events)
    extra = len(queries)
    told = episodes([*log.texts, *log.texts[:extra]])
    memory = PluggedMemory(
        f"memory={options.memory!r}", made_with(options.memory, options.memory_args)
    )
    memory.open("ada", folder, 0)
    begun = time.perf_counter()
    names = [memory.write(event).refs for event in told[:events]]
    memory.flush()
    seconds = time.perf_counter() - begun
    held = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    def recall(number: int) -> None:
        memory.recall(queries[number % len(queries)], _END, Budget(10))

    def recall_after_a_write() -> list[float]:
        taken = []
        for number, event in enumerate(told[events:]):
            memory.write(event)
            taken += timed(lambda _, number=number: recall(number), 1)  # type: ignore[misc]
        return taken

    def forget(number: int) -> None:
        for ref in names[number]:
            memory.delete(ref)
        memory.flush()

    fresh = recall_after_a_write()
    again = timed(recall, 2 * len(queries))
    forgotten = timed(forget, _FORGET) if memory.capabilities.delete else []
    memory.close()
    memory.end()
    return {
        "write (s)": seconds,
        "bytes per event": held / events,
        "recall p50 (ms)": float(np.percentile(again, 50)),
        "p95": float(np.percentile(again, 95)),
        "after a write p50": float(np.percentile(fresh, 50)),
        "p95 ": float(np.percentile(fresh, 95)),
        **({"forget p50 (ms)": float(np.percentile(forgotten, 50))} if forgotten else {}),
    }


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill the table."""
    before: tuple[int, dict[str, float]] | None = None
    for events in options.events:
        with tempfile.TemporaryDirectory() as scratch:
            found = measured(options, events, Path(scratch))
        row: dict[str, Cell] = {"events": events, **found}
        for name, label in (("write (s)", "write"), ("p95 ", "recall after a write")):
            row[f"{label}, ratio"] = None
            if before is not None:
                growth = events / before[0]
                row[f"{label}, ratio"] = found[name] / before[1][name] / growth
        tables.add(f"Events in {options.memory}", row)
        before = events, found


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; return its exit code."""
    made = parser(__doc__)
    made.add_argument("--memory", default="episodic", help="name, or module:Class")
    made.add_argument("--memory-args", type=arguments, default={}, help="JSON (default: {})")
    made.add_argument("--events", type=sizes, default=[100, 1_000, 10_000, 100_000])
    options = made.parse_args(argv)
    if options.quick:
        options.events = [100]
    return run(measure, options)


if __name__ == "__main__":
    sys.exit(main())
