"""The dataset command: `python -m generators --scenario A --n 512 --seed 42 --out data/heinw`.

python -m generators verify data/heinw      check what was written, print its certificates
python -m generators --scenario all --n 100000 --seed 1 --out data/big --shard 2/8
python -m generators join data/big          join the parts to what one run would have written
python -m generators --scenario A --n 100000 --out data/big --executor local --tasks 8 --workers 4
python -m generators audit --scenario B     what learned adversaries find without any memory
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

try:
    from generators.audit import command as auditing
    from generators.commands import Request, generate, join_parts, verify
    from generators.config import Style
    from generators.datasets.hub import Push
    from generators.datasets.shards import Shard
    from generators.datasets.source import json_object
    from generators.engines import add_engine, engine_of
    from generators.scenarios import SCENARIOS
    from generators.stopping import CommandParser, run_command
except ImportError as error:
    print(
        f"heinw: {Path(__file__).parent}: cannot be imported ({error}); another package may have "
        "overwritten it → install hei-nw-tasks again with pip's --force-reinstall",
        file=sys.stderr,
    )
    sys.exit(2)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0; 1 if a dataset does not pass its verification, or a scenario its audit; else as
        `run_command`.
    """
    return run_command(lambda: _run(list(sys.argv[1:] if argv is None else argv)))


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["verify"]:
        return verify(_folder_parser("verify", "check a dataset").parse_args(arguments[1:]).folder)
    if arguments[:1] == ["join"]:
        parser = _folder_parser("join", "join the parts of a dataset")
        parser.add_argument("--overwrite", action="store_true", help="replace what is there")
        options = parser.parse_args(arguments[1:])
        return join_parts(options.folder, overwrite=options.overwrite)
    if arguments[:1] == ["audit"]:
        return auditing.audit(_audit_request(arguments[1:]))
    return generate(_request(arguments))


def _folder_parser(command: str, what: str) -> argparse.ArgumentParser:
    parser = CommandParser(prog=f"python -m generators {command}", description=what)
    parser.add_argument("folder", type=Path, help="folder that --out wrote to")
    return parser


def _settings_parser(command: str, what: str) -> argparse.ArgumentParser:
    parser = CommandParser(prog=f"python -m generators{command}", description=what)
    add = parser.add_argument
    add("--scenario", required=True, help=f"letters of {','.join(SCENARIOS)}, or all")
    add("--n", type=int, default=625, help="number of questions (default: 625)")
    add("--seed", type=int, default=0, help="seed of all randomness (default: 0)")
    styles = get_args(Style)
    text = f"how events are told: {' or '.join(styles)} (default: {styles[0]})"
    add("--style", choices=styles, default=styles[0], help=text)
    more = "more settings, as for lm_eval: '{\"confounders_ratio\": 0}'"
    add("--metadata", type=json_object, default={}, metavar="JSON", help=more)
    return parser


def _settings(given: argparse.Namespace) -> dict[str, Any]:
    return {"n": given.n, "seed": given.seed, "style": given.style, **given.metadata}


def _letters(given: str) -> list[str]:
    return list(SCENARIOS) if given == "all" else given.split(",")


def _audit_request(arguments: Sequence[str]) -> auditing.Request:
    parser = _settings_parser(" audit", "show what learned adversaries find without any memory")
    for name, count in (("train", auditing.TRAIN_SEEDS), ("test", auditing.TEST_SEEDS)):
        text = f"number of seeds to {name} the adversaries on (default: {count})"
        parser.add_argument(f"--{name}-seeds", type=int, default=count, help=text)
    given = parser.parse_args(arguments)
    settings = _settings(given)
    return auditing.Request(_letters(given.scenario), settings, given.train_seeds, given.test_seeds)


def _request(arguments: Sequence[str]) -> Request:
    parser = _settings_parser("", "Make datasets. Other commands: verify DIR, join DIR, audit.")
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder to write to")
    add("--shard", type=Shard.parse, metavar="I/N", help="make part I of N, to be joined later")
    add("--overwrite", action="store_true", help="replace what is there, also on the Hub")
    add_engine(parser)
    hub = parser.add_argument_group("Hugging Face Hub")
    add = hub.add_argument
    add("--push-to-hub", metavar="ORG/NAME", help="push the dataset there when it is made")
    flag = argparse.BooleanOptionalAction
    add("--private", action=flag, default=True, help="make the repository private (default)")
    add("--revision", metavar="BRANCH", help="push to this branch")
    add("--create-pr", action="store_true", help="open a pull request")
    add("--dry-run", action="store_true", help="make the dataset, list what would be pushed")
    given = parser.parse_args(arguments)
    push = None
    if given.push_to_hub:
        push = Push(
            given.push_to_hub, given.private, given.revision, given.create_pr, given.overwrite
        )
    elif given.dry_run or given.create_pr or given.revision:
        parser.error("--dry-run, --create-pr and --revision go with --push-to-hub")
    engine = engine_of(given)
    if push and given.shard:
        parser.error("--push-to-hub does not go with --shard: join the parts first")
    if given.shard and engine:
        parser.error("--shard makes one part by hand, --executor all of them: give one of them")
    if push and engine and not engine.waits:
        parser.error(f"--push-to-hub does not go with --executor {engine.name}: it queues the work")
    settings = _settings(given)
    return Request(
        _letters(given.scenario),
        settings,
        given.out,
        given.overwrite,
        given.shard,
        engine,
        push,
        given.dry_run,
    )


if __name__ == "__main__":
    sys.exit(main())
