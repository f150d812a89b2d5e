"""Time and memory that a report takes, by number of saved samples.

    python -m benchmarks.report --questions 200,2000,20000,200000

lm_eval saves one sample for each question and filter, five for each question of scenario A. Every
run is made by lm_eval itself, from a model that answers from a script; the report is the whole
command, in a process of its own.
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

from benchmarks.measuring import Tables, fresh, parser, run, sizes
from testing.scripted import run_lm_eval

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
            used = fresh(_REPORT, str(folder), "--format", options.formats)
        row = {"samples": lines, "file (MB)": megabytes, "seconds": used.seconds}
        computing = {"of them computing": used.cpu_seconds, "peak memory (MiB)": used.peak_mib}
        tables.add("Reports", {**row, **computing})


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns its exit code."""
    made = parser(__doc__)
    made.add_argument("--questions", type=sizes, default=[200, 2_000, 20_000])
    made.add_argument("--formats", default="json,md,html", help="as for the report")
    options = made.parse_args(argv)
    if options.quick:
        options.questions = [50]
    return run(measure, options)


if __name__ == "__main__":
    sys.exit(main())
