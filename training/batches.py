"""Batches of contexts with their questions; a question sees its context and itself only.

Every question starts at the position where its context ends and attends to the context and to
itself. To the model it is the only question of its prompt, exactly as at evaluation, but a context
is computed once for all its questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import torch
from tokenizers import Tokenizer

from training.data import Example, read_shard, shard_path
from training.tokenizer import line_ends

if TYPE_CHECKING:
    from torch import Tensor

IGNORED = -100
_MOST_QUESTIONS = 20
# Share of context tokens in the language modelling loss.
_LANGUAGE_SHARE = 0.2
# Weights of questions that several events answer, which are few and hard, and of those whose answer
# no event spells out, most of which have none.
_SEVERAL, _UNTOLD = 3.0, 3.0


@dataclass(frozen=True, slots=True)
class Batch:
    """The tensors of one training step; all contexts are of one scenario.

    Attributes:
        prefix: Ids of instructions and events, (rows, longest prefix).
        lengths: Tokens of each prefix, (rows,).
        questions: Ids of questions with answers, (rows, most questions, longest question).
        answers: Targets of the question tokens that predict the answer, else -100.
        language: Targets of some tokens of the prefixes, else -100.
        sources: Where an answer's next token can be copied from: row, question, token of the
            question, token of the prefix, (sources, 4).
        events: Line of each token of the prefixes, 0 for the instruction, (rows, longest prefix).
        weights: Of the questions, (rows, most questions).
        scenario: Number of the scenario.
    """

    prefix: Tensor
    lengths: Tensor
    questions: Tensor
    answers: Tensor
    language: Tensor
    sources: Tensor
    events: Tensor
    weights: Tensor
    scenario: int

    @property
    def size(self) -> int:
        """Tokens, padding included."""
        return self.prefix.numel() + self.questions.numel()


def collate(examples: list[Example], rng: Random, ends: Sequence[int] = ()) -> Batch:
    """Put examples of one scenario into a batch, with up to 20 random questions of each.

    Args:
        examples: Of one scenario.
        rng: Source of randomness.
        ends: Ids of the tokens that end a line.
    """
    asked = []
    for example in examples:
        pairs = list(example.pairs)
        rng.shuffle(pairs)
        asked.append(pairs[:_MOST_QUESTIONS])
    rows, most = len(examples), max(map(len, asked))
    widest = max(len(example.prefix) for example in examples)
    longest = max(len(pair.question) + len(pair.answer) for pairs in asked for pair in pairs)
    sources: list[tuple[int, int, int, int]] = []
    prefix = np.zeros((rows, widest), np.int64)
    language = np.full((rows, widest), IGNORED, np.int64)
    events = np.zeros((rows, widest), np.int64)
    questions = np.zeros((rows, most, longest), np.int64)
    answers = np.full((rows, most, longest), IGNORED, np.int64)
    weights = np.ones((rows, most), np.float32)
    chance = np.random.default_rng(rng.randrange(2**32))
    for row, (example, pairs) in enumerate(zip(examples, asked, strict=True)):
        size = len(example.prefix)
        prefix[row, :size] = example.prefix
        events[row, 1:size] = np.isin(example.prefix[:-1], ends).cumsum()
        chosen = chance.random(size - 1) < _LANGUAGE_SHARE
        language[row, : size - 1][chosen] = example.prefix[1:][chosen]
        for number, (question, answer, found) in enumerate(pairs):
            end = len(question) + len(answer)
            questions[row, number, : len(question)] = question
            questions[row, number, len(question) : end] = answer
            answers[row, number, len(question) - 1 : end - 1] = answer
            lines = len(np.unique(events[row, found[:, 1]]))
            if lines != 1:
                weights[row, number] = _SEVERAL if lines else _UNTOLD
            before = len(question) - 1
            sources += ((row, number, before + token, place) for token, place in found.tolist())
    return Batch(
        torch.from_numpy(prefix),
        torch.tensor([len(example.prefix) for example in examples]),
        torch.from_numpy(questions),
        torch.from_numpy(answers),
        torch.from_numpy(language),
        torch.tensor(sources, dtype=torch.long).reshape(-1, 4),
        torch.from_numpy(events),
        torch.from_numpy(weights),
        examples[0].scenario,
    )


class Stream:
    """Batches of one stage, shard after shard, starting over after the last.

    Args:
        folder: Where the shards are.
        stage: Number of the stage.
        first: Number of the shard to begin with.
        tokens: Maximum tokens of a batch, padding included.
        rank: Number of this process; each takes every `processes`-th shard.
        processes: Number of processes.
    """

    def __init__(
        self, folder: Path, stage: int, first: int, tokens: int, rank: int = 0, processes: int = 1
    ) -> None:
        self._folder, self._stage, self._tokens = folder, stage, tokens
        self._rank, self._processes = rank, processes
        self.shard = first
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer" / "tokenizer.json"))
        self._line_ends = line_ends(tokenizer)
        self._batches = self._walk()

    def __next__(self) -> Batch:
        return next(self._batches)

    def _walk(self) -> Iterator[Batch]:
        while True:
            number = self.shard + self._rank
            if not shard_path(self._folder, self._stage, number).exists():
                self.shard, number = 0, self._rank
            rng = Random(f"batches:{self._stage}:{number}")
            examples = list(read_shard(shard_path(self._folder, self._stage, number)))
            self.shard += self._processes
            yield from (
                collate(group, rng, self._line_ends) for group in self._groups(examples, rng)
            )

    def _groups(self, examples: list[Example], rng: Random) -> list[list[Example]]:
        """Group examples of one scenario and similar length; the groups come in random order."""
        kept = [example for example in examples if example.pairs]
        kept.sort(key=lambda example: (example.scenario, _length(example)))
        groups: list[list[Example]] = [[]]
        for example in kept:
            last = groups[-1]
            if last and (
                last[0].scenario != example.scenario
                or (len(last) + 1) * _length(example) > self._tokens
            ):
                groups.append([])
            groups[-1].append(example)
        rng.shuffle(groups)
        return groups


def _length(example: Example) -> int:
    longest = max(len(pair.question) + len(pair.answer) for pair in example.pairs)
    return len(example.prefix) + min(len(example.pairs), _MOST_QUESTIONS) * longest
