"""Widen a trained reader by heads that tell events apart.

    python -m training.widen --folder .training --narrow narrow --wide wide

A decoder that reads "Ada mended a kettle in Lindow" cannot know at "Ada" that the question will be
about Lindow. So all tokens of an event need to carry its mark, and a question must find the mark
before it looks up the answer. The new heads start out as roughly this, in 64 new dimensions:

1. every token takes a blurred picture of the few tokens before it;
2. every token attends to the last line break and takes that picture as the mark of its event;
3. tokens of a question that repeat an event's tokens copy the mark from there;
4. the end of the question gathers these marks,
5. and attends to the tokens of the event with that mark.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from tokenizers import Tokenizer
from transformers import Qwen2ForCausalLM

from training.batches import Stream
from training.export import export
from training.grafting import HEAD, Graft
from training.heads import Head
from training.tokenizer import line_ends

if TYPE_CHECKING:
    from torch import Tensor

_MARKS = 31
# Amplitudes of cosines over the pairs of dimensions, fastest first: their sum over a distance is
# flat up to 28 tokens and low beyond 60, or falls steadily over the length of a line.
_NEAR = (0.0, 0.05, 0.0, -1.38, 3.95, 3.12, 4.24, 3.07, 2.75)
_LINE = (0.11, 0.22, 0.2, 0.65, 3.5, 3.2, 2.8, 2.2, 3.0)
# Root mean squares of the new dimensions, relative to the old ones.
_PICTURE, _MARK, _GATHERED = 0.5, 1.5, 1.5
_BREAK = 22.0
_ASKED = 12.0
_SPREAD = 2.5
_COPY = 18.0


class Widening(Graft):
    """A narrow model and the wide model that it grows into.

    Args:
        narrow: A trained model.
        ids: Prompts, (rows, tokens).
        asked: Whether a token is part of the question, (rows, tokens).
        breaks: Ids of the tokens that end a line.
    """

    def __init__(
        self, narrow: Qwen2ForCausalLM, ids: Tensor, asked: Tensor, breaks: list[int]
    ) -> None:
        super().__init__(narrow, ids)
        self.breaks = torch.isin(ids, torch.tensor(breaks)).flatten()[self.real]
        self.row = torch.arange(len(ids))[:, None].expand(ids.shape).flatten()[self.real]
        self.asked = asked.flatten()[self.real]
        self.mark = slice(self.old, self.old + _MARKS)
        self.found = slice(self.old + HEAD, self.old + HEAD + _MARKS)
        # Whether a token is of the question, and whether it is not. Scores that both would give
        # differ between tokens with the size of their states; a score of nothing does not.
        self.flag = slice(self.old + _MARKS, self.old + HEAD)
        self.told = slice(self.old + HEAD + _MARKS, self.old + 2 * HEAD)

    @torch.no_grad()
    def run(self) -> Qwen2ForCausalLM:
        """Make the wide model."""
        steps = (self._layer_0, self._layer_1, self._layer_2, self._layer_3)
        for number in range(len(self.wide.model.layers)):
            self.keep_scale(number)
            if number < len(steps):
                steps[number]()
            else:
                self._look_up(number, 2 * HEAD * (number - len(steps)))
            self.keep_scale(number, after=True)
        ratio = self.scale(self.states(self.wide)[-1], self.seen[-1])
        self.wide.model.norm.weight[: self.old] = self.narrow.model.norm.weight * ratio
        return self.wide

    def _layer_0(self) -> None:
        """Write a picture of the previous tokens."""
        head, wide = self.head(0, 0), self.wide.config.hidden_size
        head.favour_distances(_NEAR)
        # Of what the head sees at line breaks: the directions in which the lines of one prompt
        # differ most, next to what all of its lines have in common; all made equally important.
        pictures = self._pictures(head)[self.breaks]
        pictures = pictures - (mean := pictures.mean(0))
        row = self.row[self.breaks]
        shared = torch.stack([pictures[row == one].mean(0) for one in row])
        own = pictures - shared
        within, between = own.T @ own / len(own), shared.T @ shared / len(own)
        # There are few prompts to tell what they have in common.
        between += between.trace() / self.old * torch.eye(self.old)
        inverse = torch.linalg.inv(torch.linalg.cholesky(within + between))
        axes = torch.linalg.eigh(inverse @ within @ inverse.T)[1][:, -HEAD:].T @ inverse
        reading = axes / (axes @ within * axes).sum(1, keepdim=True).sqrt()
        head.carry(reading @ torch.eye(self.old, wide), self.axes(self.mark))
        head.attention.v_proj.bias[head.rows] = -reading @ mean
        self.set_size([head], 0, self.mark, _PICTURE, self.breaks)

    def _pictures(self, head: Head) -> Tensor:
        """Return the head's average of the normed embedding, (tokens, narrow width)."""
        parts = []
        for first in range(0, self.old, _MARKS):
            head.carry(self.axes(slice(first, min(first + _MARKS, self.old))), self.axes(self.mark))
            parts.append(self.states(self.wide)[1][:, self.mark])
        return torch.cat(parts, 1)[:, : self.old]

    def _layer_1(self) -> None:
        """Copy the picture at the last line break."""
        head = self.head(1, 0)
        head.favour_distances(_LINE)
        head.favour(self.tells(1, self.breaks), _BREAK)
        axes = self.axes(self.mark)
        head.carry(axes, axes)
        # Minus what all line breaks so far have in common.
        every = self.head(1, 1)
        every.match(0 * axes, 0 * axes)
        every.favour(self.tells(1, self.breaks), _BREAK)
        every.carry(axes, -axes)
        self.set_size([head, every], 1, self.mark, _MARK, ~self.breaks)

        self._flag()

    def _flag(self) -> None:
        """Write to all tokens of a question that they are: they see its first token."""
        first = self.asked & ~self.asked.roll(1)
        head = Head(self.wide.model.layers[1].self_attn, 0, HEAD)
        reading, writing = 0 * self.axes(self.flag), self.axes(self.flag)
        head.match(reading, reading)
        direction = self.tells(1, first)
        head.favour(direction, _BREAK)
        reading[0], reading[1] = direction, -direction
        writing[1] = self.axes(self.told)[0]
        head.carry(reading, writing)
        head.attention.v_proj.bias[head.start + 1] = 1.0
        self.set_size([head], 1, self.flag, 1.0, self.asked)

    def _reads(self, number: int, flag: slice, here: Tensor) -> Tensor:
        """Return the direction along which a flag reads 1 where it is set."""
        axis = self.axes(flag)[0]
        return axis / (self.normed(number)[here] @ axis).mean()

    def _layer_2(self) -> None:
        """Copy the mark with heads that already attend to the tokens of the question."""
        attention = self.wide.model.layers[2].self_attn
        for number in range(2):
            head, model = self.head(2, number), Head(attention, number, HEAD)
            for projection in (attention.q_proj, attention.k_proj):
                projection.weight[head.rows] = projection.weight[model.rows]
                projection.bias[head.rows] = projection.bias[model.rows]
            head.carry(self.axes(self.mark), self.axes(self.found))

    def _layer_3(self) -> None:
        """Gather all marks that the question found."""
        head = self.head(3, 0)
        head.match(0 * self.axes(self.found), 0 * self.axes(self.found))
        head.favour(self._reads(3, self.told, ~self.asked), -_ASKED)
        head.carry(self.axes(self.found), self.axes(self.found))
        self.set_size([head], 3, self.found, _GATHERED, self.asked)

    def _sharpness(self, number: int, mixing: Tensor) -> float:
        """Return the factor of query and key that gives scores the deviation `_SPREAD`."""
        normed = self.normed(number)
        spread = []
        for row in range(int(self.row.max()) + 1):
            asked, told = (normed[(self.row == row) & where] for where in (self.asked, ~self.asked))
            score = (asked[-1:, self.found] @ mixing.T) @ (told[:, self.mark] @ mixing.T).T
            spread.append(score.std())
        return float((_SPREAD * HEAD**0.5 / torch.stack(spread).mean()) ** 0.5)

    def _look_up(self, number: int, first: int) -> None:
        """Attend to the tokens of the event with the mark, not to the question's own."""
        # Pairs that hardly turn over a prompt, except the one that marks a question.
        slow = [*range(8, 15), *range(24, 31)]
        asked = self._reads(number, self.flag, self.asked)
        # What all questions find tells nothing about an event.
        alike = self.normed(number)[self.asked][:, self.found].mean(0)
        for at in range(2):
            head = self.head(number, at)
            mixing = torch.zeros(HEAD, _MARKS)
            mixing[slow] = torch.linalg.qr(torch.randn(_MARKS, len(slow)))[0].T
            mixing *= self._sharpness(number, mixing)
            head.match(
                mixing @ self.axes(self.found)[:_MARKS], mixing @ self.axes(self.mark)[:_MARKS]
            )
            head.attention.q_proj.bias[head.rows] = -mixing @ alike
            head.favour(asked, -_ASKED)
            reading, axes = self.identities(number, first + at * HEAD)
            head.carry(reading, _COPY * axes)


