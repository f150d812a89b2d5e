"""What the dataset commands do with forged data, full disks, kills and two writers.

    python -m benchmarks.hostile_datasets                  # 20,000 folders; minutes
    python -m benchmarks.hostile_datasets --folders 500 --kills 5 --rounds 10

Forged: folders of all scenarios are damaged or forged (`testing.forging`) and verified. Each must
be refused in one line, be "not proven", or be proven and hold no row that was not there before.
Anything else is a failure: a traceback, ten seconds, another answer.

Kills: `generate --overwrite`, `--shard` and `join` are killed at each change of the disk, then at
random. After the next run, the old dataset or the new one is there, whole and with its card, and
nothing else.

Full disk: the same commands, with an error at every single change of the disk.

Writers: two processes write to one folder at a time; it holds the dataset of one of them.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from types import FrameType

from generators.__main__ import main as command
from generators.datasets.card import render
from generators.datasets.source import config_from
from generators.datasets.storage import EVENTS, QUESTIONS, read, write
from generators.datasets.tables import build
from generators.scenarios import SCENARIOS
from generators.staging import staging
from generators.verify.remaking import doubt
from testing.faults import fault, full_disk, in_child, kill
from testing.forging import forge

SECONDS = 10
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
SMALL = {"n": 4, "store_sizes": [60], "collision_groups": [2], "lengths": [700]}
RUN = ["--scenario", "A", "--n", "20"]


class Hang(BaseException):
    """It took too long. Not an Exception, so that no handler swallows it."""


def quietly(run: Callable[[], int]) -> tuple[int, str]:
    """Exit code and standard error of a command of ours."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        return run(), err.getvalue()


def forged(folders: int, seed: int) -> Iterator[tuple[str, str]]:
    """Forge and verify; yields the kind of forgery, and what came of it."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        honest = {}
        for letter in SCENARIOS:
            place = Path(name) / letter
            honest[letter] = write(build(letter, config_from(letter, SMALL)), place)
        for number in range(folders):
            rng = random.Random(f"{seed}:{number}")
            letter = "ABCDE"[number % 5]
            out = Path(name) / "forged"
            shutil.copytree(honest[letter], out / honest[letter].name)
            done = forge(rng, out / honest[letter].name)
            yield f"{letter}: {done}", judged(out, letter, honest[letter])
            shutil.rmtree(out)


def judged(out: Path, letter: str, honest: Path) -> str:
    """What `verify` makes of a forged folder."""
    signal.alarm(SECONDS)
    try:
        code, error = quietly(lambda: command(["verify", str(out)]))
        if code == 2:
            good = error.count("\n") == 1 and error.startswith("heinw: ") and "→" in error
            return "refused" if good else f"FAILED: {error!r}"
        if code == 1:
            return "not proven"
        for name in (QUESTIONS, EVENTS):
            there = set((honest / name).read_bytes().splitlines())
            rows = (out / honest.name / name).read_bytes().splitlines()
            if not there.issuperset(rows) or len(set(rows)) < len(rows):
                return "FAILED: proven, with other rows"
        return "proven and equal" if doubt(read(out, letter)) is None else "FAILED: not proven"
    except Hang:
        return f"FAILED: more than {SECONDS} seconds"
    except Exception as error:
        return f"FAILED: {type(error).__name__}: {error}"
    finally:
        signal.alarm(0)


def state(out: Path) -> str:
    """What a folder holds: the seed of a whole dataset with its card, or what is wrong with it."""
    (mine,) = (path.read_text() for path in out.glob("notes.txt"))
    if mine != "mine":
        return "the user's file is another one"
    if not (out / "heinw_A").exists():
        return "nothing"
    tables = read(out, "A")
    if reason := doubt(tables):
        return reason
    if (out / "README.md").read_text(encoding="utf-8") != render(out):
        return "the card is of other rows"
    if left := [path.name for path in out.rglob(".heinw-*")]:
        return f"left {left}"
    return str(tables.manifest.config.seed)


def generated(out: Path) -> tuple[Callable[[], int], set[str]]:
    """A dataset that is there already, and the run that is to replace it."""
    command([*RUN, "--seed", "0", "--out", str(out)])
    return lambda: command([*RUN, "--seed", "1", "--out", str(out), "--overwrite"]), {"0", "1"}


def parted(out: Path) -> tuple[Callable[[], int], set[str]]:
    """One of two parts, and the run that makes the other one."""
    command([*RUN, "--seed", "1", "--out", str(out), "--shard", "1/2"])
    return lambda: command([*RUN, "--seed", "1", "--out", str(out), "--shard", "2/2"]), {"nothing"}


def joined(out: Path) -> tuple[Callable[[], int], set[str]]:
    """A dataset that is there already, and parts that are to replace it."""
    command([*RUN, "--seed", "0", "--out", str(out)])
    for part in ("1/2", "2/2"):
        command([*RUN, "--seed", "1", "--out", str(out), "--shard", part])
    return lambda: command(["join", str(out), "--overwrite"]), {"0", "1"}


ARRANGED = {"generate": generated, "--shard": parted, "join": joined}


@contextlib.contextmanager
def arranged(name: str) -> Iterator[tuple[Path, Callable[[], int], set[str]]]:
    """A folder with a file of the user's, a command, and the states that may come of it."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        out = Path(folder)
        (out / "notes.txt").write_text("mine")
        with contextlib.redirect_stdout(io.StringIO()):
            run, good = ARRANGED[name](out)
        yield out, run, good


