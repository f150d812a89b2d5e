"""Shared by the benchmarks: options, alternating runs, ratios with their spread, tables, JSON.

    >>> seconds = time_alternating({"ours": lambda: sum(range(10)), "theirs": list}, rounds=5)
    >>> len(seconds["ours"]), len(seconds["theirs"])
    (5, 5)
    >>> str(ratio([1.0, 3.0, 2.0], [2.0, 2.0, 2.0]))
    '1.00 (0.500 to 1.50)'

Times on a shared machine drift. So two sides are compared within a round, where both met the same
drift, and the report gives the median, the lowest and the highest of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypeVar

T = TypeVar("T")

CHECKOUT = Path(__file__).resolve().parents[1]

# Not getrusage: it also counts the memory of the process before its exec.
_PEAK = """
import atexit
def _peak():
    with open("/proc/self/status") as status:
        print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
atexit.register(_peak)
"""


class Spread(NamedTuple):
    """The median, the lowest and the highest of several rounds."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{_number(self.median)} ({_number(self.low)} to {_number(self.high)})"


Cell = str | int | float | Spread | None


class Usage(NamedTuple):
    """The time and memory of a process.

    Attributes:
        seconds: Wall time.
        cpu_seconds: CPU time, over all cores.
        peak_mib: Peak resident memory, in MiB.
        output: The lines that it printed.
    """

    seconds: float
    cpu_seconds: float
    peak_mib: float
    output: list[str]


def spread(values: Sequence[float]) -> Spread:
    """Return the median and the extremes of at least one value."""
    return Spread(median(values), min(values), max(values))


def ratio(of: Sequence[float], to: Sequence[float]) -> Spread:
    """Divide one side's figures by the other's, round by round."""
    return spread([one / other for one, other in zip(of, to, strict=True)])


def alternate(sides: Iterable[T], rounds: int) -> Iterator[T]:
    """Yield each side once a round; a different one begins each round."""
    order = list(sides)
    for _ in range(rounds):
        yield from order
        order.append(order.pop(0))


def time_alternating(
    sides: Mapping[str, Callable[[], object]], rounds: int
) -> dict[str, list[float]]:
    """Time the sides, alternating; return the seconds of each, round by round."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for name in alternate(sides, rounds):
        begun = time.perf_counter()
        sides[name]()
        seconds[name].append(time.perf_counter() - begun)
    return seconds


def run_python(code: str, *arguments: str, **environment: str) -> Usage:
    """Run Python code in a process of its own and measure it; needs Linux.

    Args:
        code: The code.
        arguments: Its `sys.argv[1:]`.
        environment: Variables to set besides those of this process.

    Raises:
        RuntimeError: The code failed; the message ends with its stderr.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _PEAK + code, *arguments],
        cwd=CHECKOUT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"exit code {done.returncode}: {done.stderr[-2000:]}")
    computing = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    *output, peak = done.stdout.splitlines()
    return Usage(seconds, computing, int(peak) / 1024, output)


@contextmanager
def small_disk(size: int) -> Iterator[tuple[Path, bool]]:
    """A folder on a file system of its own, of a size in bytes.

    Yields:
        The folder, and whether it has that file system: it takes the right to mount one.
    """
    with tempfile.TemporaryDirectory() as scratch:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", scratch]
        mounted = not subprocess.run(command, capture_output=True, check=False).returncode
        try:
            yield Path(scratch), mounted
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", scratch], check=True)


def goal(
    value: float | Spread, *, at_most: float | None = None, at_least: float | None = None
) -> str:
    """Say whether a figure, or the median of a spread, meets a bound: `≤ 10: met`."""
    figure = value.median if isinstance(value, Spread) else value
    if at_most is not None:
        return f"≤ {at_most:,}: {'met' if figure <= at_most else 'not met'}"
    return f"≥ {at_least:,}: {'met' if figure >= (at_least or 0) else 'not met'}"


class Tables:
    """Print rows as Markdown as soon as they are measured, and keep them for JSON."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Mapping[str, Cell]]] = {}

    def add(self, title: str, row: Mapping[str, Cell]) -> None:
        """Print a row, the first below a heading; all rows of a table have the same columns."""
        if title not in self._rows:
            self._rows[title] = []
            print(f"\n{title}\n\n| {' | '.join(row)} |\n|{'--:|' * len(row)}")
        self._rows[title].append(row)
        print(f"| {' | '.join(map(_shown, row.values()))} |", flush=True)

    def save(self, path: Path) -> None:
        """Write all rows and a description of the machine."""
        tables = {
            title: [
                {name: v._asdict() if isinstance(v, Spread) else v for name, v in row.items()}
                for row in rows
            ]
            for title, rows in self._rows.items()
        }
        path.write_text(json.dumps({"machine": machine(), **tables}, indent=1) + "\n", "utf-8")


def machine() -> dict[str, str | int | None]:
    """Describe the machine that the figures were measured on."""
    system = f"{platform.system()} {platform.machine()}"
    return {"cores": os.cpu_count(), "system": system, "python": platform.python_version()}


def parser(doc: str | None) -> argparse.ArgumentParser:
    """Make a parser with the options of all benchmarks; `doc` is the module's docstring."""
    made = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    made.add_argument("--quick", action="store_true", help="only check that it runs")
    made.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    return made


def run(measure: Callable[[argparse.Namespace, Tables], None], options: argparse.Namespace) -> int:
    """Run a benchmark and save its tables if asked to; return the exit code 0."""
    tables = Tables()
    measure(options, tables)
    if options.json:
        tables.save(options.json)
    return 0


def sizes(text: str) -> list[int]:
    """Parse comma-separated integers.

    >>> sizes("1000,20000")
    [1000, 20000]
    """
    return [int(word) for word in text.split(",")]


def _shown(cell: Cell) -> str:
    if cell is None:
        return "–"
    return _number(cell) if isinstance(cell, int | float) else str(cell)


def _number(value: float) -> str:
    """Format integers and large numbers without decimals, others with three digits."""
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:#.3g}"
