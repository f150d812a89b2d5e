"""The episodes of one scope, in a file that others may share.

    file.add("e5", "On Monday …", at, pinned=False, score=None) -> True
    file.named("e5") -> ("e5", None)

An episode is in the file, by a transaction of its own, when `add` returns: it outlives the process.
When `flush` returns it is synced to the disk, and outlives a loss of power; and of what was removed
no byte is left in the folder's files.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hei_nw_tasks.memory.episodic.database import Database
from hei_nw_tasks.retrieval.bm25 import words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Later than any moment: nothing has replaced the episode.
OPEN = 1 << 62
# The texts of a reference, and of any name; two lookups each, where an OR would be a scan.
_CHAIN = (
    "seq IN (SELECT seq FROM episode WHERE scope = ?1 AND id = ?2 AND root IS NULL "
    "UNION ALL SELECT seq FROM episode WHERE scope = ?1 AND root = ?2)"
)
_LOOSE = "scope = ?1 AND NOT pinned"
_NAMED = (
    "SELECT coalesce(root, id), score FROM episode WHERE seq = (SELECT max(seq) FROM ("
    "SELECT seq FROM episode WHERE scope = ?1 AND id = ?2 UNION ALL "
    "SELECT seq FROM episode WHERE scope = ?1 AND root = ?2))"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What makes the episodes of a scope go; pinned ones stay.

    Attributes:
        events: Most of them; None for any number. Those that were replaced go first, then the
            lowest score, then the oldest.
        age: Greatest age, in microseconds by the dates of events; None for any.
    """

    events: int | None = None
    age: int | None = None

    def indexes(self) -> list[str]:
        """Statements that make what finds these episodes."""
        by_worth = "CREATE INDEX by_worth ON episode(scope, until, score, seq) WHERE NOT pinned"
        by_age = "CREATE INDEX by_age ON episode(scope, at)"
        return [by_worth] * (self.events is not None) + [by_age] * (self.age is not None)


