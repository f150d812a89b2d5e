"""How the report handles damaged lm_eval output, over tens of thousands of inputs.

    python -m benchmarks.damage                        # about 30,000 inputs
    python -m benchmarks.damage --inputs 2000 --seed 7

Real runs of lm_eval (12 questions to a scripted model: scenario A, scenario E, and two arms of
scenario D with costs) are damaged one file at a time: every prefix of a results file, bits, blocks,
encodings, odd numbers and strings, keys, types, rows, and paths that are no files. Each is reported
on in this process, most as JSON alone, one in fifty in all formats. The outcome must be

- refused in one line that says what to do, with nothing written; or
- a report that lists the damaged run as left out, with the numbers of the others; or
- the report of the undamaged run; or
- a report that says INCOMPLETE, every item of which is in the undamaged report too.

Anything else is a failure: another exception, more than ten seconds, another number.
`testing.judging` states which numbers are compared, and what nothing protects. Exits with 1 if
there is a failure, which is printed with its number: `--only NUMBER` tries it again.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from pathlib import Path
from types import FrameType

from postprocess.reporting import DEFAULT_FORMATS
from testing import damage, restructuring
from testing.judging import DishonestError, Judge
from testing.measured_arms import RAG, arm, run_two_arms
from testing.scripted import run_lm_eval

SECONDS = 10  # limit for one input
MEMORY = 3 << 30  # limit of the process, in bytes
EVERYTHING = (*DEFAULT_FORMATS, "csv", "parquet", "eee")
ALL_FORMATS = 50  # one input in 50 is reported on in all formats
RESULTS, SAMPLES = "results", "samples"


class Hang(BaseException):
    """An input took too long. Not an Exception, so that no handler swallows it."""


@dataclass(frozen=True)
class Corpus:
    """A folder of undamaged runs."""

    name: str
    folder: Path
    judge: Judge

    def files(self, kind: str) -> list[Path]:
        """Return its files of a kind, sorted by name."""
        return sorted(self.folder.rglob(f"{kind}_*"))


@dataclass(frozen=True)
class Input:
    """One damaged input.

    Attributes:
        kind: Its row in the table.
        corpus: The runs that it damages.
        path: The damaged file.
        make: Makes the file's new bytes from the old ones; None removes it.
        place: Then creates something else at the path.
    """

    kind: str
    corpus: Corpus
    path: Path
    make: Callable[[bytes], bytes | None]
    place: Callable[[Path], None] | None = None


def corpora(folder: Path) -> list[Corpus]:
    """Make the undamaged runs."""
    run_lm_eval(folder / "A", limit=12)
    small = {"store_sizes": [40, 80], "collision_groups": [1, 4]}
    run_two_arms(folder / "D", **small)  # type: ignore[arg-type]
    run_lm_eval(
        *(folder / "E", arm(400)),
        task="heinw_E",
        limit=12,
        model_info={"heinw": RAG},
        lengths=[1000, 2000],
    )
    return [
        Corpus(name, folder / name, Judge(folder / name, folder / f"{name}-out")) for name in "ADE"
    ]


def prefixes(corpus: Corpus, most: int) -> Iterator[Input]:
    """Yield every prefix of a results file, or at most `most` of them."""
    (path,) = corpus.files(RESULTS)
    size = path.stat().st_size
    for cut in range(0, size, max(1, -(-size // most))):
        yield Input("prefixes of a results file", corpus, path, itemgetter(slice(cut)))


def encodings(found: list[Corpus]) -> Iterator[Input]:
    """Yield each file of each corpus in each of the `damage.ENCODINGS`."""
    for corpus in found:
        for path in (*corpus.files(RESULTS), *corpus.files(SAMPLES)):
            for number in range(damage.ENCODINGS):
                yield Input("encodings, garbage", corpus, path, partial(damage.encoded, number))


def no_files(found: list[Corpus]) -> Iterator[Input]:
    """Yield each file replaced by nothing, a folder, a loop, a pipe, or made unreadable."""

    def pipe(path: Path) -> None:
        os.mkfifo(path)

    places: list[Callable[[Path], None]] = [
        lambda path: None,
        lambda path: path.mkdir(),
        lambda path: path.symlink_to(path.name),
        lambda path: path.symlink_to("nowhere"),
        lambda path: path.symlink_to(path.parent),
        lambda path: path.symlink_to("/dev/zero"),
        pipe,
    ]
    for corpus in found:
        for path in (*corpus.files(RESULTS), *corpus.files(SAMPLES)):
            for place in places:
                yield Input("no file (folder, loop, pipe …)", corpus, path, lambda raw: None, place)
            yield Input("no file (folder, loop, pipe …)", corpus, path, lambda raw: raw, _forbid)


def _forbid(path: Path) -> None:
    path.chmod(0)


def random_damage(found: list[Corpus], rng: random.Random) -> Iterator[Input]:
    """Yield random damage to random files, endlessly."""
    rows = restructuring.ROWS
    kinds = {**damage.BYTES, **damage.TEXTS, **restructuring.STRUCTURES, **rows}
    names = [*kinds, "two kinds at once"]
    while True:
        name, corpus = rng.choice(names), rng.choice(found)
        file = SAMPLES if name in rows else rng.choice((RESULTS, SAMPLES, SAMPLES))
        seed = rng.getrandbits(64)

        def make(raw: bytes, name: str = name, seed: int = seed) -> bytes:
            draw = random.Random(seed)
            if name in kinds:
                return kinds[name](draw, raw)
            # The change that parses comes first: after the other one the file may not parse.
            first = draw.choice([*restructuring.STRUCTURES.values(), *damage.TEXTS.values()])
            return draw.choice(list(damage.BYTES.values()))(draw, first(draw, raw))

        yield Input(name, corpus, rng.choice(corpus.files(file)), make)


def try_input(one: Input, formats: tuple[str, ...]) -> tuple[str, str | None]:
    """Return the outcome of an input, and why it is a failure if it is one."""
    raw, folder = one.path.read_bytes(), one.path.parent
    changed = one.make(raw)
    if changed is None:
        one.path.unlink()
    else:
        one.path.write_bytes(changed)
    if one.place is not None:
        one.place(one.path)
    forbidden = one.place is _forbid and os.geteuid() == 0
    signal.alarm(SECONDS)
    try:
        with _as_nobody() if forbidden else contextlib.nullcontext():
            return one.corpus.judge.verdict(formats), None
    except DishonestError as error:
        return "failed", str(error)
    except Hang:
        return "failed", f"more than {SECONDS} seconds"
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return "failed", f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})"
    finally:
        signal.alarm(0)
        if one.path.is_dir() and not one.path.is_symlink():
            one.path.rmdir()
        else:
            one.path.unlink(missing_ok=True)
        assert folder.is_dir()
        one.path.write_bytes(raw)


@contextlib.contextmanager
def _as_nobody() -> Iterator[None]:
    """Drop root's right to read everything for a while."""
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def inputs(found: list[Corpus], options: argparse.Namespace) -> Iterator[Input]:
    """Yield `options.inputs` inputs: prefixes up to two thirds of them, then the rest."""
    rng, made = random.Random(options.seed), 0
    for source in (
        prefixes(found[0], max(1, 2 * options.inputs // 3)),
        no_files(found),
        encodings(found),
        random_damage(found, rng),
    ):
        for one in source:
            if made == options.inputs:
                return
            made += 1
            yield one


def run(found: list[Corpus], options: argparse.Namespace) -> int:
    """Try all inputs and print the table; return the number of failures."""
    counts: dict[str, Counter[str]] = {}
    failures: list[str] = []
    for number, one in enumerate(inputs(found, options)):
        if options.only is not None and number != options.only:
            continue
        everything = number % ALL_FORMATS == 0 and not one.kind.startswith("prefixes")
        formats = EVERYTHING if everything else ("json",)
        verdict, failure = try_input(one, formats)
        counts.setdefault(one.kind, Counter())[verdict] += 1
        if failure:
            failures.append(f"input {number}, {one.kind}, {one.path.name}: {failure}")
            if len(failures) <= options.show:
                print(failures[-1], file=sys.stderr)
    columns = ("refused", "left out", "equal", "incomplete", "failed")
    heads = "refused | left out | reported equal | reported incomplete"
    print(f"| damage | inputs | {heads} | FAILURES |")
    print("|:--|--:|--:|--:|--:|--:|--:|")
    for kind, of_kind in [*counts.items(), ("**all**", sum(counts.values(), Counter()))]:
        cells = " | ".join(f"{of_kind[name]:,}" for name in columns)
        print(f"| {kind} | {of_kind.total():,} | {cells} |")
    return len(failures)


def main() -> int:
    """Make the runs, damage them, print the table."""
    parser = argparse.ArgumentParser(description="Reports on damaged lm_eval output.")
    parser.add_argument("--inputs", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="try only the input of this number")
    parser.add_argument("--show", type=int, default=40, help="failures to print (default: 40)")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))

    def hang(_: int, __: FrameType | None) -> None:
        raise Hang

    signal.signal(signal.SIGALRM, hang)
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    folder.chmod(0o777)  # for _as_nobody
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            found = corpora(folder)
        begun = time.perf_counter()
        failed = run(found, options)
        print(f"\nseed {options.seed}, {time.perf_counter() - begun:.0f} s")
    finally:
        shutil.rmtree(folder)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
