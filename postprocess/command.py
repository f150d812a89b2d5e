"""The options and exit codes of `python -m postprocess`."""

from __future__ import annotations

import argparse
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from generators.errors import HeinwError
from generators.stopping import CommandParser
from postprocess.errors import visible
from postprocess.pair import command as pair
from postprocess.reading.results_file import increasing
from postprocess.rendering import json_text
from postprocess.reporting import DEFAULT_FORMATS, FORMATS, Options, report


def run(argv: Sequence[str] | None) -> int:
    """Runs the command; returns its exit code: 0, or 2 where nothing can be reported."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == [pair.NAME]:
        return pair.run(words[1:])
    given = _parser().parse_args(words)
    if given.json_schema:
        print(json_text.schema(given.json_schema), end="")
        return 0
    options = Options(
        root=given.folder,
        outdir=given.outdir or given.folder / "baseline",
        lag_bins=given.lag_bins,
        formats=given.format,
        compare=tuple(given.compare) if given.compare else None,
        allow_differences=given.allow_differences,
        hub_dataset=given.hub_dataset,
    )
    try:
        written = report(options)
    except HeinwError as error:
        if given.debug:
            traceback.print_exc()
        print(f"heinw: {error}", file=sys.stderr)
        return 2
    for path in written:
        print(visible(str(path)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="python -m postprocess",
        description=(
            "Write a report for every lm_eval run of the heinw tasks below a folder, and an index"
            " that compares them."
        ),
        epilog=(
            f"`python -m postprocess {pair.NAME} A B` compares runs of any lm_eval task; see its"
            " --help. A folder of that name is reported on as ./pair."
        ),
    )
    add = parser.add_argument
    add(
        "folder",
        nargs="?",
        type=Path,
        default=Path("reports"),
        metavar="DIR",
        help="--output_path of the runs, made with --log_samples (default: reports)",
    )
    add("--outdir", type=Path, help="where the reports go (default: DIR/baseline)")
    add(
        "--lag-bins",
        type=_edges,
        metavar="0,1,3,7,30",
        help="edges of the lag bins in days, the last one open (default: those of the dataset)",
    )
    add(
        "--format",
        type=_formats,
        default=DEFAULT_FORMATS,
        metavar="LIST",
        help=f"of {', '.join(FORMATS)} (default: {','.join(DEFAULT_FORMATS)})",
    )
    add(
        "--compare",
        nargs=2,
        metavar=("A", "B"),
        help="only these two: arms, models, or beginnings of run ids (default: all arms)",
    )
    add(
        "--allow-differences",
        action="store_true",
        help="with --compare: even if their datasets, task versions or prompts differ",
    )
    add(
        "--hub-dataset",
        type=_hub_id,
        metavar="ORG/NAME",
        help="dataset on the Hub that was asked, for --format hub and eee",
    )
    add("--debug", action="store_true", help="show where an error comes from")
    add(
        "--json-schema",
        nargs="?",
        const="run",
        choices=sorted(json_text.SCHEMAS),
        help="print the schema of a run's metrics file, of the index, or of pair.json, and exit",
    )
    return parser


def _edges(text: str) -> list[float]:
    try:
        return increasing([float(part) for part in text.split(",")])
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}; give days like 0,1,3,7,30") from error


def _hub_id(text: str) -> str:
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no Hub id; give ORG/NAME")
    return text


def _formats(text: str) -> list[str]:
    formats = text.split(",")
    if unknown := [name for name in formats if name not in FORMATS]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is not one of {', '.join(FORMATS)}")
    return formats
