"""Where memories write: a folder of their own for each store, and what is kept of it.

    memory_folder/
        replays.sqlite                what became of each event, what was recalled for each question
        stores/9f2c41d07be35a18/      what the memory wrote; "9f2c…" names memory, options, events
        stores/9f2c41d07be35a18.lock  held by the process that writes
        sleeps/01d97be35a189f2c/      the memory and its artefact after a cycle of sleep; "01d9…"
                                      names the store, the moment, the cycle, the model, the budget

A store that is kept is never written again: another model, another process or the same command asks
`replays.sqlite`. One that was not finished is written anew. So it is with a cycle of sleep.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from generators.errors import ConfigError
from hei_nw_tasks.cache_file import CacheFile
from hei_nw_tasks.memory.replayed import Replay, Slept
from hei_nw_tasks.memory.stores import Store

_OPTION = "memory_folder"
# The number grows when what is kept changes.
_TABLE, _SLEEPS = "replays_1", "sleeps_1"
# Writes stores into an empty folder.
Write = Callable[[Path], list[Replay]]
# Lets a memory sleep in an empty folder.
Sleep = Callable[[Path], Slept]
Made = TypeVar("Made")


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
        path = self._folder / "replays.sqlite"
        self._replays = CacheFile(path, _TABLE, _OPTION, family="replays_*")
        self._sleeps = CacheFile(path, _SLEEPS, _OPTION, family="sleeps_*")

    def replays(self, stores: Sequence[Store], write: Write) -> list[Replay]:
        """What is kept of stores that share a folder; they are written if nothing is.

        Raises:
            ConfigError: The folder cannot be used.
        """
        if self._folder is None:
            with TemporaryDirectory(prefix="heinw-", ignore_cleanup_errors=True) as temporary:
                return write(Path(temporary))
        key = self._key(stores)

        def written(folder: Path) -> list[Replay]:
            made = write(folder)
            rows = zip(self._rows(key, stores), made, strict=True)
            self._replays.keep({row: replay.model_dump_json().encode() for row, replay in rows})
            return made

        return _once(self.folder_of(stores), lambda: self._kept(key, stores), written)

    def has(self, stores: Sequence[Store]) -> bool:
        """Whether stores that share a folder are kept.

        Raises:
            ConfigError: The folder cannot be used.
        """
        return self._folder is not None and self._kept(self._key(stores), stores) is not None

    def folder_of(self, stores: Sequence[Store]) -> Path:
        """Where stores that share a folder are written."""
        return self._kept_in / "stores" / self._key(stores).hex()[:16]

    def slept(self, store: Store, known: Mapping[str, Any], sleep: Sleep) -> tuple[Slept, Path]:
        """What is kept of a cycle of sleep, and its folder; the memory sleeps if nothing is.

        Args:
            store: That the memory was told.
            known: All that the cycle depends on besides the store.
            sleep: Fills the folder.

        Raises:
            ConfigError: The folder cannot be used.
        """
        text = json.dumps([self._key([store]).hex(), known], sort_keys=True, default=str)
        row = hashlib.sha256(text.encode()).digest()
        folder = self._kept_in / "sleeps" / row.hex()[:16]

        def kept() -> Slept | None:
            found = self._sleeps.find([row], Slept.model_validate_json).get(row)
            is_whole = found is not None and found.digest == digest_of(folder, found.artefact)
            return found if is_whole else None

        def fallen_asleep(folder: Path) -> Slept:
            made = sleep(folder)
            self._sleeps.keep({row: made.model_dump_json().encode()})
            return made

        return _once(folder, kept, fallen_asleep), folder

    @property
    def _kept_in(self) -> Path:
        if self._folder is None:
            raise ValueError("nothing is kept")
        return self._folder

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


def digest_of(folder: Path, artefact: Mapping[str, str] | None) -> str | None:
    """Sha256 of the files of an artefact, in hex; None without an artefact, or without its files.

    Args:
        folder: That its path is relative to.
        artefact: See `hei_nw_tasks.memory.replayed.Slept`.
    """
    if artefact is None:
        return None
    ((kind, path),) = artefact.items()
    digest = hashlib.sha256(kind.encode())
    files = files_below(folder / path)
    for file in files:
        digest.update(f"\0{file.relative_to(folder)}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest() if files else None


def files_below(folder: Path) -> list[Path]:
    """All files of a folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _once(folder: Path, find: Callable[[], Made | None], make: Callable[[Path], Made]) -> Made:
    """What is kept, or else made and kept, by one process at a time.

    Args:
        folder: Emptied, and given to `make`.
        find: What is kept; None if nothing is.
        make: Makes it, and keeps it as the last thing that it does.
    """
    from filelock import FileLock

    if (kept := find()) is not None:
        return kept
    try:
        folder.parent.mkdir(exist_ok=True)
        with FileLock(f"{folder}.lock"):
            # Another process may have made it meanwhile.
            if (kept := find()) is not None:
                return kept
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            return make(folder)
    except OSError as error:
        raise ConfigError(
            f"{folder}: cannot be written ({error}) → make room, or name another {_OPTION}"
        ) from None
