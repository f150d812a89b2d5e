"""Time and memory of a report, by number of saved samples.

    python -m benchmarks.report --questions 200,2000,20000,200000

lm_eval saves a sample per question and filter, five per question of scenario A. lm_eval itself
makes every run, with a model that answers from a script; the report is the whole command, in a
process of its own.
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

from benchmarks.measuring import Tables, parser, run, run_python, sizes
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
            used = run_python(_REPORT, str(folder), "--format", options.formats)
        row = {"samples": lines, "file (MB)": megabytes, "seconds": used.seconds}
        computing = {"CPU seconds": used.cpu_seconds, "peak memory (MiB)": used.peak_mib}
        tables.add("Reports", {**row, **computing})


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; return its exit code."""
    made = parser(__doc__)
    made.add_argument("--questions", type=sizes, default=[200, 2_000, 20_000])
    made.add_argument("--formats", default="json,md,html", help="the report's option of that name")
    options = made.parse_args(argv)
    if options.quick:
        options.questions = [50]
    return run(measure, options)


if __name__ == "__main__":
    sys.exit(main())
