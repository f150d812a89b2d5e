"""Kills the writers of both caches, and fills the disk at each of their writes.

    python -m benchmarks.caches            # 50 kills each, and every size at which a write fails
    python -m benchmarks.caches --kills 500

A writer is a process of its own that keeps row after row, as a run does: answers one by one,
embeddings 20 at a time. It names each row when the cache has accepted it.

- Kills: SIGKILL at a random moment while it writes, 50 times on the same file. After each kill a
  new process reads every row that was ever named.
- Full disk: on a file system of 512 KiB that is filled so far that one page after the other is
  missing (needs the right to mount one; without it a limit of the file size takes its place). The
  writer has to end with one line, and every row that it named has to be there; so have those from
  before; and with room again the next writer goes on.

Lost is a named row that is missing, damaged, or another one. Exits with 1 if there is any, or if a
writer ends with anything but one line.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measuring import CHECKOUT, Tables, parser, run, small_disk
from generators.errors import HeinwError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DISK, PAGE = 1 << 19, 4096
MOST_PAGES = 60  # leaves enough room to go on
KINDS = ("answers", "embeddings")
_BATCH = 20
_DIMENSIONS = 384


class HashEmbedder:
    """Vectors that follow from the text, in no time."""

    name, weights = "hash", "1"

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors: (texts, dimensions)."""
        import numpy as np

        made = [np.random.default_rng(int(text)).random(_DIMENSIONS, np.float32) for text in texts]
        return np.stack(made)

    embed_queries = embed_passages

    def query_flops(self, text: str) -> float | None:
        """Nothing is computed."""
        return 0.0


def answer_of(number: int) -> str:
    """The answer that a row holds."""
    return f"answer {number} " * 50


def write(kind: str, folder: Path, first: int) -> None:
    """Keep rows from a number on, without end; print the number that follows each kept row."""
    if kind == "answers":
        from hei_nw_tasks.compute.record import ComputeRecord, all_unknown
        from hei_nw_tasks.model.answer_cache import AnswerCache
        from hei_nw_tasks.response import AnswerRecord, MeasuredResponse

        answers = AnswerCache(folder / "answers.db", "f")
        for number in range(first, sys.maxsize):
            record = AnswerRecord(
                question_id=str(number),
                baseline="none",
                overflow=False,
                shown=0,
                evidence_shown=None,
                retrieved=None,
                compute=ComputeRecord(costs=all_unknown("not run")),
            )
            answers.put(str(number), MeasuredResponse(answer_of(number), record))
            answers.commit()
            print(number + 1, flush=True)
    from hei_nw_tasks.retrieval.embedding_cache import CachedEmbedder

    embedder = CachedEmbedder(HashEmbedder(), folder)
    for number in range(first, sys.maxsize, _BATCH):
        embedder.embed_passages([str(n) for n in range(number, number + _BATCH)])
        print(number + _BATCH, flush=True)


