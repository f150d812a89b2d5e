"""Puts files and folders in place whole, or not at all, and never loses what was there.

    with staging(Path("data")) as new:
        ...  # write new / "heinw_A" and new / "README.md"
        publish(new, Path("data"), {"heinw_A": None, "README.md": require_own_card})

Everything is written into a hidden folder first and moved by renames. A run that fails or is
interrupted puts back what it has moved; after one that was killed, the next one does.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from generators.errors import ConfigError

_PREFIX = ".heinw-"
_NEW, _REPLACED = "new", "replaced"
Check = Callable[[Path], None]


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """A hidden folder inside `out` for what is not finished; it is gone at the end.

    `out` is made if it is not there, and goes again if nothing was put into it. What killed runs
    have left in it is cleaned up.

    Raises:
        ConfigError: Something cannot be written: the disk is full or read-only, or `out` no folder.
    """
    missing: list[Path] = []
    try:
        with one_line(out):
            missing += [path for path in (out, *out.parents) if not path.exists()]
            out.mkdir(parents=True, exist_ok=True)
            with _scratch(out) as scratch:
                yield scratch / _NEW
    finally:
        for path in missing:
            with suppress(OSError):
                path.rmdir()


@contextmanager
def one_line(out: Path) -> Iterator[None]:
    """Turn what the system says against working in a folder into one line.

    Raises:
        ConfigError: In place of an OSError.
    """
    try:
        yield
    except BrokenPipeError:  # of a console, not of a file
        raise
    except OSError as error:
        raise ConfigError(
            f"{out}: cannot be used ({error.strerror or error}) "
            "→ free space, or give another folder"
        ) from error


def is_hidden(path: Path) -> bool:
    """Whether this is a folder that `staging` has made, of a living run or a killed one."""
    return path.name.startswith(_PREFIX)


def publish(new: Path, out: Path, entries: Mapping[str, Check | None]) -> None:
    """Move what was staged to `out`; all of it or, after an error or an interruption, nothing.

    Args:
        new: What `staging` gave.
        out: Where it gave it for.
        entries: Names of the files and folders, in the order in which they are to appear, folders
            first. With a check, what is there under this name is replaced unless the check refuses
            it; without one, nothing may be there.

    Raises:
        ConfigError: A check refuses, or something is there already.
    """
    replaced = new.parent / _REPLACED
    replaced.mkdir()
    try:
        for name, check in reversed(list(entries.items())):
            if check is not None and os.path.lexists(out / name):
                # Checked where nobody else finds it any more.
                (out / name).rename(replaced / name)
                check(replaced / name)
        for name in entries:
            _place(new / name, out / name)
    except BaseException:
        for name in reversed(list(entries)):
            _put_back(name, new, replaced, out)
        raise


def _place(made: Path, target: Path) -> None:
    try:
        # A folder never replaces one that holds something.
        made.rename(target)
    except OSError:
        if os.path.lexists(target):
            raise ConfigError(
                f"{target}: exists already → give --overwrite or another --out"
            ) from None
        raise


def _put_back(name: str, new: Path, replaced: Path, out: Path) -> None:
    # Asks the disk, not the program, for what was done: an interruption may come anywhere.
    with suppress(OSError):
        if not os.path.lexists(new / name):
            (out / name).rename(new / name)
        if os.path.lexists(replaced / name) and not os.path.lexists(out / name):
            (replaced / name).rename(out / name)


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    with ExitStack() as stack:
        # The lock on `out` keeps others from taking a folder for abandoned that is not locked yet.
        with _lock(out, wait=True) as locked:
            if locked:
                _clean_up(out)
            scratch = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=out))
            stack.callback(shutil.rmtree, scratch, ignore_errors=True)
            stack.enter_context(_lock(scratch, wait=False))
        (scratch / _NEW).mkdir()
        yield scratch


@contextmanager
def _lock(folder: Path, *, wait: bool) -> Iterator[bool]:
    """Lock a folder, which the end of the process undoes in any case; False if it is not locked."""
    if sys.platform == "win32":  # there, what killed runs leave stays
        yield False
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            locked = True
        except OSError:  # held by a living process, or a file system without locks
            locked = False
        yield locked
    finally:
        os.close(descriptor)


def _clean_up(out: Path) -> None:
    """Remove what killed runs have left, and put back what they had moved away."""
    for scratch in out.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if scratch.is_symlink() or _names(scratch) - {_NEW, _REPLACED}:
                continue
            with _lock(scratch, wait=False) as abandoned:
                if abandoned:
                    _finish(scratch, out)
                    shutil.rmtree(scratch)


def _finish(scratch: Path, out: Path) -> None:
    new, replaced = scratch / _NEW, scratch / _REPLACED
    if not replaced.is_dir():
        return  # it had not begun to publish
    # Folders come first: if none is left, the rest belongs to what is in place already.
    forward = not any(path.is_dir() for path in new.iterdir())
    for name in _names(replaced) | (_names(new) if forward else set()):
        made = new / name
        if not os.path.lexists(out / name):
            (made if forward and made.exists() else replaced / name).rename(out / name)


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
