"""The M0 harness: runs arms on scenarios and writes their report.

    python -m hei_nw_tasks --scenario A,E --baseline none,long-context --n 64 --outdir reports

is `lm_eval --model heinw --model_args …,baseline=none --tasks heinw_A,heinw_E`, the same again with
`baseline=long-context`, and `python -m postprocess`, but loads the model once. `--mode B0,B1
--memory episodic` adds a memory to them. The output of lm_eval is in `OUTDIR/lm_eval`. Where it is
stopped, the arms that are finished are reported, and the same command goes on from there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hei_nw_tasks.modes import ASLEEP, MODES, UNSUPPORTED, unsupported
from hei_nw_tasks.shadowing import PackageClashError, use_ours

if TYPE_CHECKING:
    from generators.datasets.tables import Tables

CLASH = 2
READING = "reading"
# Options that lm_eval has too.
_AS_FOR_LM_EVAL = (
    "device",
    "batch_size",
    "limit",
    "apply_chat_template",
    "num_fewshot",
    "gen_kwargs",
)
DEFAULT_MODEL_ARGS = "pretrained=Qwen/Qwen2.5-1.5B-Instruct,load_in_4bit=True"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0; 64 for a mode that cannot run as asked; else as `generators.stopping.run_command`.
    """
    try:
        use_ours("generators")
        use_ours("postprocess")
    except PackageClashError as error:
        print(f"heinw: {error}", file=sys.stderr)
        return CLASH
    from generators.stopping import run_command

    return run_command(lambda: _command(argv))


def _command(argv: Sequence[str] | None) -> int:
    parser = _parser()
    options = parser.parse_args(argv)
    for mode in options.mode:
        if mode != "B0" and not options.memory:
            print(unsupported(mode), file=sys.stderr)
            return UNSUPPORTED
    if options.memory and options.mode == ["B0"]:
        parser.error("--memory is of mode B1 → add --mode B1, or --mode B0,B1 for baselines, too")
    if options.cycles is not None and not {*ASLEEP} & {*options.mode}:
        parser.error("--cycles is of modes B2 and B3 → add --mode B2,B3")
    if options.drift and "B3" not in options.mode:
        parser.error("--drift is of mode B3 → add --mode B3")
    return _run(options)


def _parser() -> argparse.ArgumentParser:
    from generators.datasets.source import json_object
    from generators.scenarios import SCENARIOS
    from generators.stopping import CommandParser
    from hei_nw_tasks.memory.registry import ARMS

    parser = CommandParser(
        prog="python -m hei_nw_tasks", description="Evaluate a model on a scenario and report."
    )
    add = parser.add_argument
    text = (
        "B0: the model alone or with baselines (default), B1: with a memory, B2: when it has "
        "slept, B3: without it when it has slept; B0,B1,B2,B3 or all for the whole protocol"
    )
    add("--mode", type=_list_of(MODES), default=["B0"], metavar="LIST", help=text)
    letters, arms = sorted(SCENARIOS), list(ARMS)
    text = f"of {', '.join(letters)}, separated by commas, or all"
    add("--scenario", type=_list_of(letters), required=True, metavar="LIST", help=text)
    add("--n", type=int, help="number of questions (default: the task's)")
    add("--seed", type=int, help="seed of the questions (default: the task's)")
    text = f"of {', '.join(arms)}, separated by commas, or all (default: none)"
    add("--baseline", type=_list_of(arms), default=["none"], metavar="LIST", help=text)
    text = "names of memories, or module:Class, separated by commas (not in mode B0)"
    add("--memory", type=_words, default=[], metavar="LIST", help=text)
    text = "options of the memories' classes, e.g. tau=0.5,ttl_days=30"
    add("--memory_args", metavar="ARGS", help=text)
    add("--cycles", type=_cycles, help="of sleep; B2 and B3 ask after each (default: 1)")
    text = (
        "what sleep may harm, measured after each cycle of B3: reading (from the evidence), or "
        "tasks of lm_eval, e.g. reading,arc_easy"
    )
    add("--drift", type=_words, default=[], metavar="LIST", help=text)
    add("--include_path", help="as for lm_eval: folder with more tasks for --drift")
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
        chosen = list(names) if text == "all" else _words(text)
        for word in chosen:
            if word not in names:
                raise argparse.ArgumentTypeError(f"{word!r} is none of {', '.join(names)}, all")
        return chosen

    return parse


