"""Training data on disk: shards of tokenized contexts, each made with pools of its own.

    python -m training.data --folder .training --stage 1 --first 0 --last 40

A shard is an .npz file: `tokens` concatenates all pieces, `spans` has a row (kind, length,
scenario) for each: a prefix, then its questions, each followed by its answer and the sources of the
answer: pairs of a token of the answer and a token of the prefix.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

PREFIX, QUESTION, ANSWER, SOURCES = 0, 1, 2, 3
SCENARIOS = "ABCDE"


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the curriculum.

    Attributes:
        events: By scenario, minimum and maximum number of events of a context.
        contexts: By scenario, number of contexts of a shard.
        longest: Maximum tokens of a prefix.
        oracles: Share of contexts that hold only the evidence of one question.
    """

    events: dict[str, tuple[int, int]]
    contexts: dict[str, int]
    longest: int
    oracles: float = 0.3


STAGES = (
    Stage(
        {"A": (2, 5), "B": (1, 4), "C": (1, 6), "D": (1, 6), "E": (1, 6)},
        {"A": 420, "B": 40, "C": 140, "D": 40, "E": 30},
        260,
        0.85,
    ),
    Stage(
        {"A": (2, 16), "B": (1, 12), "C": (1, 18), "D": (1, 12), "E": (1, 14)},
        {"A": 240, "B": 50, "C": 140, "D": 40, "E": 30},
        600,
    ),
    Stage(
        {"A": (1, 40), "B": (1, 30), "C": (1, 50), "D": (1, 32), "E": (1, 40)},
        {"A": 160, "B": 70, "C": 120, "D": 50, "E": 40},
        1200,
    ),
    Stage(
        {"A": (1, 64), "B": (1, 60), "C": (1, 90), "D": (1, 64), "E": (1, 60)},
        {"A": 140, "B": 60, "C": 100, "D": 50, "E": 40},
        2200,
    ),
)


class Pair(NamedTuple):
    """A tokenized question.

    Attributes:
        question: Ids.
        answer: Ids.
        sources: Tokens of the answer and the same tokens of the prefix, (sources, 2).
    """

    question: np.ndarray
    answer: np.ndarray
    sources: np.ndarray


@dataclass(frozen=True, slots=True)
class Example:
    """A tokenized context: a prefix and its questions."""

    scenario: int
    prefix: np.ndarray
    pairs: list[Pair]


def shard_path(folder: Path, stage: int, number: int) -> Path:
    """Return the path of a shard."""
    return folder / f"stage{stage}" / f"{number:05d}.npz"


def read_shard(path: Path) -> Iterator[Example]:
    """Yield the examples of a shard."""
    with np.load(path) as kept:
        tokens, spans = kept["tokens"].astype(np.int64), kept["spans"]
    at = 0
    example: Example | None = None
    question = answer = np.zeros(0, np.int64)
    for kind, length, letter in spans.tolist():
        piece = tokens[at : at + length]
        at += length
        if kind == PREFIX:
            if example is not None:
                yield example
            example = Example(letter, piece, [])
        elif kind == QUESTION:
            question = piece
        elif kind == ANSWER:
            answer = piece
        elif example is not None:
            example.pairs.append(Pair(question, answer, piece.reshape(-1, 2)))
    if example is not None:
        yield example


def texts_of_pools(seed: int, count: int) -> Iterator[str]:
    """Yield training prompts and answers as text, for the tokenizer. Changes the pools."""
    from training.contexts import contexts
    from training.prompts import prefix, question

    rng = Random(f"training text:{seed}")
    _use_pools(seed)
    for letter in SCENARIOS:
        for one in contexts(letter, -seed - 1, count, (4, 16), rng):
            yield prefix(letter, one.texts) if rng.random() < 0.1 else "\n".join(one.texts)
            yield from (f"{question(q.query)} {q.answer}" for q in one.questions[:4])


def write_shard(folder: Path, stage: int, number: int) -> None:
    """Write one shard. Changes the pools of this process."""
    from tokenizers import Tokenizer

    from training.contexts import contexts
    from training.prompts import prefix, question
    from training.sources import ShownEvents
    from training.tokenizer import END

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer" / "tokenizer.json"))
    rng = Random(f"training shard:{stage}:{number}")
    seed = 10_000 * (stage + 1) + number
    _use_pools(seed, tokenizer.get_vocab())
    plan = STAGES[stage]
    pieces: list[list[int]] = []
    spans: list[tuple[int, int, int]] = []

    def add(kind: int, ids: list[int], letter: str) -> None:
        pieces.append(ids)
        spans.append((kind, len(ids), SCENARIOS.index(letter)))

    for letter, count in plan.contexts.items():
        for one in contexts(letter, -seed - 1, count, plan.events[letter], rng, plan.oracles):
            text = prefix(letter, one.texts)
            encoded = tokenizer.encode(text)
            if len(encoded.ids) > plan.longest:
                continue
            shown = ShownEvents(text, one.texts, encoded.offsets)
            add(PREFIX, encoded.ids, letter)
            for asked in one.questions:
                add(QUESTION, tokenizer.encode(question(asked.query)).ids, letter)
                answer = tokenizer.encode(f" {asked.answer}{END}")
                add(ANSWER, answer.ids, letter)
                found = shown.sources(asked, answer.offsets)
                add(SOURCES, [number for pair in found for number in pair], letter)
    path = shard_path(folder, stage, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npz")
    flat = np.concatenate([np.array(piece, np.uint16) for piece in pieces])
    np.savez_compressed(part, tokens=flat, spans=np.array(spans, np.int32))
    part.replace(path)


def _use_pools(seed: int, vocabulary: Iterable[str] = ()) -> None:
    import tempfile

    from generators.world.pools import read_words_from
    from training.words import write_pools

    read_words_from(write_pools(Path(tempfile.mkdtemp(prefix="pools")), seed, vocabulary))


def main() -> None:
    """Write shards, each in its own process, as a process reads the pools once."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--stage", type=int, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--last", type=int, default=None)
    arguments = parser.parse_args()
    if arguments.last is None:
        write_shard(arguments.folder, arguments.stage, arguments.first)
        return
    for number in range(arguments.first, arguments.last):
        if not shard_path(arguments.folder, arguments.stage, number).exists():
            own = ["--folder", str(arguments.folder), "--stage", str(arguments.stage)]
            command = [sys.executable, "-m", "training.data", *own, "--first", str(number)]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
