"""What `python -m postprocess` does: its options, and the way from runs to reports."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from generators.errors import HeinwError
from postprocess.errors import ReportError, visible
from postprocess.reading.results import FoundRun, find_runs, increasing
from postprocess.reading.runs import load_run, newest_of_each
from postprocess.rendering.markdown import render
from postprocess.schema.run import Metrics
from postprocess.summary.summarize import summarize
from postprocess.writing import write_files

FORMATS = ("json", "md")


def run(argv: Sequence[str] | None) -> int:
    """Runs the command; returns its exit code: 0, or 2 where nothing can be reported."""
    options = _parser().parse_args(argv)
    if options.json_schema:
        print(json_schema(), end="")
        return 0
    try:
        written = report(
            options.folder,
            options.outdir or options.folder / "baseline",
            options.lag_bins,
            options.format,
        )
    except HeinwError as error:
        if options.debug:
            traceback.print_exc()
        print(f"heinw: {error}", file=sys.stderr)
        return 2
    for path in written:
        print(visible(str(path)))
    return 0


def report(
    root: Path, outdir: Path, lag_bins: Sequence[float] | None, formats: Sequence[str]
) -> list[Path]:
    """Reads all runs below `root`, then writes their reports; nothing is written if one is bad.

    Args:
        root: Folder to search.
        outdir: Folder for the reports; made if it is not there.
        lag_bins: Edges of the lag bins in days; None for those of the dataset.
        formats: Of "json" and "md".

    Returns:
        The files written.

    Raises:
        ReportError: There is nothing to report on, or something that cannot be read or trusted.
    """
    with_samples = [found for found in find_runs(root) if _has_samples(found)]
    if not with_samples:
        advice = (
            "make one: lm_eval --model hf --model_args pretrained=MODEL --tasks heinw_A"
            f" --output_path {shlex.quote(str(root))} --log_samples"
        )
        raise ReportError(root, "no run of a heinw task with samples", advice)
    contents: dict[str, str] = {}
    for found, superseded in newest_of_each(with_samples):
        metrics = summarize(load_run(found, superseded), root, lag_bins)
        for name, text in _texts(metrics, formats).items():
            if name in contents:
                what = f"two different runs of {found.task} were saved at {found.date}"
                raise ReportError(found.path, what, "move one of them to a folder of its own")
            contents[name] = text
    return write_files(outdir, contents)


def json_schema() -> str:
    """The JSON Schema of the metrics file."""
    return json.dumps(Metrics.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def _texts(metrics: Metrics, formats: Sequence[str]) -> dict[str, str]:
    """File names and contents of a run's reports."""
    baseline = "" if metrics.baseline == "none" else f"_{metrics.baseline}"
    stem = f"{metrics.run_date}_{metrics.scenario}_{metrics.mode}{baseline}"
    texts = {}
    if "json" in formats:
        whole = json.dumps(
            metrics.model_dump(mode="json"), indent=1, ensure_ascii=False, allow_nan=False
        )
        texts[f"{stem}_metrics.json"] = whole + "\n"
    if "md" in formats:
        texts[f"{stem}_report.md"] = render(metrics)
    return texts


def _has_samples(found: FoundRun) -> bool:
    if found.samples_path.exists():
        return True
    warning = f"warning: {found.path}: {found.task} has no samples → run again with --log_samples"
    print(visible(warning), file=sys.stderr)
    return False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m postprocess",
        description="Write a report for every lm_eval run of the heinw tasks below a folder.",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("reports"),
        metavar="DIR",
        help="--output_path of the runs, made with --log_samples (default: reports)",
    )
    parser.add_argument("--outdir", type=Path, help="where the reports go (default: DIR/baseline)")
    parser.add_argument(
        "--lag-bins",
        type=_edges,
        metavar="0,1,3,7,30",
        help="edges of the lag bins in days (default: those of the dataset)",
    )
    parser.add_argument(
        "--format", type=_formats, default=FORMATS, metavar="json,md", help="default: both"
    )
    parser.add_argument("--debug", action="store_true", help="show where an error comes from")
    parser.add_argument(
        "--json-schema", action="store_true", help="print the schema of the metrics file and exit"
    )
    return parser


def _edges(text: str) -> list[float]:
    try:
        return increasing([float(part) for part in text.split(",")])
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}; give days like 0,1,3,7,30") from error


def _formats(text: str) -> list[str]:
    formats = text.split(",")
    if unknown := [name for name in formats if name not in FORMATS]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is not one of {', '.join(FORMATS)}")
    return formats
