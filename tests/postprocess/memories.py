"""A memory to report on: it turns events away, tells scores, forgets, and may lose or leak."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import Path

from hei_nw_tasks.memory.protocol import (
    Budget,
    Capabilities,
    Episode,
    Item,
    Recalled,
    Usage,
    Written,
)


class Gated:
    """Keeps events of a score from `least` on in a file for each scope, an event a line.

    Args:
        least: Lowest score that is stored.
        leaky: Whether it recalls what other scopes stored.
        forgetful: Whether it drops every tenth event that it says it stored.
        scale: What scores are multiplied by.
    """

    capabilities = Capabilities(as_of=True)

    def __init__(
        self, least: float = 0.5, leaky: bool = False, forgetful: bool = False, scale: float = 1
    ) -> None:
        self.least, self.leaky, self.forgetful, self.scale = least, leaky, forgetful, scale

    def open(self, scope: str, folder: Path) -> None:
        self.folder, self.path = folder, folder / f"{scope}.txt"
        self.path.touch()

    def write(self, event: Episode) -> Written:
        score = _score(event.text)
        usage = Usage(calls=1, tokens=2 * len(event.text), flops=1000.0 * len(event.text))
        is_lost = self.forgetful and int(_hash(event.id) * 10) == 0
        if score >= self.least and not is_lost:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{event.id}\t{event.at.isoformat()}\t{event.text}\n")
        return Written(score >= self.least, score * self.scale, usage=usage)

    def recall(self, query: str, as_of: datetime, budget: Budget) -> Recalled:
        words = _words(query)
        paths = sorted(self.folder.glob("*.txt")) if self.leaky else [self.path]
        lines = [line.split("\t") for path in paths for line in _lines(path)]
        # Whoever leaks keeps no ids that would give it away.
        items = [
            Item(text, None if self.leaky else id_, float(len(words & _words(text))))
            for id_, at, text in lines
            if datetime.fromisoformat(at) <= as_of
        ]
        items.sort(key=lambda item: -(item.score or 0))
        return Recalled(items[: budget.k], Usage(0, 0, 10.0 * len(lines)))

    def delete(self, ref: str) -> None:
        kept = [line for line in _lines(self.path) if not line.startswith(f"{ref}\t")]
        self.path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

    def refs(self) -> list[str]:
        return [line.split("\t")[0] for line in _lines(self.path)]


class Mute(Gated):
    """Stores nothing, and so recalls nothing."""

    def write(self, event: Episode) -> Written:
        return Written(False)


class Notebook:
    """The smallest memory: all lines in a list, of which it shows the last."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def write(self, event: Episode) -> None:
        self.notes.append(event.text)

    def recall(self, query: str, k: int) -> list[str]:
        return self.notes[-k:]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _hash(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32


def _score(text: str) -> float:
    """Higher for texts with names and numbers, but for noise; in [0, 1]."""
    names = len(re.findall(r"(?<=[a-z] )[A-Z]\w+|\d+", text))
    return round(min(1.0, 0.1 * names + 0.5 * _hash(text)), 2)