def _cycles(text: str) -> int:
    """A number of cycles of sleep."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of cycles → give 1 or more")
    return int(text)


def _words(text: str) -> list[str]:
    """Different words, separated by commas."""
    return list(dict.fromkeys(word.strip() for word in text.split(",")))


def _run(options: argparse.Namespace) -> int:
    from lm_eval.utils import simple_parse_args_string

    from generators.console import visible
    from generators.datasets.source import tables_from
    from hei_nw_tasks.counting import loader
    from hei_nw_tasks.harness import run_arms
    from hei_nw_tasks.resuming import Progress

    given = {"n": options.n, "seed": options.seed}
    settings = {**options.metadata, **{k: v for k, v in given.items() if v is not None}}
    arguments = simple_parse_args_string(options.model_args)
    run, rows = {**arguments, **settings}, []
    for letter in options.scenario:
        print(f"questions of scenario {letter}", file=sys.stderr, flush=True)
        # Refuse settings that cannot be used before a model is loaded.
        tables, _ = tables_from(letter, run, loader(run))
        rows.append(tables.manifest.rows_sha256)
        if options.dump:
            print(_dump(tables, options.outdir))
    as_for_lm_eval = {name: getattr(options, name) for name in _AS_FOR_LM_EVAL}
    raw, finished = options.outdir / "lm_eval", []
    identity = _identity({"inner": options.model, **arguments})
    others = [name for name in options.drift if name != READING]
    asked = {"others": [*others, options.include_path]} if others else {}
    progress = Progress(raw, {"rows": rows, "options": as_for_lm_eval, **identity, **asked})
    model_args = f"inner={options.model},{options.model_args}"
    arms = _arms(options)
    try:
        done = run_arms(
            *(model_args, arms, options.scenario, settings, progress),
            others=others,
            include_path=options.include_path,
            **as_for_lm_eval,
        )
        for arm in done:
            finished.append(arm)
    except BaseException as stop:
        where = _report_of_some(raw, options.outdir) if finished else options.outdir
        state = f"{len(finished)} of {len(arms)} arms are finished"
        stop.add_note(f"{state} and in {where} → the same command goes on from there")
        raise
    if not finished:  # not the first process
        return 0
    print("report", file=sys.stderr, flush=True)
    for path in _report(raw, options.outdir):
        print(visible(str(path)))
    progress.end()
    return 0


def _arms(options: argparse.Namespace) -> dict[str, dict[str, str]]:
    """The arms to run, by name, with the model arguments of each."""
    baselines = options.baseline if "B0" in options.mode else []
    # What the model does before sleep: it answers other tasks, or reads the evidence.
    reads = READING in options.drift
    answers = any(name != READING for name in options.drift)
    before = [*(["none"] if answers else []), *(["oracle"] if reads else [])]
    baselines = list(dict.fromkeys([*baselines, *before]))
    given = (options.memory_args or "").replace(",", ";")
    own = {"memory_args": given} if given else {}
    arms = {name: {"baseline": name} for name in baselines}
    asleep = [mode for mode in ASLEEP if mode in options.mode]
    for memory in options.memory:
        if "B1" in options.mode:
            arms[" ".join(["B1", memory, *own.values()])] = {"mode": "B1", "memory": memory, **own}
        for cycle in range(1, (options.cycles or 1) + 1):
            for mode in asleep:
                name = " ".join([mode, memory, *own.values(), f"cycle {cycle}"])
                arms[name] = {"mode": mode, "memory": memory, "cycle": str(cycle), **own}
            if reads:
                name = " ".join(["B3", memory, *own.values(), f"cycle {cycle}", READING])
                of_cycle = {"memory": memory, "cycle": str(cycle), "drift": READING, **own}
                arms[name] = {"mode": "B3", **of_cycle}
    return arms


def _identity(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What the answers depend on, besides questions and options."""
    from generators import __version__
    from hei_nw_tasks.metrics import VERSION
    from hei_nw_tasks.model.answer_cache import fingerprint
    from hei_nw_tasks.model.settings import split

    model = fingerprint(split(arguments)[1], {})
    return {"arguments": dict(arguments), "model": model, "versions": [__version__, VERSION]}


def _report(raw: Path, outdir: Path) -> list[Path]:
    from postprocess.reporting import Options, report

    return report(Options(root=raw, outdir=outdir))


def _report_of_some(raw: Path, outdir: Path) -> Path:
    """Report the arms that are finished, if possible; the folder that they are in then."""
    from generators.errors import HeinwError

    try:
        _report(raw, outdir)
    except HeinwError:  # what stopped the run may stop the report, such as a full disk
        return raw
    return outdir


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
