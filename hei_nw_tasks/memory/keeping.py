"""Where memories write: a folder of their own for each store, and what is kept of it.

    memory_folder/
        replays.sqlite                what became of each event, what was recalled for each question
        stores/9f2c41d07be35a18/      what the memory wrote; "9f2c…" names memory, options, events
        stores/9f2c41d07be35a18.lock  held by the process that writes

A store that is kept is never written again: another model, another process or the same command asks
`replays.sqlite`. One that was not finished is written anew.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.cache_file import CacheFile
from hei_nw_tasks.memory.replayed import Replay
from hei_nw_tasks.memory.stores import Store

_OPTION = "memory_folder"
# The number grows when what is kept changes.
_TABLE = "replays_1"
# Writes stores into an empty folder.
Write = Callable[[Path], list[Replay]]


class Keeper:
    """Keeps what memories write in a folder, or only as long as it is needed.

    Args:
        folder: None keeps nothing.
        identity: All that a replay depends on besides the store.

    Raises:
        ConfigError: The folder cannot be used.
    """

    def __init__(self, folder: str | None, identity: Mapping[str, Any]) -> None:
        self._identity, self._folder = identity, None
        if folder is None:
            return
        try:
            self._folder = Path(folder).expanduser()
            found = {path.name for path in self._folder.iterdir()} if self._folder.exists() else ()
        except (OSError, RuntimeError, ValueError) as error:
            raise ConfigError(f"{_OPTION}={folder!r}: {error} → name a folder") from None
        if found and "replays.sqlite" not in found:
            raise ConfigError(
                f"{_OPTION}={folder!r}: holds files that are not ours → name an empty folder"
            )
        self._replays = CacheFile(
            self._folder / "replays.sqlite", _TABLE, _OPTION, family="replays_*"
        )

    def replays(self, stores: Sequence[Store], write: Write) -> list[Replay]:
        """What is kept of stores that share a folder; they are written if nothing is.

        Raises:
            ConfigError: The folder cannot be used.
        """
        if self._folder is None:
            with TemporaryDirectory(prefix="heinw-", ignore_cleanup_errors=True) as temporary:
                return write(Path(temporary))
        from filelock import FileLock

        key = self._key(stores)
        if (kept := self._kept(key, stores)) is not None:
            return kept
        folder = self._folder / "stores" / key.hex()[:16]
        try:
            folder.parent.mkdir(exist_ok=True)
            with FileLock(f"{folder}.lock"):
                # Another process may have written it meanwhile.
                if (kept := self._kept(key, stores)) is not None:
                    return kept
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                made = write(folder)
                rows = zip(self._rows(key, stores), made, strict=True)
                self._replays.keep({row: replay.model_dump_json().encode() for row, replay in rows})
                return made
        except OSError as error:
            raise ConfigError(
                f"{folder}: cannot be written ({error}) → make room, or name another {_OPTION}"
            ) from None

    def _kept(self, key: bytes, stores: Sequence[Store]) -> list[Replay] | None:
        rows = self._rows(key, stores)
        found = self._replays.find(rows, Replay.model_validate_json)
        return [found[row] for row in rows] if len(found) == len(rows) else None

    def _rows(self, key: bytes, stores: Sequence[Store]) -> list[bytes]:
        return [hashlib.sha256(key + store.id.encode()).digest() for store in stores]

    def _key(self, stores: Sequence[Store]) -> bytes:
        told = [[e.event_id, e.text, e.date, e.pinned, e.forgets] for s in stores for e in s.events]
        asked = [[q.id, q.query, q.as_of, q.store_size] for s in stores for q in s.questions]
        known = [self._identity, [store.id for store in stores], told, asked]
        return hashlib.sha256(json.dumps(known, sort_keys=True, default=str).encode()).digest()
