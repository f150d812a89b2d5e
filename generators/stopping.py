"""How every command of ours ends when it is stopped: one line, an exit code, nothing half-written.

    python -m generators --scenario all --n 100000 --out data      and Ctrl-C
    heinw: interrupted; what was not finished is not there         exit code 130

`kill` gives 143, and a pipe that is closed (`… | head -1`) 141. All three unwind the stack, so that
temporary files go.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn, TextIO

from generators.console import show_any_text, visible
from generators.errors import HeinwError

BAD_INPUT, INTERRUPTED, CLOSED, TERMINATED = 2, 130, 141, 143
_UNFINISHED = "what was not finished is not there"
# Sent by `kill`, and when a terminal or a connection is closed.
_SIGNALS = ("SIGTERM", "SIGHUP")


class TerminatedError(KeyboardInterrupt):
    """The process was asked to end."""


class CommandParser(argparse.ArgumentParser):
    """Says in one line what is wrong with the options of a command of ours, without its usage."""

    def error(self, message: str) -> NoReturn:
        """End the process with exit code 2."""
        self.exit(BAD_INPUT, f"heinw: {visible(message)} → see {self.prog} --help\n")


def run_command(command: Callable[[], int]) -> int:
    """Run a command of ours; it prints any text, and what stops it is one line on standard error.

    Args:
        command: Returns its exit code. Notes that it adds to an exception (`add_note`) are part of
            the line.

    Returns:
        The exit code: that of the command; 2 if the input cannot be used; 130, 141 or 143 if it
        was interrupted, its output closed, or it was terminated.
    """
    show_any_text()
    with _ending_by_exception():
        try:
            return _flushed(command)
        except HeinwError as error:
            return _end(str(error), _notes(error), BAD_INPUT)
        except TerminatedError as stop:
            return _end("terminated", _notes(stop) or [_UNFINISHED], TERMINATED)
        except KeyboardInterrupt as stop:
            return _end("interrupted", _notes(stop) or [_UNFINISHED], INTERRUPTED)
        except BrokenPipeError as stop:
            return _end("the output was closed", _notes(stop) or [_UNFINISHED], CLOSED)


def _flushed(command: Callable[[], int]) -> int:
    try:
        code = command()
    except SystemExit:  # of argparse, which has printed something
        sys.stdout.flush()
        raise
    except BaseException:
        with suppress(OSError):  # what stopped the command says more
            sys.stdout.flush()
        raise
    sys.stdout.flush()
    return code


def _notes(error: BaseException) -> list[str]:
    return list(getattr(error, "__notes__", []))


@contextmanager
def _ending_by_exception() -> Iterator[None]:
    """Let signals that would end the process at once raise an exception instead."""

    def end(number: int, frame: FrameType | None) -> None:
        raise TerminatedError

    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in _SIGNALS:
            number = getattr(signal, name, None)  # Windows has not all of them
            # What is ignored, as under nohup, stays so.
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(reason: str, notes: list[str], code: int) -> int:
    with suppress(OSError):
        print(f"heinw: {'; '.join([reason, *notes])}", file=sys.stderr, flush=True)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            _discard(stream)
    if code == CLOSED:
        _discard(sys.stdout)
    return code


def _discard(stream: TextIO) -> None:
    """Send what is left to write nowhere: Python would fail again when it flushes at its end."""
    with suppress(OSError):  # a notebook's streams have no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
