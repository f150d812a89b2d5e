"""The M0 harness: one evaluation and its report in one go.

    python -m hei_nw_tasks --mode B0 --scenario A --n 64 --seed 7 --outdir reports/baseline

is `lm_eval --tasks heinw_A --metadata '{"n": 64, "seed": 7}' …` followed by
`python -m postprocess`, in one process; lm_eval's own output lies below `OUTDIR/lm_eval`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hei_nw_tasks import register
from hei_nw_tasks.modes import MODES, UNSUPPORTED, unsupported
from hei_nw_tasks.shadowing import ShadowedPackageError, refuse_shadowed

if TYPE_CHECKING:
    from generators.dataset import Tables

BAD_INPUT = 2
DEFAULT_MODEL_ARGS = "pretrained=Qwen/Qwen2.5-1.5B-Instruct,load_in_4bit=True"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0; 2 if the input cannot be used; 64 for a mode that needs a memory system.
    """
    try:
        refuse_shadowed("generators")
        refuse_shadowed("postprocess")
    except ShadowedPackageError as error:
        return _refuse(error)
    from generators.errors import HeinwError

    options = _parser().parse_args(argv)
    if options.mode != "B0":
        print(unsupported(options.mode), file=sys.stderr)
        return UNSUPPORTED
    try:
        return _run(options)
    except HeinwError as error:
        return _refuse(error)


def _refuse(error: Exception) -> int:
    print(f"heinw: {error}", file=sys.stderr)
    return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    from generators.scenarios import SCENARIOS
    from generators.source import json_object

    parser = argparse.ArgumentParser(
        prog="python -m hei_nw_tasks", description="Evaluate a model on a scenario and report."
    )
    add = parser.add_argument
    add("--mode", choices=MODES, default="B0", help="B0: the model alone (default)")
    add("--scenario", choices=sorted(SCENARIOS), required=True)
    add("--n", type=int, help="number of questions (default: the task's)")
    add("--seed", type=int, help="seed of the questions (default: the task's)")
    add("--baseline", choices=["none"], default="none", help="what the prompt adds (default: none)")
    add("--outdir", type=Path, default=Path("reports/baseline"), help="default: reports/baseline")
    add("--model", default="hf", help="model type of lm_eval (default: hf)")
    add("--model_args", default=DEFAULT_MODEL_ARGS, help=f"default: {DEFAULT_MODEL_ARGS}")
    add("--device", help="as for lm_eval, e.g. cpu or cuda:0")
    add("--batch_size", default="1", help="as for lm_eval (default: 1)")
    add("--metadata", type=json_object, default={}, help="more settings of the questions, as JSON")
    add("--dump", action="store_true", help="also write the questions to OUTDIR/*_records.jsonl")
    return parser


def _run(options: argparse.Namespace) -> int:
    from lm_eval.utils import simple_parse_args_string

    from generators.source import tables_from
    from hei_nw_tasks.counting import loader
    from postprocess.__main__ import main as report

    given = {"n": options.n, "seed": options.seed}
    settings = {**options.metadata, **{k: v for k, v in given.items() if v is not None}}
    run = {**simple_parse_args_string(options.model_args), **settings}
    # Settings that cannot be used are found out before a model is loaded.
    tables, _ = tables_from(options.scenario, run, loader(run))
    if options.dump:
        print(_dump(tables, options.outdir))
    raw = options.outdir / "lm_eval"
    _evaluate(options, settings, raw)
    return report([str(raw), "--outdir", str(options.outdir)])


def _evaluate(options: argparse.Namespace, settings: dict[str, Any], output: Path) -> None:
    from lm_eval.__main__ import cli_evaluate

    register()
    arguments = {
        "--model": options.model,
        "--model_args": options.model_args,
        "--tasks": f"heinw_{options.scenario}",
        "--metadata": json.dumps(settings),
        "--batch_size": options.batch_size,
        "--output_path": str(output),
    }
    if options.device:
        arguments["--device"] = options.device
    words = [word for pair in arguments.items() for word in pair]
    with _command_line("lm_eval", "run", *words, "--log_samples"):
        cli_evaluate()


@contextmanager
def _command_line(*words: str) -> Iterator[None]:
    """Run a command's own entry point as if it had been called from a shell."""
    before, sys.argv = sys.argv, list(words)
    try:
        yield
    finally:
        sys.argv = before


def _dump(tables: Tables, outdir: Path) -> Path:
    from generators.dataset import canonical_line
    from postprocess.writing import write_files

    made = tables.manifest
    name = f"{made.scenario}_{made.rows_sha256[:12]}_records.jsonl"
    lines = b"".join(canonical_line(row) for row in tables.rows())
    return write_files(outdir, {name: lines.decode()})[0]


if __name__ == "__main__":
    sys.exit(main())