def changes_of(name: str) -> int:
    """How many changes of the disk a command makes."""
    with arranged(name) as (out, run, _), fault(0, out, full_disk) as met:
        quietly(run)
        return met.changes


def struck(name: str, number: int, strike: Callable[[], None]) -> str:
    """What comes of a command with a full disk, or a kill, at one change."""
    with arranged(name) as (out, run, good):

        def strike_it() -> int:
            with fault(number, out, strike):
                code, error = quietly(run)
            return 70 if code not in (0, 2) or error.count("\n") != (code == 2) else code

        if in_child(strike_it) == 70:
            return "FAILED: another exit code, or not one line"
        for folder in (out, *out.glob("*.parts")):
            with staging(folder):  # as the next run does
                pass
        found = state(out)
        return found if found in good else f"FAILED: {found}"


def writers(rounds: int) -> Iterator[str]:
    """Let two processes write to one folder, in every second round with --overwrite."""
    for number in range(rounds):
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            out, more = Path(folder), ["--overwrite"] if number % 2 else []
            (out / "notes.txt").write_text("mine")
            reader, writer = os.pipe()
            children = []
            for seed in ("0", "1"):
                child = os.fork()
                if child == 0:
                    os.close(writer)
                    os.read(reader, 1)  # until both are there
                    run = [*RUN, "--seed", seed, "--out", str(out), *more]
                    os._exit(quietly(lambda run=run: command(run))[0])  # type: ignore[misc]
                children.append(child)
            os.close(reader)
            os.close(writer)
            codes = {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children}
            found = state(out)
            good = codes <= {0, 2} and 0 in codes and found in ("0", "1")
            yield "whole" if good and (more or codes == {0, 2}) else f"FAILED: {codes} {found}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run all parts and print a table; return the number of failures."""
    parser = argparse.ArgumentParser(description="Attacks the dataset commands.")
    parser.add_argument("--folders", type=int, default=20_000, help="forged folders")
    parser.add_argument("--kills", type=int, default=50, help="kills of each command")
    parser.add_argument("--rounds", type=int, default=200, help="rounds of two writers")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", metavar="TEXT", help="attacks with this in the name")
    options = parser.parse_args(argv)

    def hang(_: int, __: FrameType | None) -> None:
        raise Hang

    signal.signal(signal.SIGALRM, hang)
    print("| attack | tries | outcomes | FAILURES | seconds |\n|:--|--:|:--|--:|--:|")
    failures = 0
    for attack, outcomes in attacks(options):
        if options.only not in attack:
            continue
        begun, found = time.perf_counter(), Counter[str]()
        for what, outcome in outcomes:
            found[outcome.partition(":")[0]] += 1
            if outcome.startswith("FAILED"):
                print(f"{attack}, {what}: {outcome}", file=sys.stderr, flush=True)
        bad = found.pop("FAILED", 0)
        failures += bad
        cells = ", ".join(f"{name} {number:,}" for name, number in sorted(found.items()))
        took = time.perf_counter() - begun
        print(f"| {attack} | {found.total() + bad:,} | {cells} | {bad} | {took:.0f} |", flush=True)
    return failures


def attacks(options: argparse.Namespace) -> Iterator[tuple[str, Iterator[tuple[str, str]]]]:
    """All attacks, each with its tries: what was done, and what came of it."""
    yield "forged folders", forged(options.folders, options.seed)
    rng = random.Random(options.seed)
    for name in ARRANGED:
        each = range(1, changes_of(name) + 1)
        for attack, strike, numbers in (
            ("full disk at each change", full_disk, each),
            ("killed", kill, [*each, *rng.choices(each, k=options.kills)][: options.kills]),
        ):
            tries = ((f"change {k}", struck(name, k, strike)) for k in numbers)
            yield f"{name}: {attack}", tries
    yield "two writers", ((str(n), one) for n, one in zip(count(), writers(options.rounds)))


if __name__ == "__main__":
    sys.exit(main())