def prompts(folder: Path, stage: int, batches: int) -> tuple[Tensor, Tensor]:
    """Return prompts of one question each, padded with 0, and masks of the questions."""
    stream = Stream(folder, stage, 0, 6000)
    rows, places = [], []
    for _ in range(batches):
        batch = next(stream)
        for prefix, size, questions in zip(
            batch.prefix, batch.lengths, batch.questions, strict=True
        ):
            question = questions[0][questions[0] != 0]
            rows.append(torch.cat([prefix[:size], question]))
            places.append(torch.arange(len(rows[-1])) >= size)
    pad = torch.nn.utils.rnn.pad_sequence
    return pad(rows, batch_first=True), pad(places, batch_first=True)


def main() -> None:
    """Widen the exported reader of a folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--narrow", required=True, help="name of the run to widen")
    parser.add_argument("--wide", required=True, help="name of the run that starts with it")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    folder = arguments.folder
    narrow = Qwen2ForCausalLM.from_pretrained(
        folder / arguments.narrow / "export", dtype=torch.float32
    )
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer" / "tokenizer.json"))
    wide = Widening(narrow, *prompts(folder, stage=2, batches=3), line_ends(tokenizer)).run()
    export(wide, folder / "tokenizer", folder / arguments.wide / "start")


if __name__ == "__main__":
    main()
