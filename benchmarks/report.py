"""Time and memory of a report, by number of saved samples, and by number of runs in the folder.

    python -m benchmarks.report --questions 200,2000,20000,200000 --runs 75,150,300

lm_eval saves a sample per question and filter, five per question of scenario A. lm_eval itself
makes every run, with a model that answers from a script; the report is the whole command, in a
process of its own. The runs are two arms each of as many models as it takes, copied from one;
"named first" are those that the index names before its first section.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measuring import Cell, Tables, Usage, parser, run, run_python, sizes
from testing.measured_arms import run_two_arms
from testing.scripted import copied, run_lm_eval

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
    for number in options.runs:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "reports"
            with contextlib.redirect_stderr(io.StringIO()):
                run_two_arms(Path(scratch) / "once", "heinw_A", limit=40)
            names = [f"org/model-{model}" for model in range(number // 2)]
            for model, name in enumerate(names):
                for minute, results in enumerate(Path(scratch, "once").rglob("results_*.json")):
                    config = json.loads(results.read_bytes())["config"]
                    args = config["model_args"].replace("org/scripted", name)
                    date = f"2026-01-{1 + model % 28:02}T{model // 28:02}-{minute:02}-00.000001"
                    made = copied(results, folder / str(model), date, model_args=args)
                    saved = json.loads(made.read_bytes()) | {"model_name": name}
                    made.write_text(json.dumps(saved), "utf-8")
            used = run_python(_REPORT, str(folder), "--format", options.formats)
            page = (folder / "baseline" / "index.html").stat().st_size / 1e6
            head = (folder / "baseline" / "index.md").read_text("utf-8").partition("\n## ")[0]
            named = sum(f"`{name}`" in head for name in names)
        row = {"runs": number, "page (MB)": page, "models": len(names), "named first": named}
        each = {"seconds": used.seconds, "s a run": used.seconds / number}
        tables.add("Folders of many runs", {**row, **each, **_computing(used)})


def _computing(used: Usage) -> dict[str, float]:
    return {"CPU seconds": used.cpu_seconds, "peak memory (MiB)": used.peak_mib}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; return its exit code."""
    made = parser(__doc__)
    made.add_argument("--questions", type=sizes, default=[200, 2_000, 20_000])
    made.add_argument("--runs", type=sizes, default=[75, 150, 300])
    made.add_argument("--formats", default="json,md,html", help="the report's option of that name")
    options = made.parse_args(argv)
    if options.quick:
        options.questions, options.runs = [50], [2]
    return run(measure, options)


if __name__ == "__main__":
    sys.exit(main())
