"""What a memory costs by the number of events: to write, to keep, to recall, to forget.

    python -m benchmarks.memory_growth                       # episodic, 100 to 100,000 events
    python -m benchmarks.memory_growth --memory mem0 --events 100,1000

The events are those of one log of scenario D, written one by one as a replay does, and flushed at
the end; the queries are its questions, asked at the log's end for the best ten. "After a write" is
a recall right after one more event, for which a memory may have to read anew what it had at hand;
"forget" is to delete one event and to flush. CPU is that of all threads, which other processes
disturb less than the time. Growth is how many times as much CPU writing, or all recalls after a
write, took as in the row before; ten times the events make 10 if it is linear, and less is better.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

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


def quantiles(taken: Sequence[float]) -> str:
    """The median and the 95th percentile."""
    p50, p95 = np.percentile(taken, [50, 95])
    return f"{p50:.1f} / {p95:.1f}"


def episodes(texts: Sequence[str]) -> list[Episode]:
    """Events, a second apart."""
    return [
        Episode(f"{number:016x}", text, _START + timedelta(seconds=number), "ada")
        for number, text in enumerate(texts)
    ]


class Measured(NamedTuple):
    """The figures of one size: seconds, CPU seconds, bytes, and milliseconds of each call."""

    write_s: float
    write_cpu: float
    held: int
    after_a_write: list[float]
    after_cpu: float
    again: list[float]
    forget: list[float]


def measured(options: argparse.Namespace, events: int, folder: Path) -> Measured:
    """Write so many events, recall, and forget some."""
    log, queries = log_and_queries(events)
    told = episodes([*log.texts, *log.texts[: len(queries)]])
    memory = PluggedMemory(
        f"memory={options.memory!r}", made_with(options.memory, options.memory_args)
    )
    memory.open("ada", folder, 0)
    begun, cpu = time.perf_counter(), time.process_time()
    names = [memory.write(event).refs for event in told[:events]]
    memory.flush()
    write_s, write_cpu = time.perf_counter() - begun, time.process_time() - cpu
    held = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    def recall(number: int) -> None:
        memory.recall(queries[number % len(queries)], _END, Budget(10))

    def forget(number: int) -> None:
        for ref in names[number]:
            memory.delete(ref)
        memory.flush()

    after, after_cpu = [], 0.0
    for number, event in enumerate(told[events:]):
        memory.write(event)
        cpu = time.process_time()
        after += timed(lambda _, number=number: recall(number), 1)  # type: ignore[misc]
        after_cpu += time.process_time() - cpu
    again = timed(recall, 2 * len(queries))
    forgotten = timed(forget, _FORGET) if memory.capabilities.delete else []
    memory.close()
    memory.end()
    return Measured(write_s, write_cpu, held, after, after_cpu / len(queries), again, forgotten)


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill the table."""
    before: Measured | None = None
    for events in options.events:
        with tempfile.TemporaryDirectory() as scratch:
            found = measured(options, events, Path(scratch))
        row: dict[str, Cell] = {
            "events": events,
            "write (s)": found.write_s,
            "CPU (s)": found.write_cpu,
            "growth": found.write_cpu / before.write_cpu if before else None,
            "bytes per event": found.held / events,
            "recall p50 / p95 (ms)": quantiles(found.again),
            "after a write p50 / p95 (ms)": quantiles(found.after_a_write),
            "CPU (ms)": 1e3 * found.after_cpu,
            "growth ": found.after_cpu / before.after_cpu if before else None,
            "forget p50 / p95 (ms)": quantiles(found.forget) if found.forget else None,
        }
        tables.add(f"Events in {options.memory}", row)
        before = found


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
