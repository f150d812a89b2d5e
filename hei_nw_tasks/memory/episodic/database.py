"""The SQLite file of `episodic` as a whole: made, checked, written safely, and erased for good.

made      with which options         {"retriever": "bm25", …}, removed 0
scope     whose episodes they are    1, 'ada'
episode   what was told              seq 17, scope 1, id 'e5', text 'On Monday …', at, until, …
word      full-text index (FTS5)     the words of each episode, as tokens of its scope
vector    of an embedder             seq 17, 384 float32 numbers
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from hei_nw_tasks.sqlite_errors import refusing

# In the header of the file: "HEIW", and the layout below.
_OURS, _LAYOUT = 0x48454957, 1
_SCHEMA = (
    "CREATE TABLE made(options TEXT NOT NULL, removed INTEGER NOT NULL)",
    "CREATE TABLE scope(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "CREATE TABLE episode(seq INTEGER PRIMARY KEY AUTOINCREMENT, scope INTEGER NOT NULL, "
    "id TEXT NOT NULL, root TEXT, text TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL, "
    "pinned INTEGER NOT NULL, score REAL, words INTEGER NOT NULL)",
    "CREATE INDEX by_id ON episode(scope, id)",
    "CREATE INDEX by_root ON episode(scope, root) WHERE root IS NOT NULL",
    "CREATE TABLE vector(seq INTEGER PRIMARY KEY, numbers BLOB NOT NULL)",
    "CREATE VIRTUAL TABLE word USING "
    "fts5(tokens, content='', columnsize=0, detail=none, tokenize='ascii')",
)
_PRAGMAS = (
    "journal_mode = WAL",
    # A commit outlives the process; `flush` syncs it to the disk.
    "synchronous = NORMAL",
    "secure_delete = ON",
    "cache_size = -65536",
)


class Database:
    """The file.

    Args:
        path: Created if missing.
        options: What it is made with.
        indexes: Statements that make indexes besides those that every file has.
        wait_s: Seconds to wait for another process that writes.

    Raises:
        ConfigError: The file cannot be used: locked, damaged, read-only, on a full disk, not of
            this memory, or made with other options.
    """

    def __init__(
        self, path: Path, options: Mapping[str, Any], indexes: list[str], wait_s: float
    ) -> None:
        self._path = path
        with self.refusing():
            if path.exists() and not path.is_file():
                raise OSError("not a regular file")
            # A memory with a limit of time is called in one thread, and may be closed in another.
            self._connection = sqlite3.connect(
                path, timeout=wait_s, isolation_level=None, check_same_thread=False
            )
            try:
                self._open(json.dumps(dict(options), sort_keys=True), indexes)
            except BaseException:
                self._connection.close()
                raise

    def run(self, statement: str, *values: Any) -> int:
        """Run a statement; the row that it has inserted."""
        return int(self._connection.execute(statement, values).lastrowid or 0)

    def one(self, query: str, *values: Any) -> Any:
        """The first row of a query; None if there is none."""
        return self._connection.execute(query, values).fetchone()

    def rows(self, query: str, *values: Any) -> Iterator[Any]:
        """The rows of a query."""
        return self._connection.execute(query, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; it is in the file when this ends."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # SQLite ends some of them by itself
                self.run("ROLLBACK")
            raise

    def refusing(self) -> AbstractContextManager[None]:
        """Turn what SQLite raises into one line."""
        return refusing(self._path, "a store of episodic", "name another memory_folder")

    def note_removal(self) -> None:
        """Have the next `flush` erase what was removed; a part of the transaction that removes."""
        self.run("UPDATE made SET removed = 1 WHERE NOT removed")

    def flush(self) -> None:
        """Sync to the disk; leave no byte of what was removed in any file.

        Raises:
            ConfigError: It cannot be written, or another process still reads what was removed.
        """
        with self.refusing():
            (removed,) = self.one("SELECT removed FROM made")
            if removed:
                # The index keeps what was deleted until its parts are merged, and a page keeps
                # what was moved to another one.
                self.run("INSERT INTO word(word) VALUES ('optimize')")
                self.run("VACUUM")
            (busy, _, _) = self.one("PRAGMA wal_checkpoint(TRUNCATE)")
            if removed:
                if busy:
                    raise OSError("another process still reads what was removed")
                self.run("UPDATE made SET removed = 0")
                self.one("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the file."""
        with self.refusing():
            self._connection.close()

    def _open(self, options: str, indexes: list[str]) -> None:
        """Make the file if it is empty, and have it written as it should be."""
        self.run("PRAGMA trusted_schema = OFF")
        self._check(options)
        for pragma in _PRAGMAS:
            self.run(f"PRAGMA {pragma}")
        with self.transaction():
            if self._is_empty():
                for statement in [*_SCHEMA, *indexes]:
                    self.run(statement)
                self.run("INSERT INTO made VALUES (?, 0)", options)
                self.run(f"PRAGMA application_id = {_OURS}")
                self.run(f"PRAGMA user_version = {_LAYOUT}")

    def _is_empty(self) -> bool:
        return not self.one("SELECT count(*) FROM sqlite_master")[0]

    def _check(self, options: str) -> None:
        """See that the file is empty, or one of ours and whole."""
        if self._is_empty():
            return
        if self.one("PRAGMA application_id")[0] != _OURS:
            raise OSError("it is another program's")
        if self.one("PRAGMA user_version")[0] != _LAYOUT:
            raise OSError("it was written by another version")
        (made_with,) = self.one("SELECT options FROM made")
        if made_with != options:
            raise OSError(f"it was made with {made_with}, not {options}")
        if (found := self.one("PRAGMA quick_check(1)")[0]) != "ok":
            raise sqlite3.DatabaseError(found)
