"""What keeps a SQLite file from being used, as one line for the user."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generators.errors import ConfigError

_FULL = "make room on its disk and run again, the rows that it holds are kept, or "
_READ_ONLY = "make the file and its folder writable, or "
_REMEDIES = {
    sqlite3.SQLITE_BUSY: "wait until the process that uses it has ended, or ",
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _READ_ONLY,
}


@contextmanager
def refusing(path: Path, purpose: str, otherwise: str) -> Iterator[None]:
    """Turn what SQLite or the file system raises into one line.

    Args:
        path: Of the file.
        purpose: What it cannot be used as.
        otherwise: What to do instead.

    Raises:
        ConfigError: In place of OSError, sqlite3.Error, and ValueError, which odd paths raise.
    """
    try:
        yield
    except (OSError, ValueError, sqlite3.Error) as error:
        if isinstance(error, ConfigError):
            raise
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        remedy = _REMEDIES.get(code, "delete the file, or " if code else "")
        raise ConfigError(
            f"{path}: cannot be used as {purpose} ({error}) → {remedy}{otherwise}"
        ) from None
