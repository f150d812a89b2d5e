"""Time and memory of a report, by number of saved samples, and by the grid of runs in the folder.

    python -m benchmarks.report --questions 200,2000,20000,200000 --grids 4x5x5,20x5x5

lm_eval saves a sample per question and filter, five per question of scenario A. lm_eval itself
makes the runs, with models that answer from a script; the report is the whole command, in a
process of its own. A grid is models x arms x scenarios, 40 questions a run; of its models, four
answer by themselves, and the others are copies of their files under other names.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measuring import Cell, Tables, Usage, parser, run, run_python, sizes
from generators.scenarios import SCENARIOS
from testing.grid import GRID_ARMS, run_grid
from testing.scripted import run_lm_eval

ASKED, DISTINCT = 40, 4
_REPORT = """
import sys
from postprocess.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill the table."""
    logging.disable(logging.WARNING)
    for size in options.questions:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "reports"
            with contextlib.redirect_stderr(io.StringIO()):
                run_lm_eval(folder, n=size)
            (samples,) = folder.rglob("samples_*.jsonl")
            megabytes, lines = samples.stat().st_size / 1e6, samples.read_bytes().count(b"\n")
            used = run_python(_REPORT, str(folder), "--format", options.formats)
        row: dict[str, Cell] = {"samples": lines, "file (MB)": megabytes, "seconds": used.seconds}
        tables.add("Reports", {**row, **_computing(used)})
    for grid in options.grids:
        models, arms, scenarios = (int(part) for part in grid.split("x"))
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "reports"
            names = [f"org/model-{number:02}" for number in range(models)]
            tasks = [f"heinw_{letter}" for letter in list(SCENARIOS)[:scenarios]]
            with contextlib.redirect_stderr(io.StringIO()):
                run_grid(folder, names, list(GRID_ARMS)[:arms], tasks, ASKED, DISTINCT)
            used = run_python(_REPORT, str(folder), "--format", options.formats)
            pages = [path.stat().st_size / 1e6 for path in folder.glob("baseline/*.html")]
            index = (folder / "baseline" / "index.html").stat().st_size / 1e6
        row = {"models x arms x scenarios": grid, "runs": models * arms * scenarios}
        row |= {"overview (MB)": index, "all pages (MB)": sum(pages), "seconds": used.seconds}
        tables.add("Folders of many runs", {**row, **_computing(used)})


def _computing(used: Usage) -> dict[str, float]:
    return {"CPU seconds": used.cpu_seconds, "peak memory (MiB)": used.peak_mib}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; return its exit code."""
    made = parser(__doc__)
    made.add_argument("--questions", type=sizes, default=[200, 2_000, 20_000])
    made.add_argument("--grids", type=lambda text: text.split(","), default=["4x5x5", "20x5x5"])
    made.add_argument("--formats", default="json,md,html", help="the report's option of that name")
    options = made.parse_args(argv)
    if options.quick:
        options.questions, options.grids = [50], ["1x2x1"]
    return run(measure, options)


if __name__ == "__main__":
    sys.exit(main())
