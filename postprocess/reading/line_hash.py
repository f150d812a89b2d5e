"""The hash of the questions of a run, whose rows may come in any order."""

from __future__ import annotations

import hashlib
import zlib
from typing import Any


class LineHash:
    """A hash over numbered lines, independent of the order in which they are added."""

    def __init__(self) -> None:
        self._hash: Any = hashlib.sha256()
        self._next = 0
        self._early: dict[int, bytes] = {}

    def add(self, number: int, line: bytes) -> None:
        """Take in a line; the lines before it may still come."""
        if number != self._next:
            self._early[number] = zlib.compress(line)
            return
        self._hash.update(line)
        self._next += 1
        while self._next in self._early:
            self._hash.update(zlib.decompress(self._early.pop(self._next)))
            self._next += 1

    def hexdigest(self) -> str:
        """Of all lines; numbers that never came are left out."""
        for _, line in sorted(self._early.items()):
            self._hash.update(zlib.decompress(line))
        return str(self._hash.hexdigest())
