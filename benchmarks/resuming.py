"""Kills the harness again and again, and fills its disk at each of its writes.

    python -m benchmarks.resuming               # 50 kills; two minutes
    python -m benchmarks.resuming --kills 500

The command is `python -m hei_nw_tasks` with a small model and two arms. Each try is a process of
its own, forked from one that has imported lm_eval and run the command before: what that takes
changes nothing on the disk, and is longer than the rest.

- Kills: SIGKILL at a random moment of the run, and the same command again, until it ends; then
  anew, until there were 50. Also one at each change of the disk in the output of lm_eval.
- Full disks: an error at each of these changes; and file systems of all sizes on which the run does
  not fit (needs the right to mount them). The command has to end with one line; with room again,
  the same command has to go on.

Lost is a file of the user's, output of an arm that was in place, or an answer that was in the cache
before. In the end there must be the files of a run that nobody disturbed, the same in answers,
scores and index, and nothing else; see `testing.outputs`. Exits with 1 if anything went wrong.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import NamedTuple

from benchmarks.measuring import Cell, Tables, parser, run, small_disk
from testing.faults import fault, full_disk, kill
from testing.outputs import arrange, kept, timeless

ARMS = ("none", "rag")
DISK, STEP = 3 << 19, 3 << 14
STAGES = ("before", *ARMS, "report")
WRONG = ("lost", "not one line", "not going on", "different")


class Ended(NamedTuple):
    """How a run ended.

    Attributes:
        code: Its exit code, or minus the signal.
        said: All that it printed.
    """

    code: int
    said: str

    @property
    def stage(self) -> str:
        """What it was doing last, of `STAGES`."""
        if re.search("^report$", self.said, re.M):
            return "report"
        begun = re.findall(r"^arm \d of \d: (\w+)$", self.said, re.M)
        return begun[-1] if begun else "before"

    @property
    def is_refusal(self) -> bool:
        """Whether it ended with one line that says what to do."""
        lines = [line for line in self.said.splitlines() if "heinw: " in line]
        clear = len(lines) == 1 and "→" in lines[0] and "Traceback" not in self.said
        return self.code == 2 and clear


class Harness:
    """Runs the command in processes of its own.

    Args:
        scratch: For the model, and for what the command prints.
    """

    def __init__(self, scratch: Path) -> None:
        from torch.utils import collect_env

        from testing.checkpoint import make_checkpoint

        # lm_eval asks pip for all packages at the end of each arm, for seconds.
        collect_env.get_pretty_env_info = cache(collect_env.get_pretty_env_info)
        self._model, self._log = make_checkpoint(scratch / "model"), scratch / "log"
        undisturbed = scratch / "undisturbed"
        undisturbed.mkdir()
        arrange(undisturbed)
        with self._log.open("w") as log, redirect_stdout(log), redirect_stderr(log):
            if self._command(undisturbed):  # in this process: what it imports, the others have
                raise RuntimeError("the command does not work")
        self.expected = timeless(undisturbed)
        begun = time.perf_counter()
        self.ended(self.started(scratch / "timed"))
        self.seconds = time.perf_counter() - begun
        """Of an undisturbed run."""

    def started(self, out: Path, number: int = 0, strike: Callable[[], None] = kill) -> int:
        """Begin a run; its process.

        Args:
            out: Folder for its output.
            number: Of the change in the output of lm_eval that is struck; 0 for none.
            strike: What happens there.
        """
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            code = 70
            try:
                log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                os.dup2(log, 1)
                os.dup2(log, 2)
                with fault(number, out / "lm_eval", strike) as met:
                    code = self._command(out)
                print(f"changes: {met.changes}", flush=True)
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(code)
        return child

    def ended(self, child: int) -> Ended:
        """Wait for the end of a run."""
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return Ended(code, self._log.read_text(errors="replace"))

    def changes(self) -> int:
        """How many changes the output of lm_eval takes."""
        with tempfile.TemporaryDirectory() as folder:
            said = self.ended(self.started(Path(folder))).said
        return int(said.rpartition("changes: ")[2])

    def _command(self, out: Path) -> int:
        from hei_nw_tasks.__main__ import main

        model = f"pretrained={self._model},retriever=bm25,k=2"
        asked = ["--scenario", "A", "--n", "8", "--baseline", ",".join(ARMS), "--dump"]
        costs = ["--device", "cpu", "--gen_kwargs", "max_gen_toks=12"]
        return main([*asked, "--model_args", model, *costs, "--outdir", str(out)])


class Attack:
    """Tries of one kind, where they struck, and what went wrong.

    Args:
        name: Of the attack.
        harness: Runs the command.
        disk: Folder for the output of the runs.
    """

    def __init__(self, name: str, harness: Harness, disk: Path) -> None:
        self._name, self._harness, self._out = name, harness, disk / "out"
        self._begun = time.perf_counter()
        self._stages, self._wrong = Counter[str](), Counter[str]()

    @property
    def tries(self) -> int:
        """How often it struck."""
        return self._stages.total()

    @property
    def failures(self) -> int:
        """How much went wrong."""
        return self._wrong.total()

    @contextmanager
    def sequence(self) -> Iterator[Path]:
        """Runs with one output folder, which go on until the end and are then compared."""
        out = self._out
        out.mkdir()
        arrange(out)
        try:
            yield out
            found, expected = timeless(out), self._harness.expected
            if other := [k for k in found | expected if found.get(k, "") != expected.get(k, "")]:
                self._note("different", f"{other} of {sorted(found)}")
        finally:
            shutil.rmtree(out)

    def strike(self, out: Path, child: int, before: Mapping[str, bytes]) -> bool:
        """Wait for a run that is struck; whether it has to go on."""
        ended = self._harness.ended(child)
        if not ended.code:
            return False
        self._stages[ended.stage] += 1
        if ended.code != -signal.SIGKILL and not ended.is_refusal:
            self._note("not one line", ended.said)
        if ended.stage == "report" and not any((out / "lm_eval").glob(".unfinished-*")):
            return False  # all that it missed is to clean up and to exit; the next one begins anew
        now = kept(out)
        if lost := [name for name in before if now.get(name) != before[name]]:
            self._note("lost", f"{lost} {ended.said}")
        return True

    def go_on(self, out: Path) -> None:
        """Run the command to its end."""
        ended = self._harness.ended(self._harness.started(out))
        if ended.code:
            self._note("not going on", ended.said)

    def row(self) -> dict[str, Cell]:
        """Of the table."""
        where = {f"in {stage}": self._stages[stage] for stage in STAGES}
        wrong = {kind: self._wrong[kind] for kind in WRONG}
        seconds = time.perf_counter() - self._begun
        return {"attack": self._name, "tries": self.tries, **where, **wrong, "s": seconds}

    def _note(self, kind: str, text: str) -> None:
        self._wrong[kind] += 1
        print(f"{self._name}: {kind}: {text[-2000:]}", file=sys.stderr, flush=True)


def at_random(attack: Attack, harness: Harness, kills: int, rng: random.Random) -> None:
    """Kill the command again and again until it ends, and so on until there were enough kills."""
    while attack.tries < kills:
        with attack.sequence() as out:
            goes_on = True
            while goes_on:
                before, child = kept(out), harness.started(out)
                time.sleep(rng.random() * harness.seconds)
                os.kill(child, signal.SIGKILL)
                goes_on = attack.strike(out, child, before)


def at_each(attack: Attack, harness: Harness, numbers: range, strike: Callable[[], None]) -> None:
    """Strike at changes of the disk, each in a run of its own, and let it go on."""
    for number in numbers:
        with attack.sequence() as out:
            before = kept(out)
            if attack.strike(out, harness.started(out, number, strike), before):
                attack.go_on(out)


def without_room(attack: Attack, harness: Harness, disk: Path, rooms: range) -> None:
    """Fill a file system but for a number of bytes, and make room again."""
    for room in rooms:
        with attack.sequence() as out:
            before, filling = kept(out), disk / "filling"
            filling.write_bytes(bytes(DISK - room))
            struck = attack.strike(out, harness.started(out), before)
            filling.unlink()
            if struck:
                attack.go_on(out)


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill the table; end with exit code 1 if anything went wrong."""
    failures = 0

    def tried(name: str, disk: Path, tries: Callable[[Attack], None]) -> None:
        nonlocal failures
        if options.only not in name:
            return
        attack = Attack(name, harness, disk)
        tries(attack)
        tables.add("The harness", attack.row())
        failures += attack.failures

    with tempfile.TemporaryDirectory() as folder, small_disk(DISK) as (disk, mounted):
        scratch, rng = Path(folder), random.Random(options.seed)
        harness = Harness(scratch)
        each = range(1, harness.changes() + 1, options.every)
        rooms = range(STEP, DISK, STEP * options.every)
        tried("kill at random", scratch, lambda a: at_random(a, harness, options.kills, rng))
        tried("kill at a change", scratch, lambda a: at_each(a, harness, each, kill))
        tried("error at a change", scratch, lambda a: at_each(a, harness, each, full_disk))
        if mounted:
            tried("full disk", disk, lambda a: without_room(a, harness, disk, rooms))
    if failures:
        sys.exit(1)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; return its exit code."""
    made = parser(__doc__)
    made.add_argument("--kills", type=int, default=50, help="at random moments (default: 50)")
    made.add_argument("--every", type=int, default=1, help="only each of so many changes and sizes")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--only", default="", metavar="TEXT", help="attacks with this in the name")
    options = made.parse_args(argv)
    if options.quick:
        options.kills, options.every = 1, 1000
    os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported: a fork has no other threads
    return run(measure, options)


if __name__ == "__main__":
    sys.exit(main())