def lost(kind: str, folder: Path, end: int) -> int:
    """How many of the rows below a number are not there as they were kept."""
    if kind == "answers":
        from hei_nw_tasks.model.answer_cache import AnswerCache

        answers = AnswerCache(folder / "answers.db", "f")
        return sum(answers.get(str(n)) != answer_of(n) for n in range(end))
    from hei_nw_tasks.retrieval.embedding_cache import CachedEmbedder

    texts = [str(n) for n in range(end)]
    if not texts:
        return 0
    computed: list[str] = []

    class Counting(HashEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
            computed.extend(texts)
            return super().embed_passages(texts)

    found = CachedEmbedder(Counting(), folder).embed_passages(texts)
    wrong = (found != HashEmbedder().embed_passages(texts)).any(axis=1)
    return len(computed) + int(wrong.sum())


class Writer:
    """A writer in a process of its own.

    Args:
        kind: Of `KINDS`.
        folder: Of the cache.
        first: Number of its first row.
        limit: Most bytes of a file that it may write; None for no limit.
    """

    def __init__(self, kind: str, folder: Path, first: int, limit: int | None = None) -> None:
        def limited() -> None:
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        command = [sys.executable, "-m", "benchmarks.caches", "--write", kind, str(first)]
        self._process = subprocess.Popen(
            [*command, "--folder", str(folder)],
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=limited,
        )
        self.next = first

    def named(self) -> Iterator[int]:
        """The numbers after each row that it keeps, as it keeps them."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith("\n"):
                self.next = int(line)
            yield self.next

    def kill(self, after: int, seconds: float) -> None:
        """Kill it at a moment after it has kept some rows, and take note of the last one."""
        for rows, _ in enumerate(self.named(), 1):
            if rows == after:
                time.sleep(seconds)
                self._process.kill()
        self._process.wait()

    def end(self) -> str:
        """Wait until it ends by itself; what it said."""
        for _ in self.named():
            pass
        assert self._process.stderr is not None
        said = self._process.stderr.read()
        self._process.wait()
        return said.strip()


def kills(kind: str, count: int, rng: random.Random, tables: Tables) -> int:
    """Kill a writer again and again on the same file; how many rows were lost."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, end, missing, begun = Path(scratch), 0, 0, time.perf_counter()
        for _ in range(count):
            writer = Writer(kind, folder, end)
            writer.kill(rng.randint(1, 12), rng.random() / 20)
            end = writer.next
            missing += lost(kind, folder, end)
        seconds = time.perf_counter() - begun
    tables.add(
        "Kills",
        {"cache": kind, "kills": count, "rows kept": end, "rows lost": missing, "s": seconds},
    )
    return missing


def full_disks(kind: str, pages: Sequence[int], tables: Tables) -> int:
    """Let a writer run out of room after each number of pages; how much went wrong."""
    missing = unclear = resumed = rows = 0
    with small_disk(DISK) as (disk, mounted):
        for free in pages:
            folder = disk / "cache"
            folder.mkdir()
            filling, limit = disk / "filling", None
            if mounted:
                filling.write_bytes(bytes(DISK - free * PAGE))
            else:
                limit = free * PAGE
            writer = Writer(kind, folder, 0, limit)
            said = writer.end()
            unclear += said.count("\n") != 0 or "→ make room" not in said
            filling.unlink(missing_ok=True)
            missing += lost(kind, folder, writer.next)
            rows += writer.next
            again = Writer(kind, folder, writer.next)
            again.kill(1, 0)
            resumed += again.next > writer.next and not lost(kind, folder, again.next)
            # A connection of sqlite3 is closed by the garbage collector alone, and a file that is
            # open takes room after it was deleted.
            gc.collect()
            shutil.rmtree(folder)
    tables.add(
        "Full disks (ENOSPC)" if mounted else "Full disks (limit of the file size)",
        {
            "cache": kind,
            "disks": len(pages),
            "rows kept": rows,
            "rows lost": missing,
            "not one line": unclear,
            "went on with room": resumed,
        },
    )
    return missing + unclear + len(pages) - resumed


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill both tables; end with exit code 1 if anything was lost."""
    rng, failures = random.Random(options.seed), 0
    pages = range(0, MOST_PAGES, options.every)
    tried: list[Callable[[str], int]] = [
        lambda kind: kills(kind, options.kills, rng, tables),
        lambda kind: full_disks(kind, pages, tables),
    ]
    for attempt in tried:
        failures += sum(attempt(kind) for kind in KINDS)
    if failures:
        sys.exit(1)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; return its exit code."""
    made = parser(__doc__)
    made.add_argument("--kills", type=int, default=50, help="of each writer (default: 50)")
    made.add_argument("--every", type=int, default=1, help="only each of so many full disks")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--write", nargs=2, help=argparse.SUPPRESS)
    made.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = made.parse_args(argv)
    if options.write:
        kind, first = options.write
        try:
            write(kind, options.folder, int(first))
        except HeinwError as error:
            print(f"heinw: {error}", file=sys.stderr)
            os._exit(2)
    if options.quick:
        options.kills, options.every = 2, 30
    return run(measure, options)


if __name__ == "__main__":
    sys.exit(main())