class EpisodeFile:
    """The episodes of a scope.

    A reference is the id of the first event of a chain: each event replaces the text of the one
    before from its own moment on.

    Args:
        path: Created if missing.
        scope: Whose episodes they are.
        options: What the file is made with.
        limits: Of the scope.
        wait_s: Seconds to wait for another process that writes.

    Raises:
        ConfigError: The file cannot be used, see `Database`; all methods raise it.
    """

    def __init__(
        self,
        path: Path,
        scope: str,
        options: Mapping[str, Any],
        limits: Limits = Limits(),
        wait_s: float = 60.0,
    ) -> None:
        self._limits, self._removals = limits, 0
        self._database = Database(path, options, limits.indexes(), wait_s)
        with self._database.refusing(), self._database.transaction():
            self._database.run("INSERT OR IGNORE INTO scope(name) VALUES (?)", scope)
            (self._scope,) = self._database.one("SELECT number FROM scope WHERE name = ?", scope)

    @property
    def state(self) -> tuple[int, int]:
        """Changes when an episode goes or is replaced, and when another process writes."""
        with self._database.refusing():
            return int(self._database.one("PRAGMA data_version")[0]), self._removals

    def named(self, name: str) -> tuple[str, float | None] | None:
        """The reference and the score of what a name stands for; None if it is not there.

        Args:
            name: A reference, or the id of any event of its chain.
        """
        with self._database.refusing():
            found: tuple[str, float | None] | None
            found = self._database.one(_NAMED, self._scope, name)
            return found

    def add(
        self,
        id_: str,
        text: str,
        at: int,
        *,
        pinned: bool,
        score: float | None,
        ref: str | None = None,
    ) -> bool:
        """Store an episode.

        Args:
            id_: Of the event.
            text: What happened.
            at: When, in microseconds.
            pinned: Whether it stays, whatever goes.
            score: Of the gate.
            ref: Of what it replaces; None begins a chain.

        Returns:
            Whether it is still there, after what is beyond the limits has gone.
        """
        tokens, length = self._tokens(text), len(words(text))
        columns = (self._scope, id_, ref, text, at, OPEN, pinned, score, length)
        with self._database.refusing(), self._database.transaction():
            if ref is not None:
                self._replace(ref, at)
            seq = self._database.run(
                "INSERT INTO episode(scope, id, root, text, at, until, pinned, score, words) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *columns,
            )
            self._database.run("INSERT INTO word(rowid, tokens) VALUES (?, ?)", seq, tokens)
            self._apply_limits()
            return self._database.one("SELECT 1 FROM episode WHERE seq = ?", seq) is not None

    def remove(self, ref: str) -> None:
        """Remove all texts of a reference."""
        with self._database.refusing(), self._database.transaction():
            self._remove(_CHAIN, ref)

    def refs(self) -> list[str]:
        """The references of all that is stored."""
        query = "SELECT DISTINCT coalesce(root, id) FROM episode WHERE scope = ?"
        with self._database.refusing():
            return [ref for (ref,) in self._database.rows(query, self._scope)]

    def columns(self, after: int) -> NDArray[np.int64]:
        """What ranking needs of each episode: (episodes, 5), in the order of writing.

        The columns are seq, at, until, pinned, and the number of words.

        Args:
            after: Only episodes of a higher seq.
        """
        import numpy as np

        # A plus keeps SQLite from an index: what is new is at the end of the table.
        query = (
            "SELECT seq, at, until, pinned, words FROM episode "
            f"WHERE {'+' if after else ''}scope = ? AND seq > ? ORDER BY seq"
        )
        with self._database.refusing():
            rows = self._database.rows(query, self._scope, after)
            return np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, 5)

    def with_word(self, word: str) -> Iterator[NDArray[np.int64]]:
        """Yield the seqs of episodes that have a word at least once, at least twice, and so on."""
        import numpy as np

        token, times = self._token(word), 1
        query = "SELECT group_concat(rowid) FROM word WHERE word MATCH ?"
        while True:
            with self._database.refusing():
                (found,) = self._database.one(query, _repeated(token, times))
            if found is None:
                return
            # A fifth of the time that a row for each of them takes.
            yield np.sort(np.fromstring(found, dtype=np.int64, sep=","))
            times += 1

    def texts(self, seqs: Iterable[int]) -> list[tuple[str, str]]:
        """Ids and texts of episodes."""
        query = "SELECT id, text FROM episode WHERE seq = ?"
        with self._database.refusing():
            return [self._database.one(query, seq) for seq in seqs]

    def current(self) -> list[tuple[str, str, int, float | None]]:
        """Id, text, moment and score of each episode that nothing has replaced, as written."""
        query = "SELECT id, text, at, score FROM episode WHERE scope = ? AND until = ? ORDER BY seq"
        with self._database.refusing():
            return list(self._database.rows(query, self._scope, OPEN))

    def without_vector(self, after: int) -> dict[int, str]:
        """Texts of the episodes of a higher seq that have no vector yet, by seq."""
        query = (
            "SELECT seq, text FROM episode WHERE +scope = ? AND seq > ? AND NOT EXISTS "
            "(SELECT 1 FROM vector WHERE vector.seq = episode.seq) ORDER BY seq"
        )
        with self._database.refusing():
            return dict(self._database.rows(query, self._scope, after))

    def keep_vectors(self, vectors: Mapping[int, NDArray[np.float32]]) -> None:
        """Store vectors by seq."""
        with self._database.refusing(), self._database.transaction():
            for seq, vector in vectors.items():
                numbers = vector.astype("<f4").tobytes()
                self._database.run("INSERT OR REPLACE INTO vector VALUES (?, ?)", seq, numbers)

    def vectors(self, seqs: Iterable[int]) -> list[NDArray[np.float32]]:
        """The vectors of episodes."""
        import numpy as np

        query = "SELECT numbers FROM vector WHERE seq = ?"
        with self._database.refusing():
            return [np.frombuffer(self._database.one(query, seq)[0], "<f4") for seq in seqs]

    def flush(self) -> None:
        """Sync to the disk, and erase what was removed."""
        self._database.flush()

    def close(self) -> None:
        """Flush, and let go of the file."""
        self._database.flush()
        self._database.close()

    def _replace(self, ref: str, at: int) -> None:
        """End what a reference stands for; what is no older than its replacement goes."""
        self._remove(f"{_CHAIN} AND at >= ?3", ref, at)
        query = f"UPDATE episode SET until = min(until, ?3) WHERE {_CHAIN}"
        self._database.run(query, self._scope, ref, at)
        self._removals += 1

    def _apply_limits(self) -> None:
        def of_scope(what: str) -> int:
            query = f"SELECT {what} FROM episode WHERE scope = ?"
            return int(self._database.one(query, self._scope)[0])

        if self._limits.age is not None:
            self._remove(f"{_LOOSE} AND at < ?2", of_scope("max(at)") - self._limits.age)
        if self._limits.events is not None:
            beyond = max(of_scope("count(*)") - self._limits.events, 0)
            self._remove(f"{_LOOSE} ORDER BY until, score, seq LIMIT ?2", beyond)

    def _remove(self, which: str, *values: Any) -> None:
        query = f"SELECT seq, text FROM episode WHERE {which}"
        found = list(self._database.rows(query, self._scope, *values))
        for seq, text in found:
            self._database.run(
                "INSERT INTO word(word, rowid, tokens) VALUES ('delete', ?, ?)",
                *(seq, self._tokens(text)),
            )
            self._database.run("DELETE FROM vector WHERE seq = ?", seq)
            self._database.run("DELETE FROM episode WHERE seq = ?", seq)
        if found:
            self._removals += 1
            self._database.note_removal()

    def _tokens(self, text: str) -> str:
        """What the index holds of a text: a word that stands in it twice has two tokens."""
        return " ".join(
            _repeated(self._token(word), times)
            for word, count in Counter(words(text)).items()
            for times in range(1, count + 1)
        )

    def _token(self, word: str) -> str:
        """What FTS5 takes for one word, whatever stands in it; another one in each scope."""
        digest = hashlib.blake2b(word.encode(), digest_size=8).hexdigest()
        return f"s{self._scope}w{digest}"


def _repeated(token: str, times: int) -> str:
    """The token of a word that stands in a text for the second, third, … time."""
    return token if times == 1 else f"{token}n{times}"
