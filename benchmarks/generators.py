"""Speed and peak memory of making datasets, by number of questions.

    python -m benchmarks.generators --scenarios A,B,C,D,E --questions 1000,10000,100000

Each figure is from a process of its own; sizes alternate within a round. Times are CPU times of
one core, which other processes disturb least. They start after the imports and the first world,
which reads the word files.

- Made: worlds and questions, with one world in memory at a time.
- Written: made, and written to files with checksums, as `--shard` does, but not proven.
- Built: made and kept in memory with checksums, as for a run of lm_eval.
- Parts: written in four parts and joined; are the bytes the same as from one run?
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.measuring import (
    Cell,
    Tables,
    Usage,
    alternate,
    goal,
    parser,
    ratio,
    run,
    run_python,
    sizes,
)
from generators.datasets.joining import join
from generators.datasets.shards import Shard, write_part
from generators.datasets.source import config_from
from generators.datasets.storage import read_manifest
from generators.datasets.tables import build
from generators.scenarios import SCENARIOS

_BEGIN = """
import sys, time
from pathlib import Path
from generators.datasets.tables import build
from generators.scenarios import scenario
from generators.datasets.shards import write_worlds
from generators.datasets.source import config_from
letter, config = sys.argv[1], config_from(sys.argv[1], {"n": int(sys.argv[2])})
next(scenario(letter).worlds(config))
begun = time.process_time()
"""
_END = "\nprint(time.process_time() - begun)"
MADE = f"{_BEGIN}for world in scenario(letter).worlds(config): pass{_END}"
WRITTEN = (
    f"{_BEGIN}write_worlds(letter, config, scenario(letter).worlds(config), "
    f"Path(sys.argv[3])){_END}"
)
BUILT = f"{_BEGIN}kept = build(letter, config){_END}"


class Runs:
    """Runs of one kind of work; sizes alternate."""

    def __init__(self, code: str, letter: str, counts: Sequence[int], rounds: int) -> None:
        self._runs: dict[int, list[Usage]] = {count: [] for count in counts}
        for count in alternate(counts, rounds):
            with tempfile.TemporaryDirectory() as folder:
                self._runs[count].append(run_python(code, letter, str(count), folder))

    def seconds(self, count: int) -> list[float]:
        """CPU time of each round."""
        return [float(used.output[0]) for used in self._runs[count]]

    def rate(self, count: int) -> float:
        """Questions a second."""
        return count / median(self.seconds(count))

    def peak_mib(self, count: int) -> float:
        """The highest of all rounds."""
        return max(used.peak_mib for used in self._runs[count])

    def growth(self, count: int) -> dict[str, Cell]:
        """Compare the time with that of a tenth of the questions, if that was measured."""
        if count // 10 not in self._runs:
            return {"time ÷ that of a tenth": None, "goal": None}
        grown = ratio(self.seconds(count), self.seconds(count // 10))
        return {"time ÷ that of a tenth": grown, "goal": goal(grown, at_most=11)}


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill the tables."""
    for letter in options.scenarios:
        made, written = (
            Runs(code, letter, options.questions, options.rounds) for code in (MADE, WRITTEN)
        )
        for count in options.questions:
            rate = made.rate(count)
            row: dict[str, Cell] = {"scenario": letter, "questions": count, "made a second": rate}
            row["goal: made a second"] = goal(rate, at_least=20_000) if letter == "A" else None
            row["written a second"] = written.rate(count)
            row["peak memory (MiB)"] = written.peak_mib(count)
            tables.add("World by world", row | written.growth(count))
    counts = [count for count in options.questions if count <= options.most_built]
    for letter in options.scenarios if counts else ():
        built = Runs(BUILT, letter, counts, options.rounds)
        for count in counts:
            row = {"scenario": letter, "questions": count, "built a second": built.rate(count)}
            row["peak memory (MiB)"] = built.peak_mib(count)
            tables.add("In memory", row | built.growth(count))
    for letter in options.scenarios:
        same = joined_is_whole(letter, min(options.questions))
        tables.add("Parts", {"scenario": letter, "parts": 4, "bytes of one run": same})


def joined_is_whole(letter: str, count: int) -> str:
    """Say whether four joined parts equal a single run: "yes" or "NO"."""
    config = config_from(letter, {"n": count})
    with tempfile.TemporaryDirectory() as folder:
        for number in (3, 1, 4, 2):
            write_part(letter, config, Shard(number, 4), Path(folder))
        joined = read_manifest(join(Path(folder), letter) / "manifest.json")
    return "yes" if joined == build(letter, config).manifest else "NO"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; return its exit code."""
    made = parser(__doc__)
    made.add_argument("--scenarios", type=lambda text: text.split(","), default=list(SCENARIOS))
    made.add_argument("--questions", type=sizes, default=[1_000, 10_000])
    made.add_argument("--rounds", type=int, default=3)
    made.add_argument(
        "--most-built", type=int, default=100_000, help="largest dataset to build in memory"
    )
    options = made.parse_args(argv)
    if options.quick:
        options.scenarios, options.questions, options.rounds = ["A"], [100], 1
    return run(measure, options)


if __name__ == "__main__":
    sys.exit(main())
