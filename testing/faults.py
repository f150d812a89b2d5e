"""Lets the k-th change that a program makes below a folder fail, or kills the program there.

    with fault(3, folder, strike=full_disk) as met:
        ...
    met.changes  # how many changes there were; the third one raised

Python announces every opened file, rename and removal to its audit hooks, so nothing has to be
replaced by a stand-in.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "shutil.rmtree"}
_armed: list[tuple[Fault, str]] = []
_hooked = False


@dataclass
class Fault:
    """A fault and what it has met.

    Attributes:
        number: Number of the change that it strikes, from 1; 0 for none.
        strike: What happens there.
        changes: Number of changes so far.
    """

    number: int
    strike: Callable[[], None]
    changes: int = 0


@contextmanager
def fault(number: int, folder: Path, strike: Callable[[], None]) -> Iterator[Fault]:
    """Strike at one change below a folder."""
    global _hooked
    if not _hooked:
        sys.addaudithook(_audit)  # for good: Python has no way to take one away
        _hooked = True
    armed = (Fault(number, strike), os.fspath(folder))
    _armed.append(armed)
    try:
        yield armed[0]
    finally:
        _armed.remove(armed)


def full_disk() -> None:
    """What a write to a full disk raises."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def interruption() -> None:
    """Ctrl-C."""
    raise KeyboardInterrupt


def kill() -> None:
    """The end of the process, with no chance to clean up."""
    os.kill(os.getpid(), signal.SIGKILL)


def in_child(run: Callable[[], object]) -> int:
    """Run something in a fork and wait for its end; returns its exit code, or minus the signal."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = int(run() or 0)  # type: ignore[call-overload]
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not _armed or not _changes(event, arguments):
        return
    for armed, folder in list(_armed):
        if event == "shutil.rmtree" and armed.strike is full_disk:
            continue  # it would raise what a removal does not, before the removal can ignore it
        if str(arguments[0]).startswith(folder):
            armed.changes += 1
            if armed.changes == armed.number:
                armed.strike()


def _changes(event: str, arguments: tuple[Any, ...]) -> bool:
    if event == "open":
        return bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
    return event in _CHANGES
