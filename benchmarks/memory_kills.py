"""Kills a process that writes to a memory, and counts what is gone.

    python -m benchmarks.memory_kills                        # 50 kills of episodic; two minutes
    python -m benchmarks.memory_kills --memory mem0 --memory-args '{"infer": false}'
    python -m benchmarks.memory_kills --memory mine:Notebook --acknowledged flush

A writer is a process of its own that writes event after event into one folder, and deletes one of
the earlier ones at each seventh if the memory can delete. An event is acknowledged when `write`
returns, or with `--acknowledged flush` when a `flush` after it does; a deletion when `flush` does.
The writer is killed (SIGKILL) at a random moment, and the next one goes on where it was.

After each kill the memory is opened again. Lost is an acknowledged event whose names are gone (as
`refs` tells), or one of the last twenty that is not recalled word for word by its own text.
Returned is a deleted one that is there again. Exits with 1 if there is any.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measuring import CHECKOUT, Tables, parser, run
from generators.errors import HeinwError
from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.protocol import Budget, Episode
from hei_nw_tasks.memory.systems import made_with

SCOPE = "ada"
_START = datetime(2024, 5, 1, tzinfo=UTC)
_END = datetime(2100, 1, 1, tzinfo=UTC)
# Each so many events one is deleted; so many of the last ones are recalled.
_DELETE, _RECALL = 7, 20
# Random names say nothing about the next one's text.
_SHELVES = 977


def event(number: int) -> Episode:
    """The event of a number."""
    text = f"Box b{number:06d} went to shelf {number * 7 % _SHELVES} of hall {number % 5}."
    return Episode(f"e{number}", text, _START + timedelta(minutes=number), SCOPE)


def opened(options: argparse.Namespace, known: Sequence[Episode] = ()) -> PluggedMemory:
    """The memory on the folder.

    Args:
        options: Of the command line.
        known: Events that it was told.
    """
    make = made_with(options.memory, options.memory_args)
    ids = {each.id for each in known}
    memory = PluggedMemory(f"memory={options.memory!r}", make, known=ids)
    memory.open(SCOPE, options.folder, 0)
    return memory


def write(options: argparse.Namespace) -> None:
    """Write events from a number on, without end; print what is acknowledged."""
    memory = opened(options)
    names: dict[int, tuple[str, ...]] = {}
    for number in range(options.write, sys.maxsize):
        written = memory.write(event(number))
        if options.acknowledged == "flush":
            memory.flush()
        names[number] = written.refs
        print(json.dumps(["written", number, written.refs]), flush=True)
        if number % _DELETE == 0 and number - 3 in names and memory.capabilities.delete:
            print(json.dumps(["deleting", number - 3, names[number - 3]]), flush=True)
            for ref in names[number - 3]:
                memory.delete(ref)
            memory.flush()
            print(json.dumps(["deleted", number - 3, names[number - 3]]), flush=True)


class Log:
    """What a memory has acknowledged over all kills.

    Attributes:
        written: Names of each event that should be there.
        deleted: Of each that should not. An event of which only its deletion's beginning is known
            may be there, or not.
        last: Number of the last event.
    """

    def __init__(self) -> None:
        self.written: dict[int, list[str]] = {}
        self.deleted: dict[int, list[str]] = {}
        self.last = -1

    def add(self, line: str) -> None:
        """Take note of a line of the writer's; one that was cut by the kill was not said."""
        if not line.endswith("\n"):
            return
        what, number, names = json.loads(line)
        self.last = max(self.last, number)
        if what == "written":
            self.written[number] = names
        elif what == "deleting":
            del self.written[number]
        else:
            self.deleted[number] = names


def killed(options: argparse.Namespace, log: Log, rng: random.Random) -> None:
    """Start a writer, and kill it at a moment after it has acknowledged something."""
    command = [sys.executable, "-m", "benchmarks.memory_kills", "--write", str(log.last + 2)]
    command += ["--memory", options.memory, "--memory-args", json.dumps(options.memory_args)]
    command += ["--folder", str(options.folder), "--acknowledged", options.acknowledged]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stderr is not None
        after = rng.randint(1, 40)
        for count, line in enumerate(writer.stdout, 1):
            log.add(line)
            if count == after:
                time.sleep(rng.random() / 20)
                writer.kill()
        if writer.wait() != -9:
            raise HeinwError(f"the writer has ended by itself: {writer.stderr.read()[-500:]}")


def gone(options: argparse.Namespace, log: Log) -> tuple[int, int]:
    """How many acknowledged events are lost, and how many deleted ones have returned."""
    # The event after the last one may have been written, and not yet acknowledged.
    memory = opened(options, [event(number) for number in range(log.last + 3)])
    refs, lost = memory.refs(), set[int]()
    recent = [*log.written][-_RECALL:]
    if refs is not None:
        lost |= {number for number, names in log.written.items() if refs.isdisjoint(names)}
    for number in recent:
        found = memory.recall(event(number).text, _END, Budget(10)).items
        if all(event(number).text not in item.text for item in found):
            lost.add(number)
    returned = set[int]()
    for number, names in [*log.deleted.items()][-_RECALL:]:
        found = memory.recall(event(number).text, _END, Budget(10)).items
        there = any(event(number).text in item.text for item in found)
        if there or (refs is not None and not refs.isdisjoint(names)):
            returned.add(number)
    memory.close()
    memory.end()
    return len(lost), len(returned)


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill the table; end with exit code 1 if anything was lost."""
    rng, log, lost, returned = random.Random(options.seed), Log(), 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        options.folder, begun = Path(scratch), time.perf_counter()
        for _ in range(options.kills):
            killed(options, log, rng)
            now_lost, now_returned = gone(options, log)
            lost, returned = max(lost, now_lost), max(returned, now_returned)
        seconds = time.perf_counter() - begun
    tables.add(
        f"Kills of a writer; acknowledged when {options.acknowledged} returns",
        {
            "memory": options.memory,
            "kills": options.kills,
            "events": len(log.written) + len(log.deleted),
            "lost": lost,
            "deleted": len(log.deleted),
            "returned": returned,
            "s": seconds,
        },
    )
    if lost or returned:
        sys.exit(1)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; return its exit code."""
    made = parser(__doc__)
    made.add_argument("--memory", default="episodic", help="name, or module:Class")
    made.add_argument("--memory-args", type=arguments, default={}, help="JSON (default: {})")
    made.add_argument("--acknowledged", choices=("write", "flush"), default="write")
    made.add_argument("--kills", type=int, default=50)
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--write", type=int, help=argparse.SUPPRESS)
    made.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = made.parse_args(argv)
    if options.write is not None:
        write(options)
    if options.quick:
        options.kills = 2
    return run(measure, options)


def arguments(text: str) -> dict[str, Any]:
    """Options of a memory, as JSON."""
    found: dict[str, Any] = json.loads(text)
    return found


if __name__ == "__main__":
    sys.exit(main())
