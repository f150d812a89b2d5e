"""The M0 harness: runs arms on scenarios and writes their report.

    python -m hei_nw_tasks --scenario A,E --baseline none,long-context --n 64 --outdir reports

is `lm_eval --model heinw --model_args …,baseline=none --tasks heinw_A,heinw_E`, the same again with
`baseline=long-context`, and `python -m postprocess`, but loads the model once. The output of
lm_eval is in `OUTDIR/lm_eval`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hei_nw_tasks.modes import MODES, UNSUPPORTED, unsupported
from hei_nw_tasks.shadowing import ShadowedPackageError, refuse_shadowed

if TYPE_CHECKING:
    from generators.datasets.tables import Tables

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
    from generators.console import show_any_text
    from generators.errors import HeinwError

    show_any_text()
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
    from generators.datasets.source import json_object
    from generators.scenarios import SCENARIOS
    from hei_nw_tasks.memory.registry import ARMS

    parser = argparse.ArgumentParser(
        prog="python -m hei_nw_tasks", description="Evaluate a model on a scenario and report."
    )
    add = parser.add_argument
    add("--mode", choices=MODES, default="B0", help="B0: the model alone (default)")
    letters, arms = sorted(SCENARIOS), list(ARMS)
    text = f"of {', '.join(letters)}, separated by commas, or all"
    add("--scenario", type=_list_of(letters), required=True, metavar="LIST", help=text)
    add("--n", type=int, help="number of questions (default: the task's)")
    add("--seed", type=int, help="seed of the questions (default: the task's)")
    text = f"of {', '.join(arms)}, separated by commas, or all (default: none)"
    add("--baseline", type=_list_of(arms), default=["none"], metavar="LIST", help=text)
    add("--outdir", type=Path, default=Path("reports/baseline"), help="default: reports/baseline")
    add("--model", default="hf", help="model type of lm_eval that answers (default: hf)")
    text = f"of the model and the arms, e.g. retriever=bm25,k=5 (default: {DEFAULT_MODEL_ARGS})"
    add("--model_args", default=DEFAULT_MODEL_ARGS, help=text)
    add("--device", help="as for lm_eval, e.g. cpu or cuda:0")
    add("--batch_size", default="1", help="as for lm_eval (default: 1)")
    add("--limit", type=float, help="as for lm_eval: only the first questions of each scenario")
    add("--apply_chat_template", action="store_true", help="as for lm_eval")
    add("--num_fewshot", type=int, help="as for lm_eval: demonstrations before each question")
    add("--gen_kwargs", help="as for lm_eval, e.g. max_gen_toks=256")
    add("--metadata", type=json_object, default={}, help="more settings of the questions, as JSON")
    add("--dump", action="store_true", help="also write the questions to OUTDIR/*_records.jsonl")
    return parser


def _list_of(names: Sequence[str]) -> Callable[[str], list[str]]:
    """A parser of names separated by commas, or "all"."""

    def parse(text: str) -> list[str]:
        chosen = list(names) if text == "all" else [word.strip() for word in text.split(",")]
        for word in chosen:
            if word not in names:
                raise argparse.ArgumentTypeError(f"{word!r} is none of {', '.join(names)}, all")
        return list(dict.fromkeys(chosen))

    return parse


def _run(options: argparse.Namespace) -> int:
    from lm_eval.utils import simple_parse_args_string

    from generators.datasets.source import tables_from
    from hei_nw_tasks.counting import loader
    from hei_nw_tasks.harness import run_arms
    from postprocess.__main__ import main as report

    given = {"n": options.n, "seed": options.seed}
    settings = {**options.metadata, **{k: v for k, v in given.items() if v is not None}}
    run = {**simple_parse_args_string(options.model_args), **settings}
    for letter in options.scenario:
        # Refuse settings that cannot be used before a model is loaded.
        tables, _ = tables_from(letter, run, loader(run))
        if options.dump:
            print(_dump(tables, options.outdir))
    raw = options.outdir / "lm_eval"
    run_arms(
        f"inner={options.model},{options.model_args}",
        options.baseline,
        options.scenario,
        settings,
        raw,
        device=options.device,
        batch_size=options.batch_size,
        limit=options.limit,
        apply_chat_template=options.apply_chat_template,
        num_fewshot=options.num_fewshot,
        gen_kwargs=options.gen_kwargs,
    )
    return report([str(raw), "--outdir", str(options.outdir)])


def _dump(tables: Tables, outdir: Path) -> Path:
    from generators.datasets.tables import canonical_line
    from postprocess.writing import Staging

    made = tables.manifest
    name = f"{made.scenario}_{made.rows_sha256[:12]}_records.jsonl"
    with Staging(outdir) as staging:
        staging.add(name, map(canonical_line, tables.rows()))
    return staging.files[0]


if __name__ == "__main__":
    sys.exit(main())
