"""What --use_cache keeps of the `heinw` model.

lm_eval knows an answer by its request alone, so another model or another memory would be given the
same one. Here each model and arm has a table of its own in the same SQLite file, and an answer is
known by its document and the prompt with its memory:

    heinw_9f2c41d07be35a18 | 4b1d… -> MeasuredResponse("5433")

An answer is kept as soon as it is there, so that a run that was killed goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlitedict import SqliteDict

from hei_nw_tasks.model.settings import SPEED_ARGUMENTS
from hei_nw_tasks.response import MeasuredResponse


class AnswerCache:
    """The answers of one model and arm.

    Args:
        database: lm_eval's open cache. lm_eval holds the same object, so from now on it reads and
            writes the table of this model and arm as well. Its keys, hashes of requests, are none
            of ours.
        fingerprint: Names model and arm.
    """

    def __init__(self, database: SqliteDict, fingerprint: str) -> None:
        self._database = database
        database.tablename = f"heinw_{fingerprint}"
        database.conn.execute(
            f'CREATE TABLE IF NOT EXISTS "{database.tablename}" (key TEXT PRIMARY KEY, value BLOB)'
        )

    def get(self, key: str) -> MeasuredResponse | None:
        """The answer that was kept, if any."""
        found: MeasuredResponse | None = self._database.get(key)
        return found

    def put(self, key: str, answer: MeasuredResponse) -> None:
        """Keep an answer; it is on disk when this returns."""
        self._database[key] = answer
        self._database.commit(blocking=True)


def answer_key(doc_id: str, prompt: str, gen_kwargs: Mapping[str, Any]) -> str:
    """Hex sha256 of all that an answer depends on, besides model and arm."""
    return _digest([doc_id, prompt, gen_kwargs])


def fingerprint(model_args: Mapping[str, Any], arm: Mapping[str, Any]) -> str:
    """Sixteen hex digits for a model and an arm.

    A checkpoint in a folder is known by the sizes and times of its files as well as by its name.
    """
    kept = {name: value for name, value in model_args.items() if name not in SPEED_ARGUMENTS}
    files = [
        [str(path), path.stat().st_size, path.stat().st_mtime_ns]
        for value in kept.values()
        if isinstance(value, str) and Path(value).is_dir()
        for path in sorted(Path(value).iterdir())
    ]
    return _digest([kept, arm, files])[:16]


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=repr).encode()).hexdigest()
