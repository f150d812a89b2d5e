"""The options of `python -m postprocess pair`."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from generators.errors import HeinwError
from generators.stopping import CommandParser
from postprocess.errors import visible
from postprocess.pair.pairing import PairOptions, pair
from postprocess.rendering import json_text, markdown, pair_tables
from postprocess.rendering.values import p_value
from postprocess.schema.pair import Comparison
from postprocess.writing import Staging

NAME = "pair"


def run(argv: Sequence[str]) -> int:
    """Runs the command; returns its exit code: 0, or 2 where nothing can be compared."""
    given = _parser().parse_args(argv)
    options = PairOptions(
        paths=[given.first, *given.others],
        outdir=given.outdir,
        tasks=[name for text in given.task for name in text.split(",")],
        metrics=given.metric,
        cluster=given.cluster,
    )
    try:
        found = pair(options)
        with Staging(options.outdir) as staging:
            staging.add("pair.json", [json_text.pairing(found).encode()])
            staging.add("pair.md", [markdown.render_pairing(found).encode()])
    except HeinwError as error:
        if given.debug:
            traceback.print_exc()
        print(f"heinw: {error}", file=sys.stderr)
        return 2
    for warning in found.warnings:
        print(visible(f"warning: {warning}"), file=sys.stderr)
    for one in found.not_compared:
        what = f"{one.task} {one.measure}" if one.measure else one.task
        print(visible(f"note: not compared: {what}: {one.reason}"), file=sys.stderr)
    for comparison in found.comparisons:
        print(visible(_line(comparison)))
    for path in staging.files:
        print(visible(str(path)))
    return 0


def _line(row: Comparison) -> str:
    found = row.difference
    tests = [f"t {p_value(found.p)}", f"permutation {p_value(found.p_permutation)}"]
    flipped = f"{row.differing} differ"
    if row.only_a is not None:
        tests.append(f"McNemar {p_value(found.p_mcnemar)}")
        flipped = f"{row.only_a} right in {found.a} alone, {row.only_b} in {found.b} alone"
    draws = "" if found.worlds == found.n else f" in {found.worlds} clusters"
    return (
        f"{row.task} {pair_tables.measure(row)}, {found.a} − {found.b}: {row.verdict}"
        f" n = {found.n}{draws}; p: {', '.join(tests)}; {flipped}."
    )


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog=f"python -m postprocess {NAME}",
        description=(
            "Compare runs of any lm_eval tasks, made with --log_samples, document by document:"
            " differences with cluster t intervals, permutation and McNemar's test, Holm's"
            " adjustment, minimum detectable effects, and the documents that flipped."
        ),
    )
    add = parser.add_argument
    what = "a folder (--output_path of a run), a results_DATE.json or a samples_TASK_DATE.jsonl"
    add("first", type=Path, metavar="A", help=what)
    add("others", type=Path, nargs="+", metavar="B", help="the same of one or more other models")
    add(
        "--task",
        action="append",
        default=[],
        metavar="T",
        help="a task or group; may be given again (default: all that two sides have)",
    )
    add(
        "--metric",
        action="append",
        default=[],
        metavar="M",
        help=(
            "a metric, or METRIC,FILTER as in lm_eval's results; may be given again (default:"
            " every metric that is one number of a document, in every filter)"
        ),
    )
    add(
        "--cluster",
        metavar="FIELD",
        help="field of the documents that says which share a passage or the like: passage_id",
    )
    add(
        "--outdir",
        type=Path,
        default=Path("paired"),
        help="for pair.md, pair.json (default: %(default)s)",
    )
    add("--debug", action="store_true", help="show where an error comes from")
    return parser
