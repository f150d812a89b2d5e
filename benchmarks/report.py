"""Time and memory that a report takes, by number of saved samples.

    python benchmarks/report.py --questions 200,2000,20000

lm_eval saves one sample for each question and filter, five for each question of scenario A. Every
run is made by lm_eval itself, from a model that answers from a script; the report is the whole
command, in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))
from tests.postprocess.scripted import run_lm_eval  # noqa: E402

# Not getrusage: that also counts what this process was before it became another one.
_MEASURED = """
import re, sys
from pathlib import Path
from postprocess.__main__ import main
code = main(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
sys.exit(code)
"""


def measured(folder: Path, formats: str) -> dict[str, float]:
    """Seconds, seconds of computing, and peak memory in MiB of one report."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(folder), "--format", formats],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    computing = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    peak = int(done.stdout.splitlines()[-1]) / 1024
    return {"seconds": seconds, "cpu_seconds": computing, "peak_mib": peak}


def main() -> int:
    """Runs the benchmark; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--questions", default="200,2000,20000", help="sizes, separated by commas")
    parser.add_argument("--formats", default="json,md,html", help="as for the report")
    parser.add_argument("--quick", action="store_true", help="only prove that it runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    sizes = [50] if given.quick else [int(size) for size in given.questions.split(",")]
    rows = []
    print("| samples | file (MB) | seconds | of them computing | peak memory (MiB) |")
    print("|--:|--:|--:|--:|--:|")
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "reports"
            run_lm_eval(folder, n=size)
            (samples,) = folder.rglob("samples_*.jsonl")
            megabytes, lines = samples.stat().st_size / 1e6, samples.read_bytes().count(b"\n")
            found = measured(folder, given.formats)
        rows.append({"samples": lines, "megabytes": megabytes, **found})
        print(
            f"| {lines:,} | {megabytes:.1f} | {found['seconds']:.1f} | {found['cpu_seconds']:.1f}"
            f" | {found['peak_mib']:.0f} |",
            flush=True,
        )
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
