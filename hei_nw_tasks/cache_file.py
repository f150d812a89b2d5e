"""A cache on disk: rows of bytes by key in a SQLite file, each with its checksum.

    cache = CacheFile(Path("embeddings.sqlite"), "embeddings", "embed_cache")
    cache.keep({key: b"..."})
    cache.find([key], bytes) -> {key: b"..."}

The file is not trusted. A row is data, never code; a damaged one counts as missing, and a file that
cannot be used is refused in one line. A row is on disk when `keep` returns: neither a kill nor a
full disk loses it.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from hei_nw_tasks.sqlite_errors import refusing

_log = logging.getLogger("lm_eval.hei_nw_tasks")

Value = TypeVar("Value")
_COLUMNS = "(key BLOB PRIMARY KEY, value BLOB NOT NULL, sha256 BLOB NOT NULL)"
# No row of ours comes near it; a forged one must not fill the memory.
_LONGEST = 1 << 24


class CacheFile:
    """A table of rows in a SQLite file; several processes may share it.

    Args:
        path: Created if missing, with its folder.
        table: Name of the table.
        option: The user's option that names the file, for messages.
        wait_s: Seconds to wait for a process that has locked the file.
        family: A GLOB pattern of the names that the table has in all versions; a file with a table
            of another version is refused.

    Raises:
        ConfigError: The file cannot be used: locked, damaged, read-only, or not a cache of ours.
            All methods raise it.
    """

    def __init__(
        self, path: Path, table: str, option: str, wait_s: float = 60.0, family: str | None = None
    ) -> None:
        self._path, self._table, self._option = path, table, option
        self._damage_noted = False
        with self._refusing():
            if path.exists() and not path.is_file():
                raise OSError("not a regular file")
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=wait_s, check_same_thread=False)
            self._database.execute("PRAGMA trusted_schema = OFF")
            # Before a table of ours makes the file one of this version.
            if family and self._schema("name GLOB ?1 AND name <> ?2", family, table):
                raise OSError("was written by another version")
            with self._database:
                self._database.execute(f"CREATE TABLE IF NOT EXISTS {table} {_COLUMNS}")
            # A view or a trigger under this name could do anything but keep rows.
            made = self._schema("tbl_name = ? AND sql IS NOT NULL", table)
            if made != [f"CREATE TABLE {table} {_COLUMNS}"]:
                raise OSError(f"its table {table} is not one of ours")

    def tables_like(self, pattern: str) -> bool:
        """Whether the file has a table whose name matches a GLOB pattern."""
        with self._refusing():
            return bool(self._schema("name GLOB ?", pattern))

    def find(self, keys: Iterable[bytes], decode: Callable[[bytes], Value]) -> dict[bytes, Value]:
        """The values of the keys that have one.

        Args:
            keys: Of any number of rows.
            decode: Makes the value from its bytes; a row for which it raises ValueError is damaged.
        """
        query = f"SELECT value, sha256 FROM {self._table} WHERE key = ? AND length(value) <= ?"
        found: dict[bytes, Value] = {}
        with self._refusing():
            for key in keys:
                row = self._database.execute(query, (key, _LONGEST)).fetchone()
                if row is None:
                    continue
                try:
                    found[key] = decode(_checked(key, *row))
                except ValueError:
                    self.note_damage()
        return found

    def keep(self, rows: Mapping[bytes, bytes]) -> None:
        """Write rows, all or none; they are on disk when this returns."""
        made = [(key, value, _checksum(key, value)) for key, value in rows.items()]
        with self._refusing(), self._database:
            self._database.executemany(
                f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?, ?)", made
            )

    def note_damage(self) -> None:
        """Log once that rows are damaged."""
        if not self._damage_noted:
            _log.warning("heinw: %s: has damaged rows → they are computed again", self._path)
            self._damage_noted = True

    def _schema(self, condition: str, *values: str) -> list[str]:
        query = f"SELECT sql FROM sqlite_master WHERE {condition}"
        return [sql for (sql,) in self._database.execute(query, values)]

    def _refusing(self) -> AbstractContextManager[None]:
        return refusing(self._path, "a cache", f"name another one with {self._option}")


def _checked(key: bytes, value: object, checksum: object) -> bytes:
    if not isinstance(value, bytes) or checksum != _checksum(key, value):
        raise ValueError("the row is not as it was written")
    return value


def _checksum(key: bytes, value: bytes) -> bytes:
    """The sha256 of key and value: a value that belongs to another key is damage, too."""
    return hashlib.sha256(key + value).digest()
