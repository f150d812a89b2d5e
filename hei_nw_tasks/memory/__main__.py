"""Checks a memory before it is measured, or writes its stores.

    python -m hei_nw_tasks.memory check mine:Notebook

tells it small worlds, asks it, and prints a line for each thing that has to hold. Exit code 0 if
nothing fails, 1 if something does, 2 if there is no such memory.

    python -m hei_nw_tasks.memory write --scenario A --n 64 \
        --model_args pretrained=CKPT,memory=mine:Notebook,memory_folder=stores

writes what an evaluation with these arguments then finds; see `hei_nw_tasks.memory.writing`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial

from hei_nw_tasks.shadowing import PackageClashError, use_ours

CLASH, FAILS = 2, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0 if nothing fails, 1 if a check does; else as `generators.stopping.run_command`.
    """
    try:
        use_ours("generators")
    except PackageClashError as error:
        print(f"heinw: {error}", file=sys.stderr)
        return CLASH
    from generators.stopping import run_command

    return run_command(lambda: _run(argv))


def _run(argv: Sequence[str] | None) -> int:
    from generators.stopping import CommandParser

    parser = CommandParser(prog="python -m hei_nw_tasks.memory")
    commands = parser.add_subparsers(required=True, metavar="check, write")
    text = "see whether a memory does what hei_nw_tasks/memory/protocol.py says"
    _add_check(commands.add_parser("check", help=text, description=text))
    text = "write the stores of an evaluation before it, without its model"
    _add_write(commands.add_parser("write", help=text, description=text))
    options = parser.parse_args(argv)
    code: int = options.run(options)
    return code


def _add_check(command: argparse.ArgumentParser) -> None:
    from hei_nw_tasks.memory.conformance.suite import CHECKS
    from hei_nw_tasks.memory.options import MemoryOptions

    add = command.add_argument
    add("name", nargs="?", metavar="NAME", help="of an installed memory, or module:Class")
    add("--memory_args", default="", metavar="ARGS", help="of its class, e.g. tau=0.5,ttl_days=30")
    timeout = MemoryOptions().memory_timeout
    text = f"most seconds of a call (default: {timeout:g})"
    add("--memory_timeout", type=_seconds, default=timeout, metavar="S", help=text)
    add("--seed", type=int, default=0, help="of the worlds (default: 0)")
    text = f"of {', '.join(CHECKS)}, separated by commas (default: all)"
    add("--only", type=_names, default=[], metavar="LIST", help=text)
    add("--list", action="store_true", help="say what is checked, and end")
    command.set_defaults(run=partial(_check, command))


def _add_write(command: argparse.ArgumentParser) -> None:
    from generators.datasets.source import json_object
    from generators.engines import add_engine

    add = command.add_argument
    text = "of the evaluation, as for lm_eval, with memory and memory_folder"
    add("--model_args", required=True, metavar="ARGS", help=text)
    add("--scenario", required=True, metavar="LIST", help="letters, separated by commas, or all")
    add("--n", type=int, help="number of questions (default: the task's)")
    add("--seed", type=int, help="seed of the questions (default: the task's)")
    text = "more settings of the questions, as for lm_eval"
    add("--metadata", type=json_object, default={}, metavar="JSON", help=text)
    add_engine(command)
    command.set_defaults(run=_write)


def _write(options: argparse.Namespace) -> int:
    from lm_eval.utils import simple_parse_args_string

    from generators.engines import engine_of
    from generators.scenarios import SCENARIOS, scenario
    from hei_nw_tasks.memory.writing import Work

    engine = engine_of(options)
    if engine is not None:
        engine.check()
    given = {"n": options.n, "seed": options.seed}
    settings = {**options.metadata, **{k: v for k, v in given.items() if v is not None}}
    arguments = simple_parse_args_string(options.model_args)
    letters = [*SCENARIOS] if options.scenario == "all" else options.scenario.split(",")
    works = [Work(scenario(letter).letter, settings, arguments) for letter in letters]
    for work in works:
        if engine is None:
            print(f"heinw_{work.letter}: {work.write(quiet=False)} stores are in {work.folder}")
            continue
        from hei_nw_tasks.memory.pipeline import write_on

        write_on(work, engine)
        state = "are in" if engine.waits else "are queued for"
        print(f"heinw_{work.letter}: its stores {state} {work.folder}")
    return 0


def _check(command: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    from hei_nw_tasks.memory.conformance.subject import Subject
    from hei_nw_tasks.memory.conformance.suite import CHECKS, meaning, results
    from hei_nw_tasks.memory.options import MemoryOptions
    from hei_nw_tasks.memory.systems import made_with, memory_class

    if options.list:
        print("\n".join(f"{name:<12} {meaning(name)}" for name in CHECKS))
        return 0
    if options.name is None:
        command.error("name a memory, e.g. mine:Notebook")
    arguments = MemoryOptions(memory_args=options.memory_args).memory_args
    memory_class(options.name)
    made_with(options.name, arguments)
    subject = Subject(options.name, arguments, options.memory_timeout, options.seed)
    counts: Counter[str] = Counter()
    for name, outcome in results(subject, options.only):
        print(f"{outcome.status:<6} {name:<12} {outcome.text}", flush=True)
        counts[outcome.status] += 1
    found = ", ".join(f"{counts[s]} {s}" for s in ("holds", "fails", "warns", "n/a") if counts[s])
    left = len(options.only or CHECKS) - counts.total()
    print(f"memory={options.name!r}: {found}{f', {left} not run' if left else ''}")
    return FAILS if counts["fails"] else 0


def _names(text: str) -> list[str]:
    """Names of checks, separated by commas."""
    from hei_nw_tasks.memory.conformance.suite import CHECKS

    chosen = list(dict.fromkeys(word.strip() for word in text.split(",")))
    for name in chosen:
        if name not in CHECKS:
            raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(CHECKS)}")
    return chosen


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
