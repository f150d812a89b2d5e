"""Shared by the benchmarks: options, alternating runs, ratios with their spread, tables, JSON.

    >>> seconds = in_turns({"ours": lambda: sum(range(10)), "theirs": list}, rounds=5)
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
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypeVar

T = TypeVar("T")

CHECKOUT = Path(__file__).resolve().parents[1]

# Not getrusage: that also counts what this process was before it became another one.
_PEAK = """
import atexit
def _peak():
    with open("/proc/self/status") as status:
        print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
atexit.register(_peak)
"""


class Spread(NamedTuple):
    """What several rounds gave: the median, the lowest and the highest."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{_number(self.median)} ({_number(self.low)} to {_number(self.high)})"


Cell = str | int | float | Spread | None


class Usage(NamedTuple):
    """What a process took.

    Attributes:
        seconds: From its start to its end.
        cpu_seconds: Of them computing, over all cores.
        peak_mib: Most memory that was its own at any time, in MiB.
        output: Lines that it printed.
    """

    seconds: float
    cpu_seconds: float
    peak_mib: float
    output: list[str]


def spread(values: Sequence[float]) -> Spread:
    """Median and extremes of at least one value."""
    return Spread(median(values), min(values), max(values))


def ratio(of: Sequence[float], to: Sequence[float]) -> Spread:
    """How many times one side's figures are the other's, round by round."""
    return spread([one / other for one, other in zip(of, to, strict=True)])


def turns(sides: Iterable[T], rounds: int) -> Iterator[T]:
    """Each side once a round; another one begins each round."""
    order = list(sides)
    for _ in range(rounds):
        yield from order
        order.append(order.pop(0))


def in_turns(sides: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds that each side takes, round by round."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for name in turns(sides, rounds):
        begun = time.perf_counter()
        sides[name]()
        seconds[name].append(time.perf_counter() - begun)
    return seconds


def fresh(code: str, *arguments: str, **environment: str) -> Usage:
    """Run Python code in a process of its own; its peak memory is read as Linux tells it.

    Args:
        code: What it runs.
        arguments: Its `sys.argv[1:]`.
        environment: Variables that it has besides those of this process.

    Raises:
        RuntimeError: It failed; with the end of what it said.
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


def goal(value: float | Spread, *, most: float | None = None, least: float | None = None) -> str:
    """Whether a figure (of a spread, the median) is within a bound: `≤ 10: met`."""
    figure = value.median if isinstance(value, Spread) else value
    if most is not None:
        return f"≤ {most:,}: {'met' if figure <= most else 'not met'}"
    return f"≥ {least:,}: {'met' if figure >= (least or 0) else 'not met'}"


class Tables:
    """Prints rows as Markdown while they are measured, and keeps them for JSON."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Mapping[str, Cell]]] = {}

    def add(self, title: str, row: Mapping[str, Cell]) -> None:
        """Print a row, below its table's heading if it is the first; all have the same columns."""
        if title not in self._rows:
            self._rows[title] = []
            print(f"\n{title}\n\n| {' | '.join(row)} |\n|{'--:|' * len(row)}")
        self._rows[title].append(row)
        print(f"| {' | '.join(map(_shown, row.values()))} |", flush=True)

    def save(self, path: Path) -> None:
        """Write all rows and the machine they are of."""
        tables = {
            title: [
                {name: v._asdict() if isinstance(v, Spread) else v for name, v in row.items()}
                for row in rows
            ]
            for title, rows in self._rows.items()
        }
        path.write_text(json.dumps({"machine": machine(), **tables}, indent=1) + "\n", "utf-8")


def machine() -> dict[str, str | int | None]:
    """What the figures depend on besides the code."""
    system = f"{platform.system()} {platform.machine()}"
    return {"cores": os.cpu_count(), "system": system, "python": platform.python_version()}


def parser(doc: str | None) -> argparse.ArgumentParser:
    """The options that all benchmarks have, described by the first line of their docstring."""
    made = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    made.add_argument("--quick", action="store_true", help="only prove that it runs")
    made.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    return made


def run(measure: Callable[[argparse.Namespace, Tables], None], options: argparse.Namespace) -> int:
    """Have a benchmark fill tables, and save them where that is asked for; returns 0."""
    tables = Tables()
    measure(options, tables)
    if options.json:
        tables.save(options.json)
    return 0


def sizes(text: str) -> list[int]:
    """Parse numbers that are separated by commas.

    >>> sizes("1000,20000")
    [1000, 20000]
    """
    return [int(word) for word in text.split(",")]


def _shown(cell: Cell) -> str:
    if cell is None:
        return "–"
    return _number(cell) if isinstance(cell, int | float) else str(cell)


def _number(value: float) -> str:
    """Whole and large numbers without decimals, others with three digits that say something."""
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:#.3g}"
